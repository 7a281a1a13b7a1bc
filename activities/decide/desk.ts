/** What every act at the review desk begins with: the review under its lock, who acts with which authority, and why not. */
import { isDecidingRole } from '../../domain/authority.ts';
import type { DeskPerson, DeskRefusal, Review, Terms } from '../../domain/desk-review.ts';
import type { Actor } from '../../domain/journey.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  type LentAuthority,
  readConflicts,
  readDeskPerson,
  readLentAuthority,
} from '../../db/queries/desk-people.ts';
import { lockReview, readChangesSince, type StoredReview } from '../../db/queries/desk.ts';
import { setPending } from '../../db/queries/journey.ts';
import {
  isRecorded,
  type NewAction,
  readSeatOfTask,
  recordAction,
  type SeatOfTask,
} from '../../db/queries/reviews.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Recorded, RefusalCode } from '../outcomes.ts';
import { lockPinned, type Pinned } from '../pinned.ts';
import { authorityOf } from './matrix.ts';

/** What every act of a reviewer carries. */
export interface ReviewAct {
  readonly applicationId: string;
  readonly taskId: string;
  readonly actor: Actor;
  /** The person whose lent authority is used; left out or null for one's own. */
  readonly onBehalfOf?: string | null;
  readonly cause: string;
  /** Instant by the workflow's clock, ISO. */
  readonly at: string;
}

/** A review that is open, with the task that somebody acts on. */
export interface Desk {
  readonly pinned: Pinned;
  readonly stored: StoredReview;
  readonly place: SeatOfTask;
}

type Refused = Extract<Recorded, { ok: false }>;

export const refuse = (code: RefusalCode, changed?: readonly string[]): Refused =>
  changed === undefined ? { ok: false, code } : { ok: false, code, changed };

/** The task with its review as they stand now, both locked, or why they cannot be worked on. */
async function lockDesk(
  deps: ActivityDeps,
  tx: Tx,
  act: Pick<ReviewAct, 'applicationId' | 'taskId'>,
): Promise<Desk | RefusalCode> {
  const pinned = await lockPinned(deps, tx, act.applicationId);
  const place = await readSeatOfTask(tx, act.applicationId, act.taskId);
  if (place === undefined) return 'NO_SUCH_TASK';
  if (pinned.application.stage !== 'REVIEW') return 'STAGE_DOES_NOT_FIT';
  if (place.round !== pinned.application.round) return 'ALREADY_DECIDED';
  const stored = await lockReview(tx, act.applicationId, place.round);
  return stored === undefined ? 'NO_SUCH_TASK' : { pinned, stored, place };
}

/** Where the application stands when nothing moved. */
export function standingOf(
  { pinned: { application } }: Pick<Desk, 'pinned'>,
  pending: string | null = application.pending,
): Recorded {
  return { ok: true, stage: application.stage, version: application.version, pending };
}

/**
 * Does an act of a person on a task in one transaction, under the locks of its application and review. The same act again
 * changes nothing and says where the application stands.
 */
export async function atTask(
  deps: ActivityDeps,
  act: ReviewAct,
  work: (tx: Tx, desk: Desk) => Promise<Recorded>,
): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const desk = await lockDesk(deps, tx, act);
    if (await isRecorded(tx, act.cause))
      return standingOf({ pinned: await lockPinned(deps, tx, act.applicationId) });
    return typeof desk === 'string' ? refuse(desk) : await work(tx, desk);
  });
}

/** The stages of a review's present vote whose roles may act. */
const rolesAt = ({ stored, place }: Desk): readonly string[] =>
  stored.review.stages[place.stage - 1]?.roles ?? [];

async function lentTo(
  tx: Tx,
  act: ReviewAct,
  from: string,
  desk: Desk,
): Promise<LentAuthority | null> {
  const lent = await readLentAuthority(tx, {
    from,
    to: act.actor.subject,
    at: new Date(act.at),
  });
  const fits = lent.filter(({ role }) => rolesAt(desk).includes(role));
  return fits[0] ?? lent[0] ?? null;
}

/**
 * Who acts, as the record knows them in this transaction. Lent authority counts while it is in force, for the role it was
 * lent in, up to the least of what was lent and what the lender may do; the lender's ties count like the borrower's own.
 */
export async function personOf(
  tx: Tx,
  act: ReviewAct,
  desk: Desk,
): Promise<DeskPerson | RefusalCode> {
  const { subject, role } = act.actor;
  const from = act.onBehalfOf ?? null;
  if (role === null || !isDecidingRole(role)) return 'ROLE_DOES_NOT_FIT';
  const authority = await authorityOf(tx, desk.stored);
  const both = from === null ? [subject] : [subject, from];
  const conflicted = (await readConflicts(tx, act.applicationId, both)).size > 0;
  const holder = await readDeskPerson(tx, from ?? subject);
  const own = holder?.limitFen ?? Number.MAX_SAFE_INTEGER;
  if (from === null)
    return {
      subject,
      role,
      onBehalfOf: null,
      conflicted,
      limitFen: Math.min(own, authority[role]),
    };
  const lent = from === subject ? null : await lentTo(tx, act, from, desk);
  if (lent === null || !isDecidingRole(lent.role) || holder?.roles.includes(lent.role) !== true)
    return 'DELEGATION_NOT_IN_FORCE';
  const limitFen = Math.min(own, authority[lent.role], lent.limitFen);
  return { subject, role: lent.role, onBehalfOf: from, conflicted, limitFen };
}

