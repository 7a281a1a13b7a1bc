/** Records what reviewers do: claim, approve, decline, send back. Role, authority and four eyes are checked here again. */
import { isDecidingRole, type ApprovalLevel } from '../../domain/authority.ts';
import type { Actor, Stage } from '../../domain/journey.ts';
import { type Fen, ZERO_FEN } from '../../domain/money.ts';
import {
  type AdmissionRefusal,
  admitDecision,
  type GivenApproval,
  nextLevel,
} from '../../domain/review.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { readDecision } from '../../db/queries/decide.ts';
import { advance, setPending } from '../../db/queries/journey.ts';
import { countStandingHits } from '../../db/queries/list-lookups.ts';
import {
  type Approval,
  assignTask,
  closeTask,
  isRecorded,
  type LockedTask,
  lockTask,
  openTask,
  readApprovals,
  recordAction,
} from '../../db/queries/reviews.ts';
import type { ActivityDeps } from '../deps.ts';
import { refusalCode } from '../failures.ts';
import type { Recorded, RefusalCode } from '../outcomes.ts';
import { type Pinned, lockPinned } from '../pinned.ts';

/** What every act of a reviewer carries. */
export interface ReviewAct {
  readonly applicationId: string;
  readonly taskId: string;
  readonly actor: Actor;
  readonly cause: string;
  /** Instant by the workflow's clock, ISO. */
  readonly at: string;
}

const CODE_OF: Readonly<Record<AdmissionRefusal, RefusalCode>> = {
  ALREADY_DECIDED: 'ALREADY_DECIDED',
  WAITING_APPLICANT: 'INFORMATION_PENDING',
  ROLE: 'ROLE_DOES_NOT_FIT',
  ROLE_FOR_LEVEL: 'ROLE_DOES_NOT_FIT',
  SELF_APPROVAL: 'SELF_APPROVAL',
  NOT_CLAIMED: 'NOT_YOUR_TASK',
  CLAIMED_BY_OTHER: 'NOT_YOUR_TASK',
  STALE_EVIDENCE: 'STALE_EVIDENCE',
  REASON_MISSING: 'REASON_MISSING',
  REASON_UNKNOWN: 'REASON_MISSING',
  SAME_PERSON: 'SAME_PERSON_TWICE',
  AMOUNT_RANGE: 'ABOVE_DECIDED_AMOUNT',
  ABOVE_AUTHORITY: 'ABOVE_AUTHORITY',
};

export interface Desk {
  readonly pinned: Pinned;
  readonly task: LockedTask;
}

/** The task with its application as they stand now, or why they cannot be worked on. */
export async function openDesk(
  deps: ActivityDeps,
  tx: Tx,
  act: ReviewAct,
): Promise<Desk | RefusalCode> {
  const task = await lockTask(tx, act.applicationId, act.taskId);
  if (task === undefined) return 'NO_SUCH_TASK';
  const pinned = await lockPinned(deps, tx, act.applicationId);
  if (pinned.application.stage !== 'REVIEW') return 'STAGE_DOES_NOT_FIT';
  return { pinned, task };
}

/** Where the application stands when nothing moved. */
export function standingOf({ pinned: { application } }: Desk, pending: string | null): Recorded {
  return { ok: true, stage: application.stage, version: application.version, pending };
}

async function auditAct(tx: Tx, act: ReviewAct, action: string): Promise<void> {
  await recordAudit(tx, {
    actor: act.actor.subject,
    role: act.actor.role,
    action,
    subjectKind: 'application',
    subjectId: act.applicationId,
    result: 'DONE',
    detail: { taskId: act.taskId },
  });
}

