/** Ends a review whose application was amended: what was approved on the former evidence is void. */
import { atDesk } from '../../domain/desk.ts';
import type { Tx } from '../../db/database.ts';
import { lockReview, saveReview } from '../../db/queries/desk.ts';

/**
 * Voids the review of a round that is under way, if there is one. The caller holds the application's lock, has amended it,
 * and moves it on. Gives whether a review was ended.
 */
export async function voidReview(
  tx: Tx,
  of: { readonly applicationId: string; readonly round: number; readonly evidenceVersion: number },
  at: Date,
): Promise<boolean> {
  const stored = await lockReview(tx, of.applicationId, of.round);
  if (stored === undefined || stored.review.end !== null) return false;
  const { evidenceVersion } = of;
  const answer = atDesk(stored.review, { kind: 'AMEND', evidenceVersion });
  if (!answer.ok) return false;
  await saveReview(tx, stored, answer.review, { at, slaDueAt: at });
  return true;
}
