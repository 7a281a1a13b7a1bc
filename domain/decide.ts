/**
 * The decision: knockouts, referrals, cut-offs, limit and price. One rule stands above all: an evidence gap, an
 * incomplete score or a rule that could not be evaluated never approves.
 */
import type { ApprovalLevel } from './authority.ts';
import { requiredApprovals } from './authority.ts';
import type { Grade } from './loan-terms.ts';
import { type Fen, fen, minFen } from './money.ts';
import type { PolicyReader } from './policy.ts';
import type { Product } from './products.ts';
import { type AnnualRate, compareRates, D, rateFraction } from './rates.ts';
import type { GapCode, ReasonCode } from './reasons.ts';
import { type Rule, type RuleTrace, runRules } from './rules.ts';
import { type Score, type Scorecard, scoreReasons } from './score.ts';
import type { Variables } from './variables.ts';

/** What a grade may borrow: an absolute limit and a multiple of the monthly income. */
export interface GradeLimit {
  readonly maxFen: number;
  readonly incomeMonths: number;
}

export interface Strategy {
  readonly id: string;
  readonly version: number;
  /** `id@version` of the scorecard the cut-offs were set for. */
  readonly scorecard: string;
  readonly knockouts: readonly Rule[];
  readonly referrals: readonly Rule[];
  /** At or above the first: automatic approval; below the second: automatic decline; between: a person. */
  readonly cutoffs: { readonly autoApproveFrom: number; readonly autoDeclineBelow: number };
  /** Debt service with the new loan over income, percent; bounds the limit. */
  readonly maxDebtRatioPercent: number;
  readonly limits: Readonly<Record<Grade, GradeLimit>>;
}

export interface DecisionRequest {
  readonly amountFen: Fen;
  readonly termMonths: number;
  /** The applicant refused a decision made by machines alone (PIPL art. 24). */
  readonly wantsPerson: boolean;
}

export interface DecisionInput {
  readonly variables: Variables;
  readonly score: Score;
  readonly scorecard: Scorecard;
  /** Evidence that is missing, from verification, bureau and registry. */
  readonly gaps: readonly GapCode[];
  readonly product: Product;
  readonly request: DecisionRequest;
  /** Policy at the application's date. */
  readonly policy: PolicyReader;
}

export interface Decision {
  readonly outcome: 'APPROVE' | 'DECLINE' | 'REFER';
  /** At most four principal reasons, most important first; empty for an approval. */
  readonly reasons: readonly ReasonCode[];
  readonly rulesTrace: readonly RuleTrace[];
  readonly grade: Grade;
  readonly total: number;
  /** What can be lent by limit and capacity, a multiple of the product's step; null when declined. */
  readonly approvedAmountFen: Fen | null;
  readonly termMonths: number;
  /** Price of the grade; null when declined. */
  readonly annualRate: AnnualRate | null;
  /** Who must approve a referral; empty for automatic outcomes. */
  readonly approvals: readonly ApprovalLevel[];
  /** `id@version` of what the decision ran on. */
  readonly strategy: string;
  readonly scorecard: string;
  readonly product: string;
}

const MOST_REASONS = 4;

/** The dearest price of a product: what a request is measured against before its grade is known. */
export function highestRate(product: Product): AnnualRate | null {
  const rates = Object.values(product.rateByGrade).filter((rate) => rate !== null);
  return rates.sort((a, b) => compareRates(b, a))[0] ?? null;
}

/** The level monthly payment of an amount, rounded up to fen: a measure of burden, not a schedule. */
export function monthlyPaymentFen(amountFen: Fen, rate: AnnualRate, months: number): Fen {
  const monthly = rateFraction(rate).dividedBy(12);
  if (monthly.isZero()) return fen(new D(amountFen).dividedBy(months).ceil().toNumber());
  const growth = monthly.plus(1).pow(months);
  const payment = new D(amountFen).times(monthly).times(growth).dividedBy(growth.minus(1));
  return fen(payment.ceil().toNumber());
}

/** The amount whose level payment is `paymentFen`, rounded down. */
function affordableAmount(paymentFen: number, rate: AnnualRate, months: number): Fen {
  const monthly = rateFraction(rate).dividedBy(12);
  if (paymentFen <= 0) return fen(0);
  if (monthly.isZero()) return fen(paymentFen * months);
  const annuity = new D(1).minus(monthly.plus(1).pow(-months)).dividedBy(monthly);
  return fen(annuity.times(paymentFen).floor().toNumber());
}

/**
 * What may be lent: the smallest of the request, the product's and the grade's limit, the multiple of income and the
 * amount whose payment the income still carries; rounded down to the product's step.
 * Without an income or a known debt service the capacity is unknown and the limit of the other bounds stands.
 */
