/** Writes at the desk that are no act on a loan: each with its audit entry in one transaction, or refused by its code. */
import type { Tx } from '../db/database.ts';
import { recordDeed } from './audit.ts';
import type { AppContext } from './deps.ts';
import { ApiProblem } from './problem-response.ts';
import type { ProblemCode } from './problems.ts';

/** What a write may say of itself: done, or the code it is refused with; false is `refusal`. */
export type Written =
  | boolean
  | void
  | 'DECIDED'
  | 'PROPOSED'
  | Extract<ProblemCode, 'NOTHING_TO_DECIDE' | 'FOUR_EYES' | 'NOT_FOUND' | 'ALREADY_PROPOSED'>;

/** @throws ApiProblem when there was nothing to write, or it was not the caller's to write */
export async function writeDeskDeed(
  c: AppContext,
  of: {
    readonly action: string;
    readonly id: string;
    readonly reason?: string;
    readonly refusal?: 'NOT_FOUND';
  },
  work: (tx: Tx) => Promise<Written>,
): Promise<void> {
  const { db } = c.get('deps');
  await db.transaction().execute(async (tx) => {
    const written = await work(tx);
    if (written === false) throw new ApiProblem(of.refusal ?? 'NOTHING_TO_DECIDE');
    if (typeof written === 'string' && written !== 'DECIDED' && written !== 'PROPOSED')
      throw new ApiProblem(written);
    await recordDeed(c, tx, {
      action: of.action,
      subjectKind: 'desk',
      subjectId: of.id,
      result: 'DONE',
      reason: of.reason,
    });
  });
}
