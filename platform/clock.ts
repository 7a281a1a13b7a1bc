/**
 * The clock of the processes, and the business date it stands for.
 */

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Swedish dates are written YYYY-MM-DD. */
const shanghaiDate = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The calendar date in Asia/Shanghai at an instant, `YYYY-MM-DD`. */
export function businessDate(instant: Date): string {
  return shanghaiDate.format(instant);
}
