/** Dates and spans as the workflow's own clock gives them. */

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** The business date in Asia/Shanghai at the workflow's time; China keeps one offset all year. */
export function businessDay(epochMs: number = Date.now()): string {
  return new Date(epochMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

/** The workflow's time as an ISO instant. */
export function instant(epochMs: number = Date.now()): string {
  return new Date(epochMs).toISOString();
}

/** Milliseconds until 00:05 in Shanghai on a date: due dates are looked at when the day has begun. */
export function untilMorningOf(date: string, now: number = Date.now()): number {
  const morning = Date.parse(`${date}T00:05:00+08:00`);
  return Math.max(1_000, morning - now);
}

/** The hour of the day in Shanghai at the workflow's time, 0 to 23. */
export function hourOf(epochMs: number = Date.now()): number {
  return new Date(epochMs + SHANGHAI_OFFSET_MS).getUTCHours();
}

/** Milliseconds until an hour of a day in Shanghai, at least a second. */
export function untilHourOf(date: string, hour: number, now: number = Date.now()): number {
  const moment = Date.parse(`${date}T${String(hour).padStart(2, '0')}:00:00+08:00`);
  return Math.max(1_000, moment - now);
}
