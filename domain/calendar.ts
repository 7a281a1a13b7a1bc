/**
 * Calendar days of a loan: due dates with the month-end rule, day counts and ages. Dates are ISO `YYYY-MM-DD` strings.
 * Plain UTC arithmetic: no clock, no time zone, and fast enough to be called for every instalment. Business days, which
 * need data, stand in business-days.ts.
 */

const DAY_MS = 86_400_000;

interface Day {
  readonly year: number;
  /** 1–12. */
  readonly month: number;
  readonly day: number;
}

function lastDayOf(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

const twoDigits = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

function format(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** Reads a date; null when it is none. Years 1000–9999, so that every date sorts as text. */
function read(date: string): Day | null {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(date)) return null;
  const [year, month, day] = [+date.slice(0, 4), +date.slice(5, 7), +date.slice(8)];
  if (month < 1 || month > 12 || day < 1 || day > lastDayOf(year, month)) return null;
  return { year, month, day };
}

/** Parts of a date. Throws RangeError for text that is no day of the calendar. */
export function datePartsOf(date: string): Day {
  const parts = read(date);
  if (parts === null) throw new RangeError('A date is a day of the calendar, YYYY-MM-DD.');
  return parts;
}

/** True for a `YYYY-MM-DD` that names a day of the calendar. */
export function isIsoDate(text: string): boolean {
  return read(text) !== null;
}

function dayNumber(date: string): number {
  const { year, month, day } = datePartsOf(date);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** The date `days` later (earlier when negative). */
export function addDays(date: string, days: number): string {
  return new Date((dayNumber(date) + days) * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The date `months` later, on `dueDay` or the last day of a shorter month (a due day of 29–31 means month end).
 * Without `dueDay` the day of `date` is kept. Throws RangeError for a due day outside 1–31.
 */
export function addMonthsClamped(date: string, months: number, dueDay?: number): string {
  const start = datePartsOf(date);
  const day = dueDay ?? start.day;
  if (!Number.isInteger(day) || day < 1 || day > 31) throw new RangeError('A due day is 1 to 31.');
  const index = start.year * 12 + start.month - 1 + months;
  const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
  return format(year, month, Math.min(day, lastDayOf(year, month)));
}

/** `count` monthly due dates, the first in the month after `start`, each on `dueDay` or at month end. */
export function dueDates(start: string, count: number, dueDay?: number): readonly string[] {
  const day = dueDay ?? datePartsOf(start).day;
  return Array.from({ length: count }, (_, i) => addMonthsClamped(start, i + 1, day));
}

/** Calendar days from `from` to `to`, negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** Days from `from` to `to` with months of 30 days (US 30/360: the 31st counts as the 30th). */
export function days30360(from: string, to: string): number {
  const a = datePartsOf(from);
  const b = datePartsOf(to);
  const dayA = Math.min(a.day, 30);
  const dayB = b.day === 31 && dayA === 30 ? 30 : b.day;
  return (b.year - a.year) * 360 + (b.month - a.month) * 30 + (dayB - dayA);
}

/**
 * Months from one date to another when both stand for the same day of the month (a shorter month's end stands for a later
 * day), else null. The day is that of `from` unless told.
 */
export function wholeMonths(from: string, to: string, dueDay?: number): number | null {
  const [a, b] = [datePartsOf(from), datePartsOf(to)];
  const day = dueDay ?? a.day;
  const standsForDay = (date: string) => addMonthsClamped(date, 0, day) === date;
  if (to < from || !standsForDay(from) || !standsForDay(to)) return null;
  return (b.year - a.year) * 12 + b.month - a.month;
}

/** Age in whole years on a date. A birthday counts on its day; one on 29 February counts on 1 March in other years. */
export function ageOn(birthDate: string, date: string): number {
  const birth = datePartsOf(birthDate);
  const on = datePartsOf(date);
  const before = on.month < birth.month || (on.month === birth.month && on.day < birth.day);
  return on.year - birth.year - (before ? 1 : 0);
}
