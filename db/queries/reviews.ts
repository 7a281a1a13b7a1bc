/** Reads and writes around review tasks: what people did with them, asking for more, reminding, cancelling. */
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { Terms } from '../../domain/desk-review.ts';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';
import type { ReviewActionRow } from '../schema/evidence.ts';

/** Where a task of a review sits: its round, stage and seat. */
export interface SeatOfTask {
  readonly id: string;
  readonly round: number;
  readonly stage: number;
  readonly seat: number;
}

/** The seat of a review's task, or undefined for a task of another application or kind. */
export async function readSeatOfTask(
  db: Queryable,
  applicationId: string,
  taskId: string,
): Promise<SeatOfTask | undefined> {
  return await db
    .selectFrom('review_tasks')
    .select(['id', 'round', 'level as stage', 'seat'])
    .where('id', '=', taskId)
    .where('application_id', '=', applicationId)
    .where('kind', '=', 'REVIEW')
    .executeTakeFirst();
}

/** Cancels whatever of the review still stands open: the review, its tasks, and what the applicant was asked for. */
export async function cancelOpenReviews(tx: Tx, applicationId: string): Promise<void> {
  await tx
    .updateTable('reviews')
    .set({ ended: 'CANCELLED', waiting: false, ended_at: sql<Date>`now()` })
    .where('application_id', '=', applicationId)
    .where('ended', 'is', null)
    .execute();
  await tx
    .updateTable('review_tasks')
    .set({ state: 'CANCELLED', closed_at: sql<Date>`now()` })
    .where('application_id', '=', applicationId)
    .where('kind', '=', 'REVIEW')
    .where('state', 'in', ['OPEN', 'CLAIMED'])
    .execute();
  await tx
    .updateTable('information_requests')
    .set({ state: 'CANCELLED', closed_at: sql<Date>`now()` })
    .where('application_id', '=', applicationId)
    .where('state', '=', 'OPEN')
    .execute();
}

export interface NewAction {
  readonly taskId: string;
  readonly applicationId: string;
  readonly round: number;
  readonly actor: string;
  readonly role: string;
  readonly action: ReviewActionRow['action'];
  readonly reasons: readonly string[];
  readonly sealedComment: Buffer | null;
  readonly amountFen: Fen | null;
  readonly evidenceVersion: number;
  readonly cause: string;
  /** The person whose authority was lent; left out for one's own. */
  readonly onBehalfOf?: string | null;
  /** The terms approved. */
  readonly terms?: Terms | null;
}

/** Records what a person did with a task. Indexes refuse a second approval by one person and a second decision of one task. */
export async function recordAction(tx: Tx, action: NewAction): Promise<void> {
  await tx
    .insertInto('review_actions')
    .values({
      id: randomUUID(),
      task_id: action.taskId,
      application_id: action.applicationId,
      round: action.round,
      actor: action.actor,
      actor_role: action.role,
      action: action.action,
      reasons: [...action.reasons],
      sealed_comment: action.sealedComment,
      amount_fen: action.amountFen,
      on_behalf_of: action.onBehalfOf ?? null,
      terms: action.terms == null ? null : JSON.stringify(action.terms),
      evidence_version: action.evidenceVersion,
      cause: action.cause,
    })
    .execute();
}

/** True when an act under this key is recorded already: the same act again changes nothing. */
export async function isRecorded(db: Queryable, cause: string): Promise<boolean> {
  const row = await db
    .selectFrom('review_actions')
    .select('id')
    .where('cause', '=', cause)
    .executeTakeFirst();
  return row !== undefined;
}

export interface Approval {
  readonly level: number;
  readonly subject: string;
  readonly role: string;
  readonly amountFen: Fen | null;
  /** The person whose authority was lent; null for one's own. */
  readonly onBehalfOf: string | null;
}

/** The approvals of a round, by stage. */
export async function readApprovals(
  db: Queryable,
  applicationId: string,
  round: number,
): Promise<readonly Approval[]> {
  return await db
    .selectFrom('review_actions as action')
    .innerJoin('review_tasks as task', 'task.id', 'action.task_id')
    .select([
      'task.level',
      'action.actor as subject',
      'action.actor_role as role',
      'action.amount_fen as amountFen',
      'action.on_behalf_of as onBehalfOf',
    ])
    .where('action.application_id', '=', applicationId)
    .where('action.round', '=', round)
    .where('action.action', '=', 'APPROVE')
    .orderBy('task.level')
    .execute();
}

/** Asks the applicant for more. */
export async function openInformationRequest(
  tx: Tx,
  request: {
    readonly id: string;
    readonly applicationId: string;
    readonly taskId: string;
    /** Sealed for the row of this id. */
    readonly sealedItems: Buffer;
    readonly requestedBy: string;
  },
): Promise<void> {
  await tx
    .insertInto('information_requests')
    .values({
      id: request.id,
      application_id: request.applicationId,
      task_id: request.taskId,
      sealed_items: request.sealedItems,
      requested_by: request.requestedBy,
      state: 'OPEN',
    })
    .execute();
}

/** Stores the answer to an open request; false when it is not open. */
export async function answerInformationRequest(
  tx: Tx,
  applicationId: string,
  requestId: string,
  sealedAnswer: Buffer,
  at: Date,
): Promise<boolean> {
  const answered = await tx
    .updateTable('information_requests')
    .set({ state: 'SUPPLIED', sealed_answer: sealedAnswer, closed_at: at })
    .where('id', '=', requestId)
    .where('application_id', '=', applicationId)
    .where('state', '=', 'OPEN')
    .executeTakeFirst();
  return answered.numUpdatedRows === 1n;
}

/** Makes open tasks of an application rest on its newest evidence. */
export async function renewTaskEvidence(
  tx: Tx,
  applicationId: string,
  evidenceVersion: number,
): Promise<void> {
  await tx
    .updateTable('review_tasks')
    .set({ evidence_version: evidenceVersion })
    .where('application_id', '=', applicationId)
    .where('kind', '=', 'REVIEW')
    .where('state', 'in', ['OPEN', 'CLAIMED'])
    .execute();
}

/**
 * Marks the open tasks as reminded or escalated, frees escalated ones for others, and owes a notice. While the review waits
 * for its applicant nobody has been idle, and the holders keep what they hold.
 */
export async function markReminder(
  tx: Tx,
  applicationId: string,
  escalate: boolean,
  at: Date,
): Promise<void> {
  const topic = escalate ? 'review.escalated' : 'review.reminder';
  await sql`
    with waiting as (
      select from reviews where application_id = ${applicationId} and ended is null and waiting
    ), held as (
      select id, not ${escalate}::boolean or exists (select from waiting) as kept from review_tasks
       where application_id = ${applicationId} and kind = 'REVIEW' and state in ('OPEN', 'CLAIMED')
    ), marked as (
      update review_tasks t
         set reminded_at = coalesce(reminded_at, ${at}),
             escalated_at = case when ${escalate}::boolean then coalesce(escalated_at, ${at}) else escalated_at end,
             state = case when kept then state else 'OPEN' end,
             assignee = case when kept then assignee end,
             claimed_at = case when kept then claimed_at end,
             active_at = case when kept then active_at end
        from held where t.id = held.id
      returning t.id, t.roles
    )
    insert into outbox (id, topic, application_id, payload)
    select gen_random_uuid(), ${topic}, ${applicationId}, jsonb_build_object('taskId', id, 'roles', roles) from marked`.execute(
    tx,
  );
}