const CODE_OF: Readonly<Record<DeskRefusal, RefusalCode>> = {
  ENDED: 'ALREADY_DECIDED',
  NO_SUCH_TASK: 'NO_SUCH_TASK',
  TASK_CLOSED: 'ALREADY_DECIDED',
  WAITING_APPLICANT: 'INFORMATION_PENDING',
  NOTHING_ASKED: 'NO_OPEN_REQUEST',
  ROLE: 'ROLE_DOES_NOT_FIT',
  CONFLICT: 'CONFLICT_OF_INTEREST',
  CLAIMED_BY_OTHER: 'NOT_YOUR_TASK',
  NOT_CLAIMED: 'NOT_YOUR_TASK',
  NOBODY_HOLDS_IT: 'NOBODY_HOLDS_IT',
  OWN_TASK: 'OWN_TASK',
  SAME_PERSON: 'SAME_PERSON_TWICE',
  STALE_EVIDENCE: 'STALE_EVIDENCE',
  REASON_MISSING: 'REASON_MISSING',
  TERMS_MISSING: 'TERMS_OUT_OF_POLICY',
  TERMS_DIFFER: 'TERMS_DIFFER',
  AMOUNT_RANGE: 'ABOVE_DECIDED_AMOUNT',
  ABOVE_AUTHORITY: 'ABOVE_AUTHORITY',
};

/** The answer to a refused act; stale evidence says what has changed since the version that was seen. */
export async function refusalOf(
  tx: Tx,
  act: ReviewAct & { readonly evidenceVersion?: number },
  { pinned: { application }, stored }: Desk,
  refusal: DeskRefusal,
): Promise<Refused> {
  if (refusal === 'CONFLICT' && application.owner_subject === act.actor.subject)
    return refuse('SELF_APPROVAL');
  if (refusal === 'AMOUNT_RANGE' && stored.review.mostFen === 0)
    return refuse('NOBODY_MAY_APPROVE');
  if (refusal !== 'STALE_EVIDENCE' || act.evidenceVersion === undefined)
    return refuse(CODE_OF[refusal]);
  const changes = await readChangesSince(tx, act.applicationId, act.evidenceVersion);
  return refuse('STALE_EVIDENCE', [...new Set(changes.map(({ what }) => what))]);
}

/** What the record keeps of an act beside who did it. */
type Kept = Pick<NewAction, 'action'> &
  Partial<Pick<NewAction, 'reasons' | 'sealedComment' | 'amountFen' | 'role'>> & {
    readonly terms?: Terms | null;
    readonly evidenceVersion?: number;
  };

/** Records an act on a task; its cause makes the same act one act. */
export async function recordAct(tx: Tx, act: ReviewAct, desk: Desk, kept: Kept): Promise<void> {
  await recordAction(tx, {
    taskId: act.taskId,
    applicationId: act.applicationId,
    round: desk.place.round,
    actor: act.actor.subject,
    role: kept.role ?? act.actor.role ?? '',
    onBehalfOf: act.onBehalfOf ?? null,
    action: kept.action,
    reasons: kept.reasons ?? [],
    sealedComment: kept.sealedComment ?? null,
    amountFen: kept.amountFen ?? null,
    terms: kept.terms ?? null,
    evidenceVersion: kept.evidenceVersion ?? desk.stored.review.evidenceVersion,
    cause: act.cause,
  });
}

/** Writes what an act did into the trail. */
export async function auditAct(
  tx: Tx,
  act: ReviewAct,
  action: string,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordAudit(tx, {
    actor: act.actor.subject,
    role: act.actor.role,
    action,
    subjectKind: 'application',
    subjectId: act.applicationId,
    result: 'DONE',
    detail: {
      taskId: act.taskId,
      ...(act.onBehalfOf == null ? {} : { onBehalfOf: act.onBehalfOf }),
      ...detail,
    },
  });
}

/** What a review that goes on waits for: a second person once somebody has approved, and the first until then. */
export const pendingOf = ({ ballots }: Review): 'REVIEW' | 'SECOND_REVIEW' =>
  ballots.some(({ verdict }) => verdict === 'APPROVE') ? 'SECOND_REVIEW' : 'REVIEW';

/** Says on the record what the review waits for, and answers with it. */
export async function waitFor(
  tx: Tx,
  desk: Desk,
  pending: 'REVIEW' | 'SECOND_REVIEW' | 'INFORMATION',
): Promise<Recorded> {
  await setPending(tx, desk.stored.applicationId, pending);
  return standingOf(desk, pending);
}
