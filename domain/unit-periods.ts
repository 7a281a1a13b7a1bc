/**
 * Time counted in unit periods, as US Regulation Z does (12 CFR 1026, Appendix J (b)(3)–(5)): which unit a transaction has,
 * how many of them lie between two dates, and how many make a year.
 */
import type { Decimal } from 'decimal.js';
import { addMonthsClamped, datePartsOf, daysBetween } from './calendar.ts';
import { D } from './rates.ts';

/** `count` months, half-months, weeks or days; at most a year together. */
export interface UnitPeriod {
  readonly unit: 'MONTH' | 'HALF_MONTH' | 'WEEK' | 'DAY';
  readonly count: number;
}

/** A length of time: whole periods and `part` of `of` equal parts of one more. */
export interface Span {
  readonly whole: number;
  readonly part: number;
  readonly of: number;
}

const UNITS_A_YEAR = { MONTH: 12, HALF_MONTH: 24, WEEK: 52, DAY: 365 } as const;

export const YEAR: UnitPeriod = { unit: 'MONTH', count: 12 };

/** Unit periods a year: months 12/n, half-months 24/n, weeks 52/n, days 365/n. */
export function unitsPerYear({ unit, count }: UnitPeriod): Decimal {
  return new D(UNITS_A_YEAR[unit]).dividedBy(count);
}

/** True for a unit of at least one and at most a year. */
export function isUnitPeriod({ unit, count }: UnitPeriod): boolean {
  return Number.isInteger(count) && count >= 1 && count <= UNITS_A_YEAR[unit];
}

/** The day of the month that all dates from the 28th on stand for (31 for month ends), or null when they disagree. */
function lateDayOf(dates: readonly string[]): number | null {
  const late = dates.filter((date) => datePartsOf(date).day >= 28);
  if (late.length === 0) return null;
  const day = Math.max(...late.map((date) => datePartsOf(date).day));
  return late.every((date) => addMonthsClamped(date, 0, day) === date) ? day : null;
}

/**
 * The day of the month from which months are measured for each date: dates at month ends stand for the day that the whole
 * series shares (Appendix J (b)(3)(iv): the last day of each month, or the 29th and 30th with the last of February).
 */
export function monthDays(
  advances: readonly string[],
  payments: readonly string[],
): (date: string) => number {
  const late = lateDayOf([...advances, ...payments]) ?? lateDayOf(payments);
  return (date) => {
    // A date stands for the shared day where that day, or the month's end before it, is the date itself.
    const shared = late !== null && addMonthsClamped(date, 0, late) === date;
    return shared ? late : datePartsOf(date).day;
  };
}

/** Whole months measured back from `to` that do not pass `from`, and the odd days before them. */
export function monthsBack(
  from: string,
  to: string,
  day: number,
): { readonly months: number; readonly oddDays: number } {
  const [a, b] = [datePartsOf(from), datePartsOf(to)];
  const apart = (b.year - a.year) * 12 + b.month - a.month;
  const months = addMonthsClamped(to, -apart, day) < from ? apart - 1 : apart;
  return { months, oddDays: daysBetween(from, addMonthsClamped(to, -months, day)) };
}

const divide = (days: number, of: number): Span => ({
  whole: Math.floor(days / of),
  part: days % of,
  of,
});

/**
 * Unit periods from one date to a later one, counted back from the later (Appendix J (b)(5)): odd days are thirtieths of a
 * month, fifteenths of a half-month, sevenths of a week; several months are 30 days each; what is left of a year is
 * months over 12 when whole, else days over 365. `day` is the month's day that `to` stands for.
 */
export function unitPeriodsBetween(
  from: string,
  to: string,
  period: UnitPeriod,
  day: number = datePartsOf(to).day,
): Span {
  const { unit, count } = period;
  if (unit === 'DAY') return divide(daysBetween(from, to), count);
  if (unit === 'WEEK') return divide(daysBetween(from, to), 7 * count);
  const { months, oddDays } = monthsBack(from, to, day);
  if (unit === 'HALF_MONTH') return divide(30 * months + oddDays, 15 * count);
  if (count < 12) {
    const whole = Math.floor(months / count);
    return { whole, part: 30 * (months % count) + oddDays, of: 30 * count };
  }
  const whole = Math.floor(months / 12);
  if (oddDays === 0) return { whole, part: months % 12, of: 12 };
  return { whole, part: daysBetween(from, addMonthsClamped(to, -12 * whole, day)), of: 365 };
}

/**
 * The unit of a single advance repaid at once (Appendix J (b)(4)(ii), (b)(5)(vi) and (vii)): the term itself, in months
 * when it is whole months and else in days; a year when the term is longer.
 */
function termAsUnit(from: string, to: string, day: number): UnitPeriod {
  const { months, oddDays } = monthsBack(from, to, day);
  if (months >= 12) return YEAR;
  if (oddDays === 0 && months > 0) return { unit: 'MONTH', count: months };
  return { unit: 'DAY', count: Math.max(1, Math.min(365, daysBetween(from, to))) };
}

