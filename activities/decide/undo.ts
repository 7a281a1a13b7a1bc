/**
 * Takes an approval back before the money moves: one person proposes, another approves, and people decide again. What is to
 * be corrected in the form may come with the proposal, and is written when it is approved.
 */
import { randomUUID } from 'node:crypto';
import { isDecidingRole } from '../../domain/authority.ts';
import { mayAmend } from '../../domain/correction.ts';
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
import { dropAmendments, lockAmendments } from '../../db/queries/corrections.ts';
import { readConflicts } from '../../db/queries/desk-people.ts';
import { advance, readMove } from '../../db/queries/journey.ts';
import { closeCases } from '../../db/queries/operations.ts';
import { readApprovals } from '../../db/queries/reviews.ts';
import { type Correction, writeCorrections } from '../corrections.ts';
import type { ActivityDeps } from '../deps.ts';
import { refusalCode } from '../failures.ts';
import type { Recorded, RefusalCode } from '../outcomes.ts';
import { lockPinned, type Pinned } from '../pinned.ts';
import { voidReview } from './amend.ts';
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

/**
 * Payouts that nobody has released for good, or that our own check held back before the bank was asked: any other may have
 * moved money, or has been refused and is decided on by finance.
 */
const UNRELEASED: readonly PayoutState[] = ['READY', 'STOPPED', 'CANCELLED'];

type Papers = Awaited<ReturnType<typeof readApprovedPapers>>;

/** Stages in which a proposal to correct the form can be agreed to: the votes of a review that goes on are void with it. */
const AMENDABLE: readonly Stage[] = ['REVIEW', ...UNDOABLE];

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
  const kept = await proposeUndo(tx, {
    id: randomUUID(),
    applicationId: id,
    round,
    stage,
    reason: act.reason,
    proposedBy: act.actor.subject,
  });
  // Somebody has proposed it in the meantime.
  if (!kept) return refuse('ALREADY_PROPOSED');
  await audit(tx, act, { round, stage });
  return standingOf({ pinned }, 'UNDO_APPROVAL');
}

interface Deciding {
  readonly pinned: Pinned;
  readonly papers: Papers;
  readonly act: UndoAct;
  readonly open: NonNullable<Awaited<ReturnType<typeof lockOpenUndo>>>;
  /** What is to be corrected in the form; empty for an approval that is taken back as it is. */
  readonly corrections: readonly Correction[];
}

/** Writes the corrections, and voids the votes of a review that is under way. */
async function amend(deps: ActivityDeps, tx: Tx, deciding: Deciding): Promise<void> {
  const { pinned, act, open, corrections } = deciding;
  if (corrections.length === 0) return;
  const { id: applicationId, round } = pinned.application;
  await writeCorrections(deps, tx, applicationId, corrections, act.actor, { undoId: open.id });
  const now = await lockPinned(deps, tx, applicationId);
  const { evidence_version: evidenceVersion } = now.application;
  await voidReview(tx, { applicationId, round, evidenceVersion }, new Date(act.at));
}

async function reject(tx: Tx, { pinned, act, open }: Deciding): Promise<Recorded> {
  const { id: applicationId, round } = pinned.application;
  await decideUndo(tx, {
    id: open.id,
    state: 'REJECTED',
    by: act.actor.subject,
    at: new Date(act.at),
  });
  await dropAmendments(tx, applicationId);
  await audit(tx, act, { undoId: open.id, round });
  return standingOf({ pinned });
}

async function approve(deps: ActivityDeps, tx: Tx, deciding: Deciding): Promise<Recorded> {
  const { pinned, papers, act, open, corrections } = deciding;
  const { id: applicationId, round, stage } = pinned.application;
  const by = act.actor.subject;
  await decideUndo(tx, { id: open.id, state: 'APPROVED', by, at: new Date(act.at) });
  const approvals = await readApprovals(tx, applicationId, round);
  const approvedBy = approvals.map(({ subject }) => subject);
  await audit(tx, act, { undoId: open.id, round, stage, approvedBy, ...papers });
  await amend(deps, tx, deciding);
  // A step that was parked is not taken any more, so its case waits for nobody.
  await closeCases(tx, applicationId, null);
  await beginReferredRound(tx, applicationId, 'REFER_UNDONE');
  const moved = await advance(tx, {
    applicationId,
    from: stage,
    to: 'SCORE',
    actor: act.actor,
    reason: corrections.length === 0 ? 'APPROVAL_UNDONE' : 'INPUTS_CHANGED',
    cause: act.cause,
    versions: { round, undoId: open.id },
  });
  return moved.ok ? { ok: true, ...moved.now } : refuse(refusalCode(moved));
}

/** Why an open proposal cannot be decided by this person now, or null. */
function refuseDecision({ pinned, act, open, corrections }: Deciding): RefusalCode | null {
  const { subject } = act.actor;
  const { stage, pending } = pinned.application;
  if (open.proposedBy === subject || corrections.some((one) => one.proposed_by === subject))
    return 'FOUR_EYES';
  if (!UNDOABLE.includes(stage) && corrections.length === 0) return 'STAGE_DOES_NOT_FIT';
  if (act.step === 'REJECT') return null;
  // Whoever was asked answers first: an answer to a review that is void would be lost.
  if (stage === 'REVIEW' && pending === 'INFORMATION') return 'INFORMATION_PENDING';
  return corrections.every(({ field }) => mayAmend(field, stage)) ? null : 'ACTION_NOT_ALLOWED';
}

async function decide(
  deps: ActivityDeps,
  tx: Tx,
  of: Pick<Deciding, 'pinned' | 'papers' | 'act'>,
): Promise<Recorded> {
  const open = await lockOpenUndo(tx, of.act.applicationId);
  if (open === undefined) return refuse('NO_PROPOSAL');
  const deciding = { ...of, open, corrections: await lockAmendments(tx, open.id) };
  const refused = refuseDecision(deciding);
  if (refused !== null) return refuse(refused);
  return of.act.step === 'REJECT' ? await reject(tx, deciding) : await approve(deps, tx, deciding);
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
    if (act.step !== 'PROPOSE' && AMENDABLE.includes(stage))
      return await decide(deps, tx, { pinned, papers, act });
    return UNDOABLE.includes(stage) && act.step === 'PROPOSE'
      ? await propose(tx, pinned, act)
      : refuse('STAGE_DOES_NOT_FIT');
  });
}
