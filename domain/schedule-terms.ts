/** What a repayment schedule is made of and what it consists of: terms, fees, instalments, and why terms make no loan. */
import type { RateFailure } from './annualised-rate.ts';
import type { DayCount, RepaymentMethod } from './loan-terms.ts';
import type { Fen } from './money.ts';
import type { AnnualRate, Rounding } from './rates.ts';

/**
 * When a fee is paid: `UPFRONT` is deducted from what the borrower receives, `UPFRONT_PAID` is paid on the first day
 * beside it; `PER_INSTALMENT` with every instalment, `LAST_INSTALMENT` with the last. All of them belong to the price.
 */
export const FEE_TIMINGS = [
  'UPFRONT',
  'UPFRONT_PAID',
  'PER_INSTALMENT',
  'LAST_INSTALMENT',
] as const;
export type FeeTiming = (typeof FEE_TIMINGS)[number];

/** A fee that belongs to the price of the loan. */
export interface ScheduleFee {
  readonly code: string;
  readonly timing: FeeTiming;
  /** Each time it is paid. */
  readonly amountFen: Fen;
}

export interface ScheduleInput {
  readonly principalFen: Fen;
  readonly annualRate: AnnualRate;
  /** Number of monthly instalments; BULLET pays once at their end. One when `days` is given. */
  readonly instalments: number;
  /** The term in days, paid back once at its end; the day rate is the annual rate over 365 for ACT/365, else over 360. */
  readonly days?: number;
  readonly method: RepaymentMethod;
  readonly dayCount: DayCount;
  /** The day the money is paid out and interest starts. */
  readonly startDate: string;
  /** First due date when it is not one month after the start; the following ones are in the months after it. */
  readonly firstDueDate?: string;
  /** Day of the month on which instalments fall due; 29–31 mean month end in shorter months. */
  readonly dueDay?: number;
  readonly rounding?: Rounding;
  readonly fees?: readonly ScheduleFee[];
}

export interface Instalment {
  readonly number: number;
  readonly dueDate: string;
  readonly principalFen: Fen;
  readonly interestFen: Fen;
  readonly feeFen: Fen;
  /** Principal, interest and fee together. */
  readonly paymentFen: Fen;
  /** Principal left after this instalment. */
  readonly balanceFen: Fen;
}

/** Rates a year in percent, half-up; regulation.md §1.1: 单利, IRR复利, and by dates. */
export interface Annualised {
  readonly simple: string;
  readonly compound: string;
  readonly xirr: string;
}

export interface Schedule {
  readonly instalments: readonly Instalment[];
  readonly totals: {
    readonly principalFen: Fen;
    readonly interestFen: Fen;
    /** All fees, those of the first day included. */
    readonly feeFen: Fen;
    /** All instalments together. */
    readonly paymentFen: Fen;
    /** What the borrower receives: principal less fees deducted from it. */
    readonly advancedFen: Fen;
  };
  readonly annualised: Annualised;
}

export type ScheduleFault =
  | 'INSTALMENTS'
  | 'PRINCIPAL'
  | 'FIRST_DUE_DATE'
  | 'UPFRONT_FEES'
  | 'TOTAL_TOO_LARGE'
  | RateFailure;

/** Raised when terms make no loan: a first due date before the start, fees that eat the principal, no solvable rate. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
  readonly code: ScheduleFault;
  constructor(code: ScheduleFault) {
    super(`No schedule can be made of these terms: ${code}.`);
    this.code = code;
  }
}