/** Twice a month: every second date is a month later, and they are not simply two weeks apart. */
function isHalfMonthly(dates: readonly string[]): boolean {
  if (dates.length < 3) return false;
  const gaps = dates.slice(1).map((date, i) => daysBetween(dates[i] ?? date, date));
  if (gaps.every((gap) => gap === 14)) return false;
  const monthApart = dates.slice(2).every((date, i) => {
    const before = dates[i] ?? date;
    const day = Math.max(datePartsOf(before).day, datePartsOf(date).day);
    const atEnd = addMonthsClamped(before, 0, day) === before;
    return (
      addMonthsClamped(before, 1) === date || (atEnd && addMonthsClamped(before, 1, day) === date)
    );
  });
  return monthApart && gaps.every((gap) => gap >= 12 && gap <= 19);
}

/** The standard period that an interval is, or a number of days when it is none. */
function periodsOf(from: string, to: string, day: number, halfMonthly: boolean): UnitPeriod[] {
  const days = daysBetween(from, to);
  const { months, oddDays } = monthsBack(from, to, day);
  const found: UnitPeriod[] = [];
  if (oddDays === 0 && months > 0) found.push({ unit: 'MONTH', count: months });
  if (halfMonthly) found.push({ unit: 'HALF_MONTH', count: 1 });
  if (days % 7 === 0) found.push({ unit: 'WEEK', count: days / 7 });
  if (found.length === 0) found.push({ unit: 'DAY', count: days });
  return found.filter(isUnitPeriod);
}

const yearsOf = (period: UnitPeriod): number => 1 / unitsPerYear(period).toNumber();

/** Standard intervals (Appendix J (b)(3)(iii)), shortest first: a day, weeks, a half-month, months up to a year. */
const STANDARD: readonly UnitPeriod[] = [
  { unit: 'DAY', count: 1 } as const,
  { unit: 'HALF_MONTH', count: 1 } as const,
  ...Array.from({ length: 52 }, (_, i) => ({ unit: 'WEEK', count: i + 1 }) as const),
  ...Array.from({ length: 12 }, (_, i) => ({ unit: 'MONTH', count: i + 1 }) as const),
].sort((a, b) => yearsOf(a) - yearsOf(b));

/** The standard interval nearest to the average, the lower of two equally near. */
function nearestStandard(averageDays: number): UnitPeriod {
  const distance = (period: UnitPeriod) => Math.abs(yearsOf(period) * 365 - averageDays);
  return STANDARD.reduce((best, next) => (distance(next) < distance(best) ? next : best), YEAR);
}

interface Interval {
  readonly days: number;
  readonly periods: readonly UnitPeriod[];
}

function intervalsOf(advances: readonly string[], payments: readonly string[]): Interval[] {
  const dayOf = monthDays(advances, payments);
  const halfMonthly = isHalfMonthly(payments);
  const first = advances[0];
  const between = (dates: readonly string[], half: boolean): Interval[] =>
    dates.slice(1).map((date, i) => {
      const from = dates[i] ?? date;
      const periods = periodsOf(from, date, dayOf(date), half);
      return { days: daysBetween(from, date), periods };
    });
  const toFirst = payments[0];
  return [
    ...(first === undefined || toFirst === undefined ? [] : between([first, toFirst], false)),
    ...between(payments, halfMonthly),
    ...between(advances, false),
  ].filter(({ days }) => days > 0);
}

/**
 * The unit period of a transaction (Appendix J (b)(4)): of the periods that occur more than once, the most frequent, the
 * smaller of two equally frequent; without any, the average period rounded to a standard interval.
 * Dates are in order and not empty; the term begins with the first advance.
 */
export function detectUnitPeriod(
  advanceDates: readonly string[],
  paymentDates: readonly string[],
): UnitPeriod {
  const [advances, payments] = [[...new Set(advanceDates)], [...new Set(paymentDates)]];
  const [first, due] = [advances[0], payments[0]];
  if (first === undefined || due === undefined) return YEAR;
  if (advances.length === 1 && payments.length === 1)
    return termAsUnit(first, due, monthDays(advances, payments)(due));
  const intervals = intervalsOf(advances, payments);
  const counted = new Map<string, { readonly period: UnitPeriod; readonly times: number }>();
  for (const period of intervals.flatMap(({ periods }) => periods)) {
    const key = `${period.unit}/${period.count}`;
    counted.set(key, { period, times: (counted.get(key)?.times ?? 0) + 1 });
  }
  const common = [...counted.values()]
    .filter(({ times }) => times > 1)
    .sort((a, b) => b.times - a.times || yearsOf(a.period) - yearsOf(b.period))[0];
  if (common !== undefined) return common.period;
  const total = intervals.reduce((sum, { days }) => sum + days, 0);
  return nearestStandard(total / Math.max(1, intervals.length));
}
