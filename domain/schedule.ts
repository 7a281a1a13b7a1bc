/** The repayment schedule: what is due when, to the fen. Rounded at stated points; the last instalment absorbs the rest. */
import type { Decimal } from 'decimal.js';
import { dueDates, daysBetween, days30360, wholeMonths } from './calendar.ts';
import {
  type DatedAmount,
  datedRate,
  type RateFailure,
  unitPeriodRate,
  unitPeriodsBetween,
  unitsPerYear,
  type UnitPeriod,
} from './annualised-rate.ts';
import type { DayCount, RepaymentMethod } from './loan-terms.ts';
import { addFen, type Fen, fen, subtractFen, sumFen, ZERO_FEN } from './money.ts';
import {
  type AnnualRate,
  D,
  formatPercent,
  rateFraction,
  type Rounding,
  roundToFen,
} from './rates.ts';

/** A fee that belongs to the price of the loan. `UPFRONT` reduces what the borrower receives. */
export interface ScheduleFee {
  readonly code: string;
  readonly timing: 'UPFRONT' | 'PER_INSTALMENT';
  readonly amountFen: Fen;
}

export interface ScheduleInput {
  readonly principalFen: Fen;
  readonly annualRate: AnnualRate;
  /** Number of months; BULLET pays once at their end. */
  readonly instalments: number;
  readonly method: RepaymentMethod;
  readonly dayCount: DayCount;
  /** The day the money is paid out and interest starts. */
  readonly startDate: string;
  /** First due date when it is not one month after the start; the following ones keep its day. */
  readonly firstDueDate?: string;
  /** Day of the month on which instalments fall due; 29–31 mean month end. */
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

/** Rates a year in percent with two decimals, half-up; regulation.md §1.1: 单利, IRR复利, and by dates. */
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
    readonly feeFen: Fen;
    readonly paymentFen: Fen;
    /** What the borrower receives: principal less fees taken up front. */
    readonly advancedFen: Fen;
  };
  readonly annualised: Annualised;
}

/** Raised when terms make no loan: a first due date before the start, fees that eat the principal, no solvable rate. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
  readonly code: 'INSTALMENTS' | 'PRINCIPAL' | 'FIRST_DUE_DATE' | 'UPFRONT_FEES' | RateFailure;
  constructor(code: ScheduleError['code']) {
    super(`No schedule can be made of these terms: ${code}.`);
    this.code = code;
  }
}

/** Interest factor of one period: its length in years by the day count, times the rate. */
function periodFactor(input: ScheduleInput, from: string, to: string, dueDay: number): Decimal {
  const rate = rateFraction(input.annualRate);
  if (input.dayCount === 'ACT/360') return rate.times(daysBetween(from, to)).dividedBy(360);
  if (input.dayCount === 'ACT/365') return rate.times(daysBetween(from, to)).dividedBy(365);
  const months = wholeMonths(from, to, dueDay);
  if (months !== null) return rate.times(months).dividedBy(12);
  const days = input.dayCount === '30/360' ? days30360(from, to) : daysBetween(from, to);
  return rate.times(days).dividedBy(360);
}

interface Period {
  readonly dueDate: string;
  readonly factor: Decimal;
}

function assertTerms(input: ScheduleInput): void {
  if (!Number.isInteger(input.instalments) || input.instalments < 1 || input.instalments > 600) {
    throw new ScheduleError('INSTALMENTS');
  }
  if (input.principalFen <= 0) throw new ScheduleError('PRINCIPAL');
  if (input.firstDueDate !== undefined && input.firstDueDate <= input.startDate) {
    throw new ScheduleError('FIRST_DUE_DATE');
  }
}

function periodsOf(input: ScheduleInput): readonly Period[] {
  const first = input.firstDueDate;
  const dueDay = input.dueDay ?? Number((first ?? input.startDate).slice(8, 10));
  const dates =
    first === undefined
      ? dueDates(input.startDate, input.instalments, dueDay)
      : [first, ...dueDates(first, input.instalments - 1, dueDay)];
  if (input.method === 'BULLET') {
    const dueDate = dates.at(-1) ?? input.startDate;
    const startDay = Number(input.startDate.slice(8, 10));
    return [{ dueDate, factor: periodFactor(input, input.startDate, dueDate, startDay) }];
  }
  return dates.map((dueDate, i) => {
    const from = i === 0 ? input.startDate : (dates[i - 1] ?? input.startDate);
    const day = i === 0 ? Number(input.startDate.slice(8, 10)) : dueDay;
    return { dueDate, factor: periodFactor(input, from, dueDate, day) };
  });
}

/** The level payment A with P = Σ A / Π(1 + factor); with equal factors it is P·i(1+i)^n/((1+i)^n−1). */
function levelPayment(principalFen: Fen, periods: readonly Period[], rounding: Rounding): Fen {
  let discount = new D(1);
  let annuity = new D(0);
  for (const period of periods) {
    discount = discount.dividedBy(period.factor.plus(1));
    annuity = annuity.plus(discount);
  }
  return roundToFen(new D(principalFen).dividedBy(annuity), rounding);
}