export function lendingLimit(strategy: Strategy, input: DecisionInput, rate: AnnualRate): Fen {
  const { variables, product, request, score } = input;
  const grade = strategy.limits[score.grade];
  const income = variables.monthlyIncomeFen ?? 0;
  const room =
    Math.floor((income * strategy.maxDebtRatioPercent) / 100) - (variables.debtServiceFen ?? 0);
  const bounds = [
    product.maxAmountFen,
    fen(grade.maxFen),
    fen(income * grade.incomeMonths),
    affordableAmount(room, rate, request.termMonths),
  ];
  const limit = bounds.reduce(minFen, request.amountFen);
  return fen(limit - (limit % product.amountStepFen));
}

type Draft = Pick<Decision, 'outcome' | 'reasons'> & { readonly priced: boolean };

function declineOf(
  strategy: Strategy,
  input: DecisionInput,
  knockedOut: readonly ReasonCode[],
): Draft | null {
  if (knockedOut.length > 0) return { outcome: 'DECLINE', reasons: knockedOut, priced: false };
  // A low total with evidence missing may be low only because of the gap: then a person looks.
  if (!input.score.complete || input.gaps.length > 0) return null;
  if (input.score.total < strategy.cutoffs.autoDeclineBelow) {
    const reasons: readonly ReasonCode[] = [
      'DECLINE_SCORE',
      ...scoreReasons(input.scorecard, input.score, 3),
    ];
    return { outcome: 'DECLINE', reasons, priced: false };
  }
  if (input.product.rateByGrade[input.score.grade] === null) {
    return { outcome: 'DECLINE', reasons: ['DECLINE_GRADE'], priced: false };
  }
  return null;
}

/** Reasons why a person must look, most important first. */
function referralsOf(
  strategy: Strategy,
  input: DecisionInput,
  unknown: boolean,
  referred: readonly ReasonCode[],
): readonly ReasonCode[] {
  return [
    ...input.gaps,
    ...(input.score.complete ? [] : (['GAP_SCORE_INCOMPLETE'] as const)),
    ...(unknown ? (['GAP_RULE_UNKNOWN'] as const) : []),
    ...(input.request.wantsPerson ? (['REFER_REQUESTED'] as const) : []),
    ...referred,
    ...(input.score.total < strategy.cutoffs.autoApproveFrom ? (['REFER_SCORE'] as const) : []),
  ];
}

function draftOf(strategy: Strategy, input: DecisionInput, traces: Traces): Draft {
  const hits = (trace: readonly RuleTrace[]) =>
    trace.filter((t) => t.answer === 'HIT').map((t) => t.reason);
  const declined = declineOf(strategy, input, hits(traces.knockouts));
  if (declined !== null) return declined;
  const unknown = [...traces.knockouts, ...traces.referrals].some((t) => t.answer === 'UNKNOWN');
  const referrals = referralsOf(strategy, input, unknown, hits(traces.referrals));
  if (referrals.length > 0) return { outcome: 'REFER', reasons: referrals, priced: true };
  return { outcome: 'APPROVE', reasons: [], priced: true };
}

interface Traces {
  readonly knockouts: readonly RuleTrace[];
  readonly referrals: readonly RuleTrace[];
}

/**
 * Decides an application. A knockout declines even with gaps; otherwise a gap, an incomplete score or an unknown rule
 * refers. An approval is for the lending limit, which may be below the request; below the product's minimum it declines.
 * A referral proposes the request itself, within the product, so that a person sees what was asked for.
 */
export function decide(strategy: Strategy, input: DecisionInput): Decision {
  const { score, product, request, policy } = input;
  const traces: Traces = {
    knockouts: runRules(strategy.knockouts, input.variables, policy),
    referrals: runRules(strategy.referrals, input.variables, policy),
  };
  const draft = draftOf(strategy, input, traces);
  const rate = product.rateByGrade[score.grade] ?? highestRate(product);
  const common = {
    rulesTrace: [...traces.knockouts, ...traces.referrals],
    grade: score.grade,
    total: score.total,
    termMonths: request.termMonths,
    strategy: `${strategy.id}@${strategy.version}`,
    scorecard: `${score.scorecard}@${score.version}`,
    product: `${product.code}@${product.version}`,
  };
  const decline = (reasons: readonly ReasonCode[]): Decision => ({
    ...common,
    outcome: 'DECLINE',
    reasons: [...new Set(reasons)].slice(0, MOST_REASONS),
    approvedAmountFen: null,
    annualRate: null,
    approvals: [],
  });
  if (!draft.priced || rate === null)
    return decline(rate === null ? ['DECLINE_GRADE'] : draft.reasons);
  if (draft.outcome === 'REFER') {
    return {
      ...common,
      outcome: 'REFER',
      reasons: [...new Set(draft.reasons)].slice(0, MOST_REASONS),
      approvedAmountFen: minFen(request.amountFen, product.maxAmountFen),
      annualRate: rate,
      approvals: requiredApprovals(request.amountFen, score.grade, policy),
    };
  }
  const limit = lendingLimit(strategy, input, rate);
  if (limit < product.minAmountFen) return decline(['DECLINE_CAPACITY']);
  return {
    ...common,
    outcome: 'APPROVE',
    reasons: [],
    approvedAmountFen: limit,
    annualRate: rate,
    approvals: [],
  };
}
