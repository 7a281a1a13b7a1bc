/**
 * Time counted in years as the European Union does (2008/48/EC Annex I remark (c); the Commission's guidelines SWD(2012)
 * 128, 4.1.1): whole years, months or weeks counted back from the later date, then the days left before them over the 365
 * or 366 days of a year.
 */
import { addDays, addMonthsClamped, daysBetween } from './calendar.ts';
import { monthsBack, type Span } from './unit-periods.ts';

/** What is counted whole before days are: years, twelfths of a year or fifty-seconds of a year. */
export type YearPart = 'YEAR' | 'MONTH' | 'WEEK';

const PARTS = { YEAR: 1, MONTH: 12, WEEK: 52 } as const;

/** Whole units back from `to`, and the date on which the first of them begins. */
function wholeBack(
  from: string,
  to: string,
  unit: YearPart,
  day: number,
): { readonly count: number; readonly begin: string } {
  if (unit === 'WEEK') {
    const count = Math.floor(daysBetween(from, to) / 7);
    return { count, begin: addDays(to, -7 * count) };
  }
  const { months } = monthsBack(from, to, day);
  const count = unit === 'MONTH' ? months : Math.floor(months / 12);
  const back = unit === 'MONTH' ? count : 12 * count;
  return { count, begin: addMonthsClamped(to, -back, day) };
}

/** True when a 29 February is among the days after `from` up to and with `to`, which are less than a year apart. */
function holdsLeapDay(from: string, to: string): boolean {
  return [from, to].some((date) => {
    const leapDay = addMonthsClamped(`${date.slice(0, 4)}-02-01`, 0, 29);
    return leapDay.endsWith('29') && from < leapDay && leapDay <= to;
  });
}

/**
 * Days of the year that the odd days belong to. After months and weeks it is the year that ends where the odd days end, as
 * the guidelines' table counts. After years it has 366 days when 29 February is one of the odd days: the guidelines' annual
 * intervals and the examples in use in the United Kingdom (500 repaid as 510 from 10 to 15 October 2012: 324.436 %) both
 * come out so, and only so.
 */
function yearDaysOf(unit: YearPart, from: string, begin: string): number {
  if (unit === 'YEAR') return holdsLeapDay(from, begin) ? 366 : 365;
  return daysBetween(addMonthsClamped(begin, -12), begin);
}

/** The years from one date to a later one; `day` is the month's day that `to` stands for. */
export function euYearsBetween(from: string, to: string, unit: YearPart, day: number): Span {
  const { count, begin } = wholeBack(from, to, unit, day);
  const parts = PARTS[unit];
  const yearDays = yearDaysOf(unit, from, begin);
  const days = daysBetween(from, begin);
  return {
    whole: Math.floor(count / parts),
    part: (count % parts) * yearDays + parts * days,
    of: parts * yearDays,
  };
}
