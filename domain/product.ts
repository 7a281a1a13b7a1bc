/** Loan products: what may be asked for, at which price for which grade and term, and under which conditions. */
import type { LoanPurpose } from './apply.ts';
import type { DayCount, Grade, LenderType, RepaymentMethod } from './loan-terms.ts';
import { type Fen, formatYuan } from './money.ts';
import type { FeeTiming } from './schedule-terms.ts';
import type { AnnualRate, Rounding } from './rates.ts';

/** A fee that is part of the product's price: percent of the original principal, or an amount, each time it is paid. */
export type ProductFee = {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly timing: FeeTiming;
  /** Who receives it; printed on the cost disclosure. */
  readonly payee: string;
} & (
  | { readonly percent: string; readonly amountFen?: never }
  | { readonly amountFen: Fen; readonly percent?: never }
);

/** From so many whole months after the payout the fee is `percent` of the principal prepaid. */
export interface EarlySettlementStep {
  readonly fromMonth: number;
  readonly percent: string;
}

/** Costs that arise only when the borrower departs from the schedule (违约/或有成本, regulation.md §1.2). */
export interface ContingentCosts {
  /** Penalty interest on overdue principal: percent on top of the contract rate. */
  readonly penaltyMarkupPercent: string;
  /** On top of the contract rate when the money is used for another purpose. */
  readonly misuseMarkupPercent: string;
  /** The fee of early settlement by months since the payout; the first step is from month 0. */
  readonly earlySettlement: readonly EarlySettlementStep[];
}

/** Prices by grade; null means that the product is not for that grade. */
export type RatesByGrade = Readonly<Record<Grade, AnnualRate | null>>;

/** Prices of the terms from `fromMonths` to `toMonths`, both included. */
export interface TermRates {
  readonly fromMonths: number;
  readonly toMonths: number;
  readonly rateByGrade: RatesByGrade;
}

/**
 * The day of the month on which instalments fall due: that of the payout, one that the product sets, or one that the
 * applicant chooses between two days, `standard` where nothing was chosen.
 */
export type DueDayRule =
  | { readonly kind: 'PAYOUT_DAY' }
  | { readonly kind: 'FIXED'; readonly day: number }
  | {
      readonly kind: 'CHOICE';
      readonly from: number;
      readonly to: number;
      readonly standard: number;
    };

/**
 * The first period. `FULL_MONTH`: from the payout to the same day of the next month. `BY_DAYS`: to the next due day, counted by
 * the day count of the loan. `LONGER_FIRST`: to the first due day that is a full month or more away.
 */
export const FIRST_PERIODS = ['FULL_MONTH', 'BY_DAYS', 'LONGER_FIRST'] as const;
export type FirstPeriod = (typeof FIRST_PERIODS)[number];

/** Where payouts of the 29th to the 31st fall due: on the last day of a shorter month, or always on the 28th. */
export const MONTH_ENDS = ['LAST_DAY', 'DAY_28'] as const;
export type MonthEnd = (typeof MONTH_ENDS)[number];

/** How the schedule of the product is made. */
export interface ScheduleRules {
  readonly dueDay: DueDayRule;
  readonly firstPeriod: FirstPeriod;
  /** Under `BY_DAYS`: a first period of fewer days ends a month later. */
  readonly leastFirstDays: number;
  readonly monthEnd: MonthEnd;
  readonly rounding: Rounding;
  /** 随借随还: percent of the balance that every due date asks for; null for the other methods. */
  readonly minimumPercent: string | null;
}

/** What becomes of a due date that is no business day: it may be paid on the next one without penalty, or not. */
export const HOLIDAY_RULES = ['NEXT_BUSINESS_DAY', 'AS_AGREED'] as const;
export type HolidayRule = (typeof HOLIDAY_RULES)[number];

/** The parts of an instalment in the order in which money pays them. */
export const ALLOCATION_PARTS = ['feeFen', 'penaltyFen', 'interestFen', 'principalFen'] as const;

/** How the loan is serviced. Null: as the policy that the loan has pinned says. */
export interface ServicingRules {
  readonly graceDays: number | null;
  readonly holidayRule: HolidayRule | null;
  /** Whether overdue interest bears penalty interest too. */
  readonly compoundPenalty: boolean | null;
  readonly allocationOrder: readonly (typeof ALLOCATION_PARTS)[number][] | null;
  /** From so many days past due the principal is paid first; 0 for never. */
  readonly principalFirstFromDays: number | null;
  readonly coolingOffDays: number | null;
  readonly coolingOffInterest: boolean | null;
}

