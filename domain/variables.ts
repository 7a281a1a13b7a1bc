/**
 * The variable catalogue: every value that rules and scorecards may read, with its type, its names and its source.
 * A null value means that the evidence is missing. What may never be used stands here too (regulation.md §8.6).
 */
import type { PersonApplication } from './apply.ts';
import { type BureauVariables, NOT_APPLICABLE } from './bureau.ts';
import { addMonthsClamped, ageOn } from './calendar.ts';
import type { FraudAssessment } from './fraud.ts';
import { parseResidentId } from './identifiers.ts';
import { addFen, type Fen } from './money.ts';
import type { Variables } from './variable-catalogue.ts';

export {
  VARIABLE_CATALOGUE,
  type VariableName,
  type Variables,
  type VariableValue,
} from './variable-catalogue.ts';

/** Features that no rule, scorecard or model may read, by English or Chinese name (PIPL 28, 征信业管理条例 art. 14). */
export const BANNED_FEATURES: readonly RegExp[] = [
  /ethnic|nationalit|民族/i,
  /religio|宗教/i,
  /(^|[^a-z])gene(tic|s)?([^a-z]|$)|基因/i,
  /blood|血型/i,
  /fingerprint|指纹/i,
  /health|disease|medical|疾病|病史/i,
  /political|party|政治|党派/i,
  /union|工会/i,
  /(^|[^a-z])(sex|gender)([^a-z]|$)|性别/i,
  /pregnan|孕/i,
];

/** Raised when a rule or scorecard names a banned feature. */
export class BannedFeatureError extends Error {
  override readonly name = 'BannedFeatureError';
  readonly code = 'BANNED_FEATURE';
  constructor(feature: string) {
    super(`The feature ${feature} may not be used in a credit decision.`);
  }
}

/** Whether a feature name is banned. Camel case is read as words. */
export function isBannedFeature(feature: string): boolean {
  const words = feature.replace(/([a-z\d])([A-Z])/g, '$1 $2');
  return BANNED_FEATURES.some((banned) => banned.test(words));
}

/** Refuses a feature name that is banned. */
export function assertAllowedFeature(feature: string): void {
  if (isBannedFeature(feature)) throw new BannedFeatureError(feature);
}

export interface VariableInput {
  readonly application: PersonApplication;
  /** Business date of the decision. */
  readonly asOf: string;
  readonly bureau: BureauVariables;
  readonly fraud: FraudAssessment | null;
  /** Similarity of the face check, 0–100. */
  readonly faceScore: number | null;
  /** Public registers; null when they gave no answer. */
  readonly registry: {
    readonly sanctionsHit: boolean | null;
    readonly courtOpenCases: number | null;
  };
  /** What the asked-for loan would cost a month at the product's highest price. */
  readonly requestPaymentFen: Fen;
}

/** Part of an income in percent, rounded up to one decimal: 999 when there is no income to carry it. */
function percentOf(amount: number, income: number): number {
  if (income <= 0) return amount === 0 ? 0 : 999;
  return Math.min(999, Math.ceil((amount * 1000) / income) / 10);
}

function monthsSince(month: string | null, asOf: string): number | null {
  if (month === null) return NOT_APPLICABLE;
  const [year, part] = month.split('-').map(Number);
  if (year === undefined || part === undefined) return null;
  return Math.max(0, (Number(asOf.slice(0, 4)) - year) * 12 + Number(asOf.slice(5, 7)) - part);
}

function applicantVariables(input: VariableInput) {
  const { application, asOf } = input;
  const id = parseResidentId(application.identity.idNumber);
  const maturity = addMonthsClamped(asOf, application.loan.termMonths);
  const work = application.work;
  return {
    ageYears: id.ok ? ageOn(id.birthDate, asOf) : null,
    ageAtMaturityYears: id.ok ? ageOn(id.birthDate, maturity) : null,
    education: application.identity.education,
    employment: work.employment,
    employmentMonths: monthsSince(work.employedSince, asOf),
    housing: work.housing,
    dependants: work.dependants,
    purpose: application.loan.purpose,
    requestedAmountFen: application.loan.amountFen,
    termMonths: application.loan.termMonths,
    contactCount: application.loan.contacts.length,
  };
}

/** Ratios to income. The debt service is the larger of what the bureau shows and what the applicant says. */
function capacityVariables(input: VariableInput) {
  const work = input.application.work;
  const income = addFen(work.monthlyIncomeFen, work.otherMonthlyIncomeFen);
  const known = input.bureau.monthlyDebtServiceFen;
  const debt = known === null ? null : Math.max(known, work.monthlyDebtServiceFen);
  const balance = input.bureau.loanBalanceFen;
  const guarantee = input.bureau.guaranteeBalanceFen;
  return {
    monthlyIncomeFen: income,
    debtServiceFen: debt,
    requestPaymentFen: input.requestPaymentFen,
    debtRatioPercent: debt === null ? null : percentOf(debt, income),
    debtRatioAfterPercent: debt === null ? null : percentOf(debt + input.requestPaymentFen, income),
    housingCostPercent: percentOf(work.monthlyHousingCostFen, income),
    amountToIncomePercent: percentOf(input.application.loan.amountFen, income * 12),
    balanceToIncomePercent: balance === null ? null : percentOf(balance, income * 12),
    guaranteeToIncomePercent: guarantee === null ? null : percentOf(guarantee, income * 12),
  };
}

/** Other terms than those asked for, and what they cost a month. */
export interface OtherTerms {
  readonly amountFen: number;
  readonly termMonths: number;
  readonly paymentFen: number;
  /** Whose loan it is, and the business date it would begin on. */
  readonly idNumber: string;
  readonly asOf: string;
}

/** The variables of an application as they would be on other terms; what was not known stays unknown. */
export function onOtherTerms(variables: Variables, other: OtherTerms): Variables {
  const { amountFen, termMonths, paymentFen } = other;
  const { monthlyIncomeFen: income, debtServiceFen: debt } = variables;
  const id = parseResidentId(other.idNumber);
  const maturity = addMonthsClamped(other.asOf, termMonths);
  return {
    ...variables,
    ageAtMaturityYears: id.ok ? ageOn(id.birthDate, maturity) : null,
    requestedAmountFen: amountFen,
    termMonths,
    requestPaymentFen: paymentFen,
    debtRatioAfterPercent:
      debt === null || income === null ? null : percentOf(debt + paymentFen, income),
    amountToIncomePercent: income === null ? null : percentOf(amountFen, income * 12),
  };
}

function behaviourVariables(input: VariableInput) {
  const pages = input.application.device?.pages;
  const total = (read: (page: NonNullable<typeof pages>[number]) => number) =>
    pages === undefined ? null : pages.reduce((sum, page) => sum + read(page), 0);
  const dwell = total((page) => page.dwellMs);
  return {
    formSeconds: dwell === null ? null : Math.round(dwell / 1000),
    formPastes: total((page) => page.pasteCount),
    formCorrections: total((page) => page.correctionCount),
  };
}

/** Builds the flat set of variables of one application on one date. */
export function buildVariables(input: VariableInput): Variables {
  return {
    ...applicantVariables(input),
    ...capacityVariables(input),
    ...behaviourVariables(input),
    ...input.bureau,
    fraudLevel: input.fraud?.level ?? null,
    fraudPoints: input.fraud?.points ?? null,
    faceScore: input.faceScore,
    sanctionsHit: input.registry.sanctionsHit,
    courtOpenCases: input.registry.courtOpenCases,
  };
}