/** A person takes a task: the right role, not their own application, and nobody else holds it. */
export async function claimReview(deps: ActivityDeps, act: ReviewAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const desk = await openDesk(deps, tx, act);
    if (typeof desk === 'string') return { ok: false, code: desk };
    const { task, pinned } = desk;
    const { subject, role } = act.actor;
    if (task.state === 'CLAIMED' && task.assignee === subject)
      return standingOf(desk, pinned.application.pending);
    if (task.state === 'CLAIMED') return { ok: false, code: 'ALREADY_CLAIMED' };
    if (task.state !== 'OPEN') return { ok: false, code: 'ALREADY_DECIDED' };
    if (role === null || !task.roles.includes(role))
      return { ok: false, code: 'ROLE_DOES_NOT_FIT' };
    if (pinned.application.owner_subject === subject) return { ok: false, code: 'SELF_APPROVAL' };
    const given = await readApprovals(tx, act.applicationId, task.round);
    if (given.some((approval) => approval.subject === subject))
      return { ok: false, code: 'SAME_PERSON_TWICE' };
    await assignTask(tx, task.id, subject, new Date(act.at));
    await auditAct(tx, act, 'review.claim');
    return standingOf(desk, pinned.application.pending);
  });
}

export interface DecideAct extends ReviewAct {
  readonly decision: 'APPROVE' | 'DECLINE';
  readonly reasons: readonly string[];
  readonly sealedComment: string;
  readonly amountFen: Fen;
  readonly evidenceVersion: number;
  /** How long the next level has, in milliseconds. */
  readonly slaMs: number;
}

function asGiven(approvals: readonly Approval[]): readonly GivenApproval[] {
  return approvals.flatMap(({ level, subject, role }) =>
    isDecidingRole(role) ? [{ level, subject, role }] : [],
  );
}

/** Records an approval or a decline; the last level moves the application, an earlier one opens the next task. */
export async function decideReview(deps: ActivityDeps, act: DecideAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const desk = await openDesk(deps, tx, act);
    if (typeof desk === 'string') {
      return (await isRecorded(tx, act.cause))
        ? await repeated(deps, tx, act)
        : { ok: false, code: desk };
    }
    const { task, pinned } = desk;
    if (await isRecorded(tx, act.cause)) return standingOf(desk, pinned.application.pending);
    const decision = await readDecision(tx, act.applicationId, task.round);
    const approvals = decision?.approvals ?? [];
    const given = asGiven(await readApprovals(tx, act.applicationId, task.round));
    const admission = admitDecision({
      verdict: act.decision,
      actor: { subject: act.actor.subject, role: act.actor.role ?? '', limitFen: null },
      applicantSubject: pinned.application.owner_subject,
      state: task.state,
      claimedBy: task.assignee,
      amountFen: act.amountFen,
      requestedFen: decision?.amountFen ?? ZERO_FEN,
      minAmountFen: pinned.rules.product.minAmountFen,
      levels: approvals,
      given,
      seenEvidenceVersion: act.evidenceVersion,
      evidenceVersion: pinned.application.evidence_version,
      reasons: act.reasons,
    });
    if (!admission.ok) return { ok: false, code: CODE_OF[admission.reason] };
    if (act.decision === 'APPROVE' && (await countStandingHits(tx, act.applicationId)) > 0)
      return { ok: false, code: 'LIST_HIT_STANDS' };
    await recordAction(tx, actionOf(act, task, act.decision));
    await closeTask(tx, task.id, new Date(act.at));
    if (act.decision === 'DECLINE') return await moveOn(tx, act, task, 'DECLINED');
    if (admission.final) return await moveOn(tx, act, task, 'OFFER');
    return await openNext(tx, act, desk, approvals, given);
  });
}

/** The answer to an act that is on the record already, from where the application stands now. */
async function repeated(deps: ActivityDeps, tx: Tx, act: ReviewAct): Promise<Recorded> {
  const { application } = await lockPinned(deps, tx, act.applicationId);
  return {
    ok: true,
    stage: application.stage,
    version: application.version,
    pending: application.pending,
  };
}

export function actionOf(act: DecideAct, task: LockedTask, action: 'APPROVE' | 'DECLINE') {
  return {
    taskId: task.id,
    applicationId: act.applicationId,
    round: task.round,
    actor: act.actor.subject,
    role: act.actor.role ?? '',
    action,
    reasons: act.reasons,
    sealedComment: act.sealedComment === '' ? null : Buffer.from(act.sealedComment, 'base64'),
    amountFen: action === 'APPROVE' ? act.amountFen : null,
    evidenceVersion: act.evidenceVersion,
    cause: act.cause,
  };
}

