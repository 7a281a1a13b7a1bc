/** The repayment schedule: what is due when, to the fen. Rounded at stated points; the last instalment absorbs the rest. */
import type { Decimal } from 'decimal.js';
import { addFen, type Fen, fen, subtractFen, sumFen, ZERO_FEN } from './money.ts';
import { D, type Rounding, roundToFen } from './rates.ts';
import { type Period, periodsOf } from './schedule-periods.ts';
import { annualise } from './schedule-rates.ts';
import {
  type FeeTiming,
  type Instalment,
  type Schedule,
  ScheduleError,
  type ScheduleFee,
  type ScheduleInput,
} from './schedule-terms.ts';

export {
  type Annualised,
  type Instalment,
  type Schedule,
  ScheduleError,
  type ScheduleFee,
  type ScheduleInput,
} from './schedule-terms.ts';

/** The longest schedule: fifty years of months. */
export const MOST_INSTALMENTS = 600;

function feesOf(input: ScheduleInput, ...timings: readonly FeeTiming[]): Fen {
  const fees: readonly ScheduleFee[] = input.fees ?? [];
  return sumFen(fees.filter((f) => timings.includes(f.timing)).map((f) => f.amountFen));
}

function assertTerms(input: ScheduleInput): void {
  const { instalments, days, firstDueDate } = input;
  if (!Number.isInteger(instalments) || instalments < 1 || instalments > MOST_INSTALMENTS)
    throw new ScheduleError('INSTALMENTS');
  if (days !== undefined && (!Number.isInteger(days) || days < 1 || instalments !== 1))
    throw new ScheduleError('INSTALMENTS');
  if (input.principalFen <= 0) throw new ScheduleError('PRINCIPAL');
  if (firstDueDate !== undefined && firstDueDate <= input.startDate)
    throw new ScheduleError('FIRST_DUE_DATE');
}

/** Nothing that follows can leave the safe integers when principal, fees and interest on the whole principal fit. */
function assertSize(input: ScheduleInput, periods: readonly Period[]): void {
  const interest = periods.reduce((sum, { factor }) => sum.plus(factor), new D(1));
  const fees = (input.fees ?? []).reduce((sum, f) => sum.plus(f.amountFen), new D(0));
  const most = interest.times(input.principalFen).plus(fees.times(periods.length));
  if (most.plus(periods.length).greaterThan(Number.MAX_SAFE_INTEGER))
    throw new ScheduleError('TOTAL_TOO_LARGE');
}

/**
 * Σ 1/Π(1 + factor): what one fen paid at the end of each period is worth at their beginning; (1 − (1+f)^−n)/f when all
 * periods are equal.
 */
function annuityOf(periods: readonly Period[]): Decimal {
  const factor = periods[0]?.factor;
  if (factor !== undefined && !factor.isZero() && periods.every((p) => p.factor === factor)) {
    const discount = factor.plus(1).pow(-periods.length);
    return new D(1).minus(discount).dividedBy(factor);
  }
  let discount = new D(1);
  let annuity = new D(0);
  for (const period of periods) {
    discount = discount.dividedBy(period.factor.plus(1));
    annuity = annuity.plus(discount);
  }
  return annuity;
}

/**
 * The level payment A with P = Σ A / Π(1 + factor), each factor that of its own period, so that the last payment ends the
 * loan on the actual days; with equal factors it is P·i(1+i)^n/((1+i)^n−1). Leading periods so long that their interest
 * is more than A are paid in interest alone, and A is spread over the periods after them: interest never joins principal.
 */
function levelPayment(principalFen: Fen, periods: readonly Period[], rounding: Rounding): Fen {
  const principal = new D(principalFen);
  for (let skipped = 0; ; skipped += 1) {
    const level = principal.dividedBy(annuityOf(periods.slice(skipped)));
    const payment = roundToFen(level, rounding);
    const interest = roundToFen((periods[skipped]?.factor ?? new D(0)).times(principal), rounding);
    if (interest <= payment || skipped >= periods.length - 1) return payment;
  }
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

function instalmentsOf(input: ScheduleInput, periods: readonly Period[]): readonly Instalment[] {
  const rounding = input.rounding ?? 'HALF_UP';
  const principalOf = principalRule(input, periods);
  const feeEach = feesOf(input, 'PER_INSTALMENT');
  const feeAtEnd = addFen(feeEach, feesOf(input, 'LAST_INSTALMENT'));
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
    const feeFen = last ? feeAtEnd : feeEach;
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
 * Builds the schedule of a loan. Interest of each period is rounded to fen, the level payment and the equal part are
 * rounded once, and the last instalment takes the principal that is left, so principal is conserved to the fen; where
 * interest is paid first, it also completes the interest of the whole term.
 * Annualised rates have `rateDecimals` decimals. Throws ScheduleError for terms that make no loan.
 */
export function buildSchedule(input: ScheduleInput, rateDecimals = 2): Schedule {
  assertTerms(input);
  const periods = periodsOf(input);
  assertSize(input, periods);
  const deducted = feesOf(input, 'UPFRONT');
  const upfront = addFen(deducted, feesOf(input, 'UPFRONT_PAID'));
  if (upfront >= input.principalFen) throw new ScheduleError('UPFRONT_FEES');
  const instalments = instalmentsOf(input, periods);
  const principalFen = sumFen(instalments.map((i) => i.principalFen));
  if (principalFen !== input.principalFen) throw new ScheduleError('PRINCIPAL');
  return {
    instalments,
    totals: {
      principalFen,
      interestFen: sumFen(instalments.map((i) => i.interestFen)),
      feeFen: addFen(upfront, sumFen(instalments.map((i) => i.feeFen))),
      paymentFen: sumFen(instalments.map((i) => i.paymentFen)),
      advancedFen: subtractFen(input.principalFen, deducted),
    },
    annualised: annualise(input, upfront, instalments, rateDecimals),
  };
}
