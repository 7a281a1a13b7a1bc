/** Gives up what a contract has not paid out yet: by the borrower before it is released, or by two people after it was held back. */
import type { Actor } from '../../domain/journey.ts';
import type { PayoutState } from '../../domain/disburse.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { latestPayout } from '../../db/queries/disburse.ts';
import { advance, setPending } from '../../db/queries/journey.ts';
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
import { refusalCode } from '../failures.ts';
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

/** Whether a part may be given up; a payout of it that waits for finance is cancelled then. */
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

async function undrawn(
  tx: Tx,
  applicationId: string,
  tranches: readonly TrancheRecord[],
): Promise<readonly TrancheRecord[]> {
  const found: TrancheRecord[] = [];
  for (const one of tranches) if (await isUndrawn(tx, applicationId, one)) found.push(one);
  return found;
}

/**
 * What is on the record once parts are given up: nothing is owed for them. Gives where the application stands, which ends with them
 * when every note is settled; null where nothing of it lives and no note was settled, so that it is to be cancelled.
 */
async function record(
  tx: Tx,
  applicationId: string,
  given: readonly TrancheRecord[],
  by: GivingUp & { readonly role: string | null },
  cause: string,
): Promise<Placed | null> {
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
  const placed = await settleWhenOver(tx, applicationId, cause);
  const { openNotes, settledNotes, openTranches } = await readLeft(tx, applicationId);
  return openNotes + settledNotes + openTranches > 0 ? placed : null;
}

/** Ends an application of which nothing is left that was ever lent. */
async function cancel(
  tx: Tx,
  { applicationId, actor, cause }: GiveUpTranchesAct,
): Promise<Recorded> {
  const move = { from: 'SERVICE', to: 'CANCELLED', reason: 'PAYOUT_GIVEN_UP' } as const;
  const moved = await advance(tx, { applicationId, actor, cause, ...move });
  return moved.ok
    ? { ok: true, stage: 'CANCELLED', version: moved.version, pending: null }
    : { ok: false, code: refusalCode(moved) };
}

/**
 * The borrower gives up everything that is not drawn yet. What is released already is not: it is paid, and may be repaid early.
 */
export async function giveUpTranches(
  deps: ActivityDeps,
  act: GiveUpTranchesAct,
): Promise<Recorded> {
  const { applicationId, reason, actor, cause, at } = act;
  return await deps.db.transaction().execute(async (tx) => {
    const { application } = await lockPinned(deps, tx, applicationId);
    if (application.owner_subject !== actor.subject) return { ok: false, code: 'NOT_FOUND' };
    const all = await readTranches(tx, applicationId);
    const given = await undrawn(tx, applicationId, all);
    const { stage, version, pending } = application;
    if (given.length === 0)
      // The same act told again finds it done.
      return all.some(({ state }) => state === 'GIVEN_UP')
        ? { ok: true, stage, version, pending }
        : { ok: false, code: 'NOTHING_UNDRAWN' };
    const by = { by: actor.subject, role: actor.role, reason, at: new Date(at) };
    const said = { ...by, as: 'BORROWER' } as const;
    const placed = await record(tx, applicationId, given, said, `give-up:${cause}`);
    return placed === null ? await cancel(tx, act) : { ok: true, ...placed };
  });
}

/**
 * What follows when two people give up a payout of a contract in service that reached nobody, or came back: that part and
 * all that are not drawn yet end. Gives where the application stands; null where it is to be cancelled.
 */
export async function giveUpRest(
  tx: Tx,
  act: GiveUpTranchesAct,
  tranche: number,
): Promise<Placed | null> {
  const { applicationId, actor, reason, cause, at } = act;
  const all = await readTranches(tx, applicationId);
  if (all.length === 0) return null;
  const own = all.filter(({ number }) => number === tranche);
  const others = all.filter(({ number }) => number !== tranche);
  const given = [...own, ...(await undrawn(tx, applicationId, others))];
  const by = { by: actor.subject, role: actor.role, reason, at: new Date(at) };
  return await record(tx, applicationId, given, { ...by, as: 'LENDER' }, `give-up:${cause}`);
}
