/** Forgets, every hour, what protects against repetition once nothing can repeat any more. */
import type { Db } from '../db/database.ts';
import { forgetBefore } from '../db/queries/idempotency.ts';
import { forgetSignIns } from '../db/queries/sign-in.ts';
import { TIMESTAMP_WINDOW_MS } from '../platform/crypto/envelope.ts';
import type { AccessLog } from './deps.ts';

const HOUR_MS = 3_600_000;
/** An envelope is refused by its timestamp after one window either way; one more is for clocks set back. */
const NONCES_KEPT_MS = 4 * TIMESTAMP_WINDOW_MS;
/** How long the answer to an act can be asked for again. */
export const ACTS_KEPT_DAYS = 7;

/** One round, as seen from `now`. */
export async function tidy(db: Db, now: Date): Promise<void> {
  await forgetBefore(db, {
    nonces: new Date(now.getTime() - NONCES_KEPT_MS),
    acts: new Date(now.getTime() - ACTS_KEPT_DAYS * 24 * HOUR_MS),
  });
  await forgetSignIns(db, new Date(now.getTime() - HOUR_MS));
}

/** Starts the rounds; any number of API processes may, since forgetting twice is forgetting once. */
export function startHousekeeping(db: Db, log: AccessLog): { stop(): void } {
  const timer = setInterval(() => {
    tidy(db, new Date()).catch((error: unknown) => log.error({ err: error }, 'housekeeping'));
  }, HOUR_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
