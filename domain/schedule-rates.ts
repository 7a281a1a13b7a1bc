/** What a schedule costs a year: simple (单利) by unit periods, compound (IRR复利), and the internal rate by dates. */
import {
  type DatedAmount,
  datedRate,
  type RateResult,
  type TimedAmount,
  unitPeriodRate,
} from './annualised-rate.ts';
import { type Fen, subtractFen } from './money.ts';
import { formatPercent } from './rates.ts';
import {
  type Annualised,
  type Instalment,
  ScheduleError,
  type ScheduleInput,
} from './schedule-terms.ts';
import {
  detectUnitPeriod,
  monthDays,
  type UnitPeriod,
  unitPeriodsBetween,
  unitsPerYear,
  YEAR,
} from './unit-periods.ts';

/**
 * Months are the unit period, but a single payment is measured by the whole term up to a year, and by years beyond
 * (Appendix J (b)(4)): otherwise a 12 % loan repaid once after a year would be shown as 11.39 %. A term agreed in days
 * stays one in days, even where it happens to be whole months.
 */
function unitPeriodOf(input: ScheduleInput, dueDates: readonly string[]): UnitPeriod {
  if (input.days !== undefined) return input.days > 365 ? YEAR : { unit: 'DAY', count: input.days };
  if (dueDates.length > 1) return { unit: 'MONTH', count: 1 };
  return detectUnitPeriod([input.startDate], dueDates);
}

function solved(result: RateResult) {
  if (!result.ok) throw new ScheduleError(result.reason);
  return result.rates;
}

/**
 * The rates of a schedule, percent with `decimals` decimals. Fees of the first day, deducted or paid, reduce the advance.
 * Throws ScheduleError when there is no rate.
 */
export function annualise(
  input: ScheduleInput,
  upfrontFen: Fen,
  instalments: readonly Instalment[],
  decimals: number,
): Annualised {
  const { startDate } = input;
  const dueDates = instalments.map(({ dueDate }) => dueDate);
  const unit = unitPeriodOf(input, dueDates);
  const dayOf = monthDays([startDate], dueDates);
  const amountFen = subtractFen(input.principalFen, upfrontFen);
  const payments = instalments.map(
    ({ paymentFen, dueDate }): TimedAmount => ({
      amountFen: paymentFen,
      ...unitPeriodsBetween(startDate, dueDate, unit, dayOf(dueDate)),
    }),
  );
  const advances = [{ amountFen, whole: 0, part: 0, of: 1 }];
  const rates = solved(unitPeriodRate({ advances, payments, unitsPerYear: unitsPerYear(unit) }));
  const dated = instalments.map((i) => ({ amountFen: i.paymentFen, date: i.dueDate }));
  const xirr = solved(datedRate([{ amountFen, date: startDate }], dated));
  return {
    simple: formatPercent(rates.annual, decimals),
    compound: formatPercent(rates.compound, decimals),
    xirr: formatPercent(xirr.compound, decimals),
  };
}

/**
 * The rates of several advances and their payments, percent with `decimals` decimals: all spans from the first advance, in
 * months where payments recur, and otherwise in the unit period that the dates show (Appendix J (b)). Throws ScheduleError when
 * there is no rate.
 */
export function annualiseFlows(
  advances: readonly DatedAmount[],
  payments: readonly DatedAmount[],
  decimals: number,
): Annualised {
  const [advanceDays, paymentDays] = [advances.map((a) => a.date), payments.map((p) => p.date)];
  const start = advanceDays[0] ?? '';
  const unit: UnitPeriod =
    payments.length > advances.length
      ? { unit: 'MONTH', count: 1 }
      : detectUnitPeriod(advanceDays, paymentDays);
  const dayOf = monthDays(advanceDays, paymentDays);
  const timed = ({ amountFen, date }: DatedAmount): TimedAmount => ({
    amountFen,
    ...unitPeriodsBetween(start, date, unit, dayOf(date)),
  });
  const rates = solved(
    unitPeriodRate({
      advances: advances.map(timed),
      payments: payments.map(timed),
      unitsPerYear: unitsPerYear(unit),
    }),
  );
  const xirr = solved(datedRate(advances, payments));
  return {
    simple: formatPercent(rates.annual, decimals),
    compound: formatPercent(rates.compound, decimals),
    xirr: formatPercent(xirr.compound, decimals),
  };
}