/** One of several payouts: its share of the principal, and how many days after the first payout it may be paid at the earliest. */
export interface TrancheRule {
  /** Decimal string between 0 and 1; the shares of a product sum to 1. */
  readonly share: string;
  /** 0 for the first, and more for each that follows. */
  readonly afterDays: number;
}

/** Most parts in which one loan is paid out. */
export const MOST_TRANCHES = 12;

/** A product in format 2, the one that the house works with; documents of format 1 are read into it (product-upgrade.ts). */
export interface Product {
  readonly format: 2;
  readonly code: string;
  readonly version: number;
  readonly zh: string;
  readonly en: string;
  readonly lenderType: LenderType;
  readonly minAmountFen: Fen;
  readonly maxAmountFen: Fen;
  /** Amounts are multiples of this. */
  readonly amountStepFen: Fen;
  readonly termsMonths: readonly number[];
  readonly method: RepaymentMethod;
  readonly dayCount: DayCount;
  /** The price of every term that `termRates` does not name. */
  readonly rateByGrade: RatesByGrade;
  readonly termRates: readonly TermRates[];
  readonly schedule: ScheduleRules;
  readonly fees: readonly ProductFee[];
  readonly contingent: ContingentCosts;
  readonly servicing: ServicingRules;
  /** What the money may not be used for. */
  readonly excludedPurposes: readonly LoanPurpose[];
  /** In which parts the loan is paid out (分次放款); absent or null where it is paid out once. */
  readonly tranches?: readonly TrancheRule[] | null;
  /** Loans above this amount need a dual recording (双录) before the money moves; null when none do. */
  readonly dualRecordingAboveFen: Fen | null;
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
}

/** The highest version of a product that is on sale on a date, or null. */
export function productOn(
  products: readonly Product[],
  code: string,
  date: string,
): Product | null {
  return (
    products
      .filter((p) => p.code === code)
      .filter((p) => p.effectiveFrom <= date && (p.effectiveTo === null || date < p.effectiveTo))
      .sort((a, b) => b.version - a.version)[0] ?? null
  );
}

/** The prices of a term. */
export function ratesFor(
  product: Pick<Product, 'rateByGrade' | 'termRates'>,
  termMonths: number,
): RatesByGrade {
  const own = product.termRates.find(
    ({ fromMonths, toMonths }) => fromMonths <= termMonths && termMonths <= toMonths,
  );
  return (own ?? product).rateByGrade;
}

export type RequestRefusal = 'AMOUNT_BELOW' | 'AMOUNT_ABOVE' | 'AMOUNT_STEP' | 'TERM';

export type RequestCheck =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: RequestRefusal;
      readonly zh: string;
      readonly en: string;
    };

/** Says whether the product can be asked for in this amount and term, and if not, why, in both languages. */
export function validateRequest(
  product: Product,
  amountFen: Fen,
  termMonths: number,
): RequestCheck {
  const range = `${formatYuan(product.minAmountFen)}–${formatYuan(product.maxAmountFen)}`;
  if (amountFen < product.minAmountFen || amountFen > product.maxAmountFen) {
    return {
      ok: false,
      reason: amountFen < product.minAmountFen ? 'AMOUNT_BELOW' : 'AMOUNT_ABOVE',
      zh: `借款金额须在 ${range} 元之间`,
      en: `The amount must be between ${range} yuan`,
    };
  }
  if (amountFen % product.amountStepFen !== 0) {
    const step = formatYuan(product.amountStepFen);
    return {
      ok: false,
      reason: 'AMOUNT_STEP',
      zh: `借款金额须为 ${step} 元的整数倍`,
      en: `The amount must be a multiple of ${step} yuan`,
    };
  }
  if (!product.termsMonths.includes(termMonths)) {
    const terms = product.termsMonths.join(', ');
    return {
      ok: false,
      reason: 'TERM',
      zh: `借款期限须为以下月数之一：${terms}`,
      en: `The term must be one of ${terms} months`,
    };
  }
  return { ok: true };
}

/** Whether the applicant may choose this due day, null for no choice. */
export function isDueDayOf(rule: DueDayRule, day: number | null): boolean {
  if (day === null) return true;
  return rule.kind === 'CHOICE' && Number.isInteger(day) && rule.from <= day && day <= rule.to;
}

/** True when a loan of this amount needs a dual recording before the money moves. */
export function needsDualRecording(product: Product, amountFen: Fen): boolean {
  return product.dualRecordingAboveFen !== null && amountFen > product.dualRecordingAboveFen;
}
