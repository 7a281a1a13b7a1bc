/** Sends a payout outside the origination, and asks by its number with growing pauses until the bank knows what became of it. */
import { condition } from '@temporalio/workflow';
import type { PayoutOutcome } from '../activities/index.ts';
import { openDoors } from './doors.ts';
import { instant } from './time.ts';

/** First and longest pause between questions about a payment whose answer was lost, and how long before people are told. */
const ASK_AGAIN_MS = 10_000;
const ASK_AGAIN_MOST_MS = 3_600_000;
const PATIENCE_MS = 3_600_000;

/**
 * Gives how the payout ended: paid, refused, or held back.
 * @param notices how many notices of the bank have come; another one shortens a pause
 */
export async function payUntilKnown(
  of: { readonly applicationId: string; readonly payoutId: string },
  notices: () => number,
): Promise<PayoutOutcome> {
  const { outside, record } = openDoors();
  const bank = outside('bank');
  const began = Date.now();
  let told = false;
  let wait = ASK_AGAIN_MS;
  let outcome = await bank.sendPayout(of);
  while (outcome.state === 'ACCEPTED' || outcome.state === 'UNKNOWN') {
    const seen = notices();
    await condition(() => notices() !== seen, wait);
    wait = Math.min(wait * 2, ASK_AGAIN_MOST_MS);
    outcome = await bank.queryPayout(of);
    if (!told && Date.now() - began > PATIENCE_MS) {
      told = true;
      await record.reportUnknownPayout({ ...of, at: instant() });
    }
  }
  return outcome;
}
