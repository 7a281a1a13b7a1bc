/** Calendar days of a loan: due dates with the month-end rule, day counts, ages and Chinese business days. */
import chineseDays from 'chinese-days';
import { Temporal } from 'temporal-polyfill';

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

/** True for a `YYYY-MM-DD` that names a day of the calendar. */
export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year, month, day] = text.split('-').map(Number);
  try {
    Temporal.PlainDate.from(
      { year: year ?? 0, month: month ?? 0, day: day ?? 0 },
      { overflow: 'reject' },
    );
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The date `days` later (earlier when negative). */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/**
 * The date `months` later, on `dueDay` or the last day of a shorter month (a due day of 29–31 means month end).
 * Without `dueDay` the day of `date` is kept.
 */
export function addMonthsClamped(date: string, months: number, dueDay?: number): string {
  const start = Temporal.PlainDate.from(date);
  const day = dueDay ?? start.day;
  if (!Number.isInteger(day) || day < 1 || day > 31) throw new RangeError('A due day is 1 to 31.');
  const month = start.toPlainYearMonth().add({ months });
  return month.toPlainDate({ day: Math.min(day, month.daysInMonth) }).toString();
}

/** `count` monthly due dates, the first in the month after `start`, each on `dueDay` or at month end. */
export function dueDates(start: string, count: number, dueDay?: number): readonly string[] {
  const day = dueDay ?? Temporal.PlainDate.from(start).day;
  return Array.from({ length: count }, (_, i) => addMonthsClamped(start, i + 1, day));
}

/** Calendar days from `from` to `to`, negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' })
    .days;
}

/** Days from `from` to `to` with months of 30 days (US 30/360: the 31st counts as the 30th). */
export function days30360(from: string, to: string): number {
  const a = Temporal.PlainDate.from(from);
  const b = Temporal.PlainDate.from(to);
  const dayA = Math.min(a.day, 30);
  const dayB = b.day === 31 && dayA === 30 ? 30 : b.day;
  return (b.year - a.year) * 360 + (b.month - a.month) * 30 + (dayB - dayA);
}

/** Whole months from `from` to `to` when `to` is exactly that many clamped months later, else null. */
export function wholeMonths(from: string, to: string, dueDay?: number): number | null {
  const a = Temporal.PlainDate.from(from);
  const b = Temporal.PlainDate.from(to);
  const months = (b.year - a.year) * 12 + b.month - a.month;
  if (months < 0) return null;
  return addMonthsClamped(from, months, dueDay ?? a.day) === to ? months : null;
}

/** Age in whole years on a date. A birthday counts on its day; one on 29 February counts on 1 March in other years. */
export function ageOn(birthDate: string, date: string): number {
  const birth = Temporal.PlainDate.from(birthDate);
  const on = Temporal.PlainDate.from(date);
  const before = on.month < birth.month || (on.month === birth.month && on.day < birth.day);
  return on.year - birth.year - (before ? 1 : 0);
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
