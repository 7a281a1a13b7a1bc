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
