/** Dates as the reports print them: the calendar of Asia/Shanghai, which has no summer time. */

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

function shanghai(instant: Date): Date {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS);
}

/** `YYYY-MM-DD`. */
export function dayOf(instant: Date): string {
  return shanghai(instant).toISOString().slice(0, 10);
}

/** `YYYY-MM-DDTHH:mm:ss`, local time without offset. */
export function localTimeOf(instant: Date): string {
  return shanghai(instant).toISOString().slice(0, 19);
}

/** `YYYY-MM` so many months before. */
export function monthBefore(instant: Date, months: number): string {
  const local = shanghai(instant);
  return new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() - months, 1))
    .toISOString()
    .slice(0, 7);
}

/** The 10th of the month so many months before (negative: after), a day every month has. */
export function dayMonthsBefore(instant: Date, months: number): string {
  return `${monthBefore(instant, months)}-10`;
}

/** `YYYY-MM-DD` so many days before. */
export function dayBefore(instant: Date, days: number): string {
  return dayOf(new Date(instant.getTime() - days * DAY_MS));
}

/** The first of the month of the instant: a day that has come, whatever the day. */
export function firstOfMonth(instant: Date): string {
  return `${monthBefore(instant, 0)}-01`;
}

/** The same day so many months before, or the last day of a shorter month. */
export function sameDayMonthsBefore(instant: Date, months: number): string {
  const month = monthBefore(instant, months);
  const [year = 0, part = 0] = month.split('-').map(Number);
  const last = new Date(Date.UTC(year, part, 0)).getUTCDate();
  const day = Math.min(last, Number(dayOf(instant).slice(8)));
  return `${month}-${String(day).padStart(2, '0')}`;
}
