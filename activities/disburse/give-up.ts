/** Gives up what a contract has not paid out yet: by the borrower before it is released, or by two people after it was held back. */
import type { Actor } from '../../domain/journey.ts';
import type { PayoutState } from '../../domain/disburse.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { latestPayout } from '../../db/queries/disburse.ts';
import { setPending } from '../../db/queries/journey.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import {
  cancelReadyPayout,
  giveUpTranches as write,
  type GivingUp,
  readLeft,
  readTranches,
  type TrancheRecord,
} from '../../db/queries/tranches.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Placed, Recorded } from '../outcomes.ts';
import { lockPinned } from '../pinned.ts';
import { settleWhenOver } from '../settling.ts';

export interface GiveUpTranchesAct {
  readonly applicationId: string;
  /** Coded reason. */
  readonly reason: string;
  readonly actor: Actor;
  readonly cause: string;
  readonly at: string;
}

/** States of a payout whose part may still be given up: nobody has released it for good, or it reached nobody. */
const UNDRAWN: readonly PayoutState[] = ['READY', 'REFUSED', 'STOPPED', 'CANCELLED'];

async function isUndrawn(
  tx: Tx,
  applicationId: string,
  { state, number }: TrancheRecord,
): Promise<boolean> {
  if (state === 'PLANNED') return true;
  if (state !== 'DRAWING') return false;
  const payout = await latestPayout(tx, applicationId, number);
  if (payout === undefined || !UNDRAWN.includes(payout.state)) return false;
  return payout.state !== 'READY' || (await cancelReadyPayout(tx, payout.id));
}

/** What is on the record once parts are given up: nothing is owed for them. Ends the application when they were the last of it. */
async function record(
  tx: Tx,
  applicationId: string,
  given: readonly TrancheRecord[],
  by: GivingUp & { readonly role: string | null },
  cause: string,
): Promise<Placed> {
  const [first] = given;
  const numbers = given.map(({ number }) => number);
  if (first !== undefined) {
    await write(tx, first.contractId, numbers, by);
    await setPending(tx, applicationId, null);
    await oweNotice(tx, 'tranches.given-up', applicationId, { as: by.as });
    await recordAudit(tx, {
      actor: by.by,
      role: by.role,
      action: 'tranche.give-up',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      reason: by.reason,
      detail: { numbers, as: by.as },
    });
  }
  return await settleWhenOver(tx, applicationId, cause);
}

/**
 * The borrower gives up everything that is not drawn yet. What is released already is not: it is paid, and may be repaid early.
 */
export async function giveUpTranches(
  deps: ActivityDeps,
  { applicationId, reason, actor, cause, at }: GiveUpTranchesAct,
): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { application } = await lockPinned(deps, tx, applicationId);
    if (application.owner_subject !== actor.subject) return { ok: false, code: 'NOT_FOUND' };
    const all = await readTranches(tx, applicationId);
    const given = [];
    for (const one of all) if (await isUndrawn(tx, applicationId, one)) given.push(one);
    const { stage, version, pending } = application;
    if (given.length === 0)
      // The same act told again finds it done.
      return all.some(({ state }) => state === 'GIVEN_UP')
        ? { ok: true, stage, version, pending }
        : { ok: false, code: 'NOTHING_UNDRAWN' };
    const by = { by: actor.subject, role: actor.role, reason, at: new Date(at) };
    const said = { ...by, as: 'BORROWER' } as const;
    return { ok: true, ...(await record(tx, applicationId, given, said, `give-up:${cause}`)) };
  });
}

/**
 * What follows when two people give up a payout of a contract in service that reached nobody, or came back: that part and all
 * that are still planned end. Gives where the application stands; null where no note of it lives or was settled, so that it is to
 * be cancelled.
 */
export async function giveUpRest(
  tx: Tx,
  act: GiveUpTranchesAct,
  tranche: number,
): Promise<Placed | null> {
  const { applicationId, actor, reason, cause, at } = act;
  const all = await readTranches(tx, applicationId);
  if (all.length === 0) return null;
  const given = all.filter(
    ({ number, state }) => number === tranche || state === 'PLANNED' || state === 'DRAWING',
  );
  const by = { by: actor.subject, role: actor.role, reason, at: new Date(at) };
  const said = { ...by, as: 'LENDER' } as const;
  const placed = await record(tx, applicationId, given, said, `give-up:${cause}`);
  const { openNotes, settledNotes } = await readLeft(tx, applicationId);
  return openNotes + settledNotes > 0 ? placed : null;
}