/** How much principal an instalment repays, for each method; the caller lets the last one absorb the rest. */
function principalRule(
  input: ScheduleInput,
  periods: readonly Period[],
): (interestFen: Fen) => Fen {
  const rounding = input.rounding ?? 'HALF_UP';
  if (input.method === 'EQUAL_INSTALMENT') {
    const payment = levelPayment(input.principalFen, periods, rounding);
    return (interestFen) => fen(Math.max(0, payment - interestFen));
  }
  if (input.method === 'EQUAL_PRINCIPAL') {
    const part = roundToFen(new D(input.principalFen).dividedBy(periods.length), rounding);
    return () => part;
  }
  return () => ZERO_FEN;
}

/** Interest of the whole term on an undiminished principal, rounded once: what the last instalment completes. */
function wholeInterest(input: ScheduleInput, periods: readonly Period[]): Fen {
  const factor = periods.reduce((sum, period) => sum.plus(period.factor), new D(0));
  return roundToFen(factor.times(input.principalFen), input.rounding ?? 'HALF_UP');
}

function instalmentsOf(input: ScheduleInput): readonly Instalment[] {
  const periods = periodsOf(input);
  const rounding = input.rounding ?? 'HALF_UP';
  const principalOf = principalRule(input, periods);
  const feeFen = sumFen(
    (input.fees ?? []).filter((f) => f.timing === 'PER_INSTALMENT').map((f) => f.amountFen),
  );
  let balance = input.principalFen;
  let interestSoFar = ZERO_FEN;
  return periods.map((period, i): Instalment => {
    const last = i === periods.length - 1;
    const interestFen =
      last && input.method === 'INTEREST_FIRST'
        ? fen(Math.max(0, wholeInterest(input, periods) - interestSoFar))
        : roundToFen(period.factor.times(balance), rounding);
    interestSoFar = addFen(interestSoFar, interestFen);
    const principalFen = last ? balance : fen(Math.min(balance, principalOf(interestFen)));
    balance = subtractFen(balance, principalFen);
    return {
      number: i + 1,
      dueDate: period.dueDate,
      principalFen,
      interestFen,
      feeFen,
      paymentFen: sumFen([principalFen, interestFen, feeFen]),
      balanceFen: balance,
    };
  });
}

/**
 * Months are the unit period, but a single payment is measured by the whole term up to a year, and by years beyond
 * (Appendix J (b)(4)): otherwise a 12 % loan repaid once after a year would be shown as 11.39 %.
 */
function unitPeriodOf(input: ScheduleInput): UnitPeriod {
  if (input.method !== 'BULLET' && input.instalments > 1) return { unit: 'MONTH', count: 1 };
  return { unit: 'MONTH', count: Math.min(12, input.instalments) };
}

/** A due date clamped to a month end is still whole months away; everything else is counted back by Appendix J. */
function timeOf(from: string, to: string, unit: UnitPeriod): { whole: number; fraction: number } {
  const months = wholeMonths(from, to);
  if (months === null) return unitPeriodsBetween(from, to, unit);
  return {
    whole: Math.floor(months / unit.count),
    fraction: (months % unit.count) / unit.count,
  };
}

function annualise(
  input: ScheduleInput,
  advancedFen: Fen,
  schedule: readonly Instalment[],
): Annualised {
  const unit = unitPeriodOf(input);
  const perYear = unitsPerYear(unit);
  const payments = schedule.map((instalment) => ({
    amountFen: instalment.paymentFen,
    ...timeOf(input.startDate, instalment.dueDate, unit),
  }));
  const advances = [{ amountFen: advancedFen, whole: 0, fraction: 0 }];
  const simple = unitPeriodRate({ advances, payments, unitsPerYear: perYear });
  if (!simple.ok) throw new ScheduleError(simple.reason);
  const dated: readonly DatedAmount[] = schedule.map((instalment) => ({
    amountFen: instalment.paymentFen,
    date: instalment.dueDate,
  }));
  const xirr = datedRate([{ amountFen: advancedFen, date: input.startDate }], dated);
  if (!xirr.ok) throw new ScheduleError(xirr.reason);
  return {
    simple: formatPercent(simple.annual),
    compound: formatPercent((1 + simple.periodic) ** perYear - 1),
    xirr: formatPercent(xirr.annual),
  };
}

/**
 * Builds the schedule of a loan. Interest of each period is rounded to fen, the level payment and the equal part are
 * rounded once, and the last instalment takes what is left, so principal is conserved to the fen.
 * Throws ScheduleError for terms that make no loan.
 */
export function buildSchedule(input: ScheduleInput): Schedule {
  assertTerms(input);
  const upfront = sumFen(
    (input.fees ?? []).filter((f) => f.timing === 'UPFRONT').map((f) => f.amountFen),
  );
  if (upfront >= input.principalFen) throw new ScheduleError('UPFRONT_FEES');
  const instalments = instalmentsOf(input);
  const principalFen = sumFen(instalments.map((i) => i.principalFen));
  if (principalFen !== input.principalFen) throw new ScheduleError('PRINCIPAL');
  const interestFen = sumFen(instalments.map((i) => i.interestFen));
  const feeFen = addFen(upfront, sumFen(instalments.map((i) => i.feeFen)));
  const advancedFen = subtractFen(input.principalFen, upfront);
  return {
    instalments,
    totals: {
      principalFen,
      interestFen,
      feeFen,
      paymentFen: sumFen(instalments.map((i) => i.paymentFen)),
      advancedFen,
    },
    annualised: annualise(input, advancedFen, instalments),
  };
}
