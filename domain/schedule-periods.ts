/** The interest periods of a schedule: when each ends, and its length in years by the loan's day count. */
import type { Decimal } from 'decimal.js';
import {
  addDays,
  addMonthsClamped,
  datePartsOf,
  days30360,
  daysBetween,
  dueDates,
  wholeMonths,
} from './calendar.ts';
import { rateFraction } from './rates.ts';
import type { ScheduleInput } from './schedule-terms.ts';

/** A fraction of a year: `parts` of `of`. */
interface Share {
  readonly parts: number;
  readonly of: number;
}

export interface Period {
  readonly dueDate: string;
  /** Interest of the period on one unit of principal. */
  readonly factor: Decimal;
}

/** Whole months from `from` forward that do not pass `to`, and the days left after them. */
function monthsForward(
  from: string,
  to: string,
): { readonly months: number; readonly days: number } {
  const [a, b] = [datePartsOf(from), datePartsOf(to)];
  const apart = (b.year - a.year) * 12 + b.month - a.month;
  const months = addMonthsClamped(from, apart) > to ? apart - 1 : apart;
  return { months, days: daysBetween(addMonthsClamped(from, months), to) };
}

/**
 * Years from one date to another by the day count. Whole months are twelfths under 30/360 and MONTHS/12. An odd period is
 * counted under 30/360 by days of 30-day months over 360 (ISDA 2006 4.16(f), "bond basis"), under MONTHS/12 as whole
 * months over 12 and the days left over 360 (逐笔计息, 银发〔2005〕129号: day rate = annual rate / 360).
 */
function yearsOf(input: ScheduleInput, from: string, to: string, dueDay: number): Share {
  if (input.dayCount === 'ACT/360') return { parts: daysBetween(from, to), of: 360 };
  if (input.dayCount === 'ACT/365') return { parts: daysBetween(from, to), of: 365 };
  const months = wholeMonths(from, to, dueDay) ?? wholeMonths(from, to);
  if (months !== null) return { parts: months, of: 12 };
  if (input.dayCount === '30/360') return { parts: days30360(from, to), of: 360 };
  const odd = monthsForward(from, to);
  return { parts: odd.months * 30 + odd.days, of: 360 };
}

/** Interest factors of the loan's rate; periods of equal length share one, which spares most divisions. */
function factorsOf(input: ScheduleInput): (years: Share) => Decimal {
  const rate = rateFraction(input.annualRate);
  const known = new Map<string, Decimal>();
  return ({ parts, of }) => {
    const key = `${parts}/${of}`;
    const factor = known.get(key) ?? rate.times(parts).dividedBy(of);
    known.set(key, factor);
    return factor;
  };
}

/** The day of the month that due dates keep: as agreed, else the start's day when the first due date fits it. */
function dueDayOf({ dueDay, firstDueDate, startDate }: ScheduleInput): number {
  if (dueDay !== undefined) return dueDay;
  const startDay = datePartsOf(startDate).day;
  if (firstDueDate === undefined) return startDay;
  return addMonthsClamped(firstDueDate, 0, startDay) === firstDueDate
    ? startDay
    : datePartsOf(firstDueDate).day;
}

/** The periods of a loan by months; BULLET has one, from the start to the last due date. */
function monthlyPeriods(input: ScheduleInput): readonly Period[] {
  const { startDate, firstDueDate: first, instalments } = input;
  const factorOf = factorsOf(input);
  const dueDay = dueDayOf(input);
  const dates =
    first === undefined
      ? dueDates(startDate, instalments, dueDay)
      : [first, ...dueDates(first, instalments - 1, dueDay)];
  const ends = input.method === 'BULLET' ? dates.slice(-1) : dates;
  return ends.map((dueDate, i) => {
    const from = ends[i - 1] ?? startDate;
    return { dueDate, factor: factorOf(yearsOf(input, from, dueDate, dueDay)) };
  });
}

/** All periods of a schedule, in order; a term in days is one period, counted as that many days. */
export function periodsOf(input: ScheduleInput): readonly Period[] {
  if (input.days === undefined) return monthlyPeriods(input);
  const of = input.dayCount === 'ACT/365' ? 365 : 360;
  const factor = factorsOf(input)({ parts: input.days, of });
  return [{ dueDate: addDays(input.startDate, input.days), factor }];
}
