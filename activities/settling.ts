/** Ends an application in service once every note of it is settled and no part of it is left to be paid out. */
import { SYSTEM } from '../domain/journey.ts';
import type { Tx } from '../db/database.ts';
import { lockApplication } from '../db/queries/apply.ts';
import { advance } from '../db/queries/journey.ts';
import { readLeft } from '../db/queries/tranches.ts';
import { finalFailure, placed } from './failures.ts';
import type { Placed } from './outcomes.ts';

/**
 * Where the application stands, `SETTLED` when nothing is left of it. The application is locked before what is left is counted:
 * of two notes that are settled at the same moment, the later one ends it.
 * @param cause business key of what may have been the last of it
 */
export async function settleWhenOver(
  tx: Tx,
  applicationId: string,
  cause: string,
): Promise<Placed> {
  const application = await lockApplication(tx, applicationId);
  if (application === undefined) throw finalFailure('NOT_FOUND');
  const { stage, version, pending } = application;
  const left = await readLeft(tx, applicationId);
  const isOver = left.openNotes === 0 && left.openTranches === 0 && left.settledNotes > 0;
  if (stage !== 'SERVICE' || !isOver) return { stage, version, pending };
  const move = { from: 'SERVICE', to: 'SETTLED', actor: SYSTEM, reason: 'LOAN_SETTLED' } as const;
  return placed(await advance(tx, { applicationId, ...move, cause }), 'SETTLED');
}
