/** Gives every answer of a secret-checking route the same time, so that how long it took says nothing. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Answers take at least this long: several times what the work behind them needs. */
export const ANSWER_FLOOR_MS = 250;

/** Runs `work` and waits until `floorMs` have passed since its beginning, whether it succeeds or throws. */
export async function evenly<T>(floorMs: number, work: () => Promise<T>): Promise<T> {
  const floor = sleep(floorMs);
  try {
    return await work();
  } finally {
    await floor;
  }
}
