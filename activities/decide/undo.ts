/** Takes an approval back before the money moves: one person proposes, another approves, and people decide again. */
import { randomUUID } from 'node:crypto';
import { isDecidingRole } from '../../domain/authority.ts';
import type { PayoutState } from '../../domain/disburse.ts';
import type { Actor, Stage } from '../../domain/journey.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  beginReferredRound,
  decideUndo,
  lockOpenUndo,
  proposeUndo,
  readApprovedPapers,
} from '../../db/queries/conditions.ts';
import { readConflicts } from '../../db/queries/desk-people.ts';
import { advance, readMove } from '../../db/queries/journey.ts';
import { closeCases } from '../../db/queries/operations.ts';
import { readApprovals } from '../../db/queries/reviews.ts';
import type { ActivityDeps } from '../deps.ts';
import { refusalCode } from '../failures.ts';
import type { Recorded, RefusalCode } from '../outcomes.ts';
import { lockPinned, type Pinned } from '../pinned.ts';
import { refuse, standingOf } from './desk.ts';

export interface UndoAct {
  readonly applicationId: string;
  readonly actor: Actor;
  readonly cause: string;
  /** Instant by the workflow's clock, ISO. */
  readonly at: string;
  readonly step: 'PROPOSE' | 'APPROVE' | 'REJECT';
  /** Coded reason. */
  readonly reason: string;
}

const REASON = /^[A-Z][A-Z0-9_]{1,63}$/;

/** Stages in which an approval stands and no money has moved. */
const UNDOABLE: readonly Stage[] = ['OFFER', 'CONTRACT', 'SIGN', 'DISBURSE'];

/** Payouts that nobody has released; any other may have moved money, or has been refused and is decided on by finance. */
const UNRELEASED: readonly PayoutState[] = ['READY', 'CANCELLED'];

type Papers = Awaited<ReturnType<typeof readApprovedPapers>>;

const isReleased = ({ payouts }: Papers): boolean =>
  payouts.some(({ state }) => !(UNRELEASED as readonly string[]).includes(state));

async function refuseActor(tx: Tx, { application }: Pinned, act: UndoAct) {
  const { subject, role } = act.actor;
  if (role === null || !isDecidingRole(role)) return 'ROLE_DOES_NOT_FIT';
  // Whoever may approve the smallest amounts alone may ask for it; the second person is a senior one.
  if (act.step === 'APPROVE' && role === 'reviewer') return 'ROLE_DOES_NOT_FIT';
  if (application.owner_subject === subject) return 'SELF_APPROVAL';
  const conflicts = await readConflicts(tx, act.applicationId, [subject]);
  return conflicts.size > 0 ? 'CONFLICT_OF_INTEREST' : null;
}

async function audit(tx: Tx, act: UndoAct, detail: Readonly<Record<string, unknown>>) {
  await recordAudit(tx, {
    actor: act.actor.subject,
    role: act.actor.role,
    action: `approval.undo-${act.step.toLowerCase()}`,
    subjectKind: 'application',
    subjectId: act.applicationId,
    result: 'DONE',
    reason: act.reason,
    detail,
  });
}

async function propose(tx: Tx, pinned: Pinned, act: UndoAct): Promise<Recorded> {
  const { id, round, stage } = pinned.application;
  const open = await lockOpenUndo(tx, id);
  if (open !== undefined)
    return open.proposedBy === act.actor.subject
      ? standingOf({ pinned }, 'UNDO_APPROVAL')
      : refuse('ALREADY_PROPOSED');
  await proposeUndo(tx, {
    id: randomUUID(),
    applicationId: id,
    round,
    stage,
    reason: act.reason,
    proposedBy: act.actor.subject,
  });
  await audit(tx, act, { round, stage });
  return standingOf({ pinned }, 'UNDO_APPROVAL');
}

async function decide(tx: Tx, pinned: Pinned, papers: Papers, act: UndoAct): Promise<Recorded> {
  const { application } = pinned;
  const { id: applicationId, round, stage } = application;
  const open = await lockOpenUndo(tx, applicationId);
  if (open === undefined) return refuse('NO_PROPOSAL');
  if (open.proposedBy === act.actor.subject) return refuse('FOUR_EYES');
  const state = act.step === 'APPROVE' ? 'APPROVED' : 'REJECTED';
  await decideUndo(tx, { id: open.id, state, by: act.actor.subject, at: new Date(act.at) });
  if (state === 'REJECTED') {
    await audit(tx, act, { undoId: open.id, round });
    return standingOf({ pinned });
  }
  const approvals = await readApprovals(tx, applicationId, round);
  const approvedBy = approvals.map(({ subject }) => subject);
  await audit(tx, act, { undoId: open.id, round, stage, approvedBy, ...papers });
  // A step that was parked is not taken any more, so its case waits for nobody.
  await closeCases(tx, applicationId, null);
  await beginReferredRound(tx, applicationId, 'REFER_UNDONE');
  const moved = await advance(tx, {
    applicationId,
    from: stage,
    to: 'SCORE',
    actor: act.actor,
    reason: 'APPROVAL_UNDONE',
    cause: act.cause,
    versions: { round, undoId: open.id },
  });
  return moved.ok ? { ok: true, ...moved.now } : refuse(refusalCode(moved));
}

/**
 * Proposes, approves or rejects taking an approval back. An approved one begins a new round that people decide; offer,
 * contract and payout of the former one are named in the trail, and the story takes them back. Refused once a payout has
 * been released.
 */
export async function undoApproval(deps: ActivityDeps, act: UndoAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const pinned = await lockPinned(deps, tx, act.applicationId);
    if (await readMove(tx, act.applicationId, act.cause)) return standingOf({ pinned });
    if (!REASON.test(act.reason)) return refuse('REASON_MISSING');
    const actor: RefusalCode | null = await refuseActor(tx, pinned, act);
    if (actor !== null) return refuse(actor);
    const papers = await readApprovedPapers(tx, act.applicationId);
    const { stage } = pinned.application;
    if (stage === 'SERVICE' || stage === 'SETTLED' || isReleased(papers))
      return refuse('TOO_LATE_TO_UNDO');
    if (!UNDOABLE.includes(stage)) return refuse('STAGE_DOES_NOT_FIT');
    return act.step === 'PROPOSE'
      ? await propose(tx, pinned, act)
      : await decide(tx, pinned, papers, act);
  });
}
