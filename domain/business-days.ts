/**
 * Chinese business days, make-up days included. For activities and the API only: the holiday package cannot be bundled
 * into workflow code (its module entry is declared CommonJS), and a workflow must not change with its data anyway.
 */
import chineseDays from 'chinese-days';
import { addDays } from './calendar.ts';

// Node reads the package as CommonJS, whose named exports it cannot see: only the default import works everywhere.
// oxlint-disable-next-line import/no-named-as-default-member
const { getDayDetail, isWorkday } = chineseDays;

/** Raised when a business day is asked of a year whose holidays are not known yet. */
export class CalendarDataError extends Error {
  override readonly name = 'CalendarDataError';
  readonly code = 'NO_HOLIDAY_DATA';
  readonly year: number;
  constructor(year: number) {
    super(`The holidays of ${year} are not known.`);
    this.year = year;
  }
}

/** True when the holidays of the year are known: its National Day stands in the data. */
export function hasHolidayData(year: number): boolean {
  return getDayDetail(`${year}-10-01`).name.includes('国庆节');
}

/** True for a working day in China, make-up days included. Throws CalendarDataError for a year without data. */
export function isBusinessDay(date: string): boolean {
  const year = Number(date.slice(0, 4));
  if (!hasHolidayData(year)) throw new CalendarDataError(year);
  return isWorkday(date);
}

/** The date itself when it is a business day, else the next one. Throws CalendarDataError past the data. */
export function nextBusinessDay(date: string): string {
  let day = date;
  while (!isBusinessDay(day)) day = addDays(day, 1);
  return day;
}