async function moveOn(
  tx: Tx,
  act: DecideAct,
  task: LockedTask,
  to: 'DECLINED' | 'OFFER',
): Promise<Recorded> {
  const [reason = 'REVIEWED'] = act.reasons;
  const { applicationId, actor, cause } = act;
  const moved = await advance(tx, {
    applicationId,
    from: 'REVIEW',
    to,
    actor,
    reason,
    cause,
    versions: { round: task.round },
  });
  if (!moved.ok) return { ok: false, code: refusalCode(moved) };
  return { ok: true, stage: to, version: moved.version, pending: null };
}

/** Somebody else must approve too: the record says so, and so does the answer. */
async function openNext(
  tx: Tx,
  act: DecideAct,
  desk: Desk,
  levels: readonly ApprovalLevel[],
  given: readonly GivenApproval[],
): Promise<Recorded> {
  const { task, pinned } = desk;
  const { subject, role } = act.actor;
  const own = role !== null && isDecidingRole(role) ? [{ level: task.level, subject, role }] : [];
  const next = nextLevel(levels, [...given, ...own]);
  if (next === null) return { ok: false, code: 'ALREADY_DECIDED' };
  await openTask(tx, {
    applicationId: act.applicationId,
    round: task.round,
    level: next.level,
    roles: next.roles,
    evidenceVersion: pinned.application.evidence_version,
    slaDueAt: new Date(Date.parse(act.at) + act.slaMs),
  });
  await setPending(tx, act.applicationId, 'SECOND_REVIEW');
  await auditAct(tx, act, 'review.approve-first');
  return standingOf(desk, 'SECOND_REVIEW');
}

export interface ReturnAct extends ReviewAct {
  readonly stage: 'BUREAU' | 'FRAUD' | 'SCORE';
  readonly reasons: readonly string[];
  readonly evidenceVersion: number;
}

/** Sends an application back to gather or weigh again; a new round begins and the old one stays on the record. */
export async function returnReview(deps: ActivityDeps, act: ReturnAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const desk = await openDesk(deps, tx, act);
    if (typeof desk === 'string') {
      return (await isRecorded(tx, act.cause))
        ? await repeated(deps, tx, act)
        : { ok: false, code: desk };
    }
    const { task, pinned } = desk;
    const refused = refuseHolder(desk, act.actor, act.evidenceVersion);
    if (refused !== null) return { ok: false, code: refused };
    if (act.reasons.length === 0) return { ok: false, code: 'REASON_MISSING' };
    await recordAction(tx, {
      taskId: task.id,
      applicationId: act.applicationId,
      round: task.round,
      actor: act.actor.subject,
      role: act.actor.role ?? '',
      action: 'RETURN',
      reasons: act.reasons,
      sealedComment: null,
      amountFen: null,
      evidenceVersion: act.evidenceVersion,
      cause: act.cause,
    });
    await closeTask(tx, task.id, new Date(act.at));
    await tx
      .updateTable('applications')
      .set({ round: pinned.application.round + 1 })
      .where('id', '=', act.applicationId)
      .execute();
    const to: Stage = act.stage;
    const { applicationId, actor, cause } = act;
    const moved = await advance(tx, {
      applicationId,
      from: 'REVIEW',
      to,
      actor,
      reason: act.reasons[0] ?? 'RETURNED',
      cause,
    });
    if (!moved.ok) return { ok: false, code: refusalCode(moved) };
    return { ok: true, stage: to, version: moved.version, pending: null };
  });
}

/** Only the person who holds the task acts on it, and only on the evidence as it is now. */
export function refuseHolder(
  desk: Desk,
  actor: Actor,
  evidenceVersion: number,
): RefusalCode | null {
  const { task, pinned } = desk;
  if (task.state === 'DECIDED' || task.state === 'CANCELLED') return 'ALREADY_DECIDED';
  if (task.assignee !== actor.subject) return 'NOT_YOUR_TASK';
  return evidenceVersion === pinned.application.evidence_version ? null : 'STALE_EVIDENCE';
}
