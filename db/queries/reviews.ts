/** Reads and writes of review tasks: opening, claiming, deciding, asking for more, reminding. */
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';
import type { InformationItem, ReviewActionRow, ReviewTaskRow } from '../schema/evidence.ts';

export interface NewTask {
  readonly applicationId: string;
  readonly round: number;
  readonly level: number;
  readonly roles: readonly string[];
  readonly evidenceVersion: number;
  readonly slaDueAt: Date;
}

/** Opens the task of a level; a level of a round has one task. */
export async function openTask(tx: Tx, task: NewTask): Promise<void> {
  await tx
    .insertInto('review_tasks')
    .values({
      id: randomUUID(),
      application_id: task.applicationId,
      round: task.round,
      level: task.level,
      roles: [...task.roles],
      state: 'OPEN',
      evidence_version: task.evidenceVersion,
      sla_due_at: task.slaDueAt,
    })
    .onConflict((oc) => oc.columns(['application_id', 'round', 'level']).doNothing())
    .execute();
}

export interface LockedTask {
  readonly id: string;
  readonly application_id: string;
  readonly round: number;
  readonly level: number;
  readonly roles: readonly string[];
  readonly state: ReviewTaskRow['state'];
  readonly assignee: string | null;
}

/** Locks a task of the application for the rest of the transaction. */
export async function lockTask(
  tx: Tx,
  applicationId: string,
  taskId: string,
): Promise<LockedTask | undefined> {
  return await tx
    .selectFrom('review_tasks')
    .select(['id', 'application_id', 'round', 'level', 'roles', 'state', 'assignee'])
    .where('id', '=', taskId)
    .where('application_id', '=', applicationId)
    .forUpdate()
    .executeTakeFirst();
}

/** Gives the task to a person. */
export async function assignTask(tx: Tx, taskId: string, subject: string, at: Date): Promise<void> {
  await tx
    .updateTable('review_tasks')
    .set({ state: 'CLAIMED', assignee: subject, claimed_at: at })
    .where('id', '=', taskId)
    .execute();
}

/** Closes a task as decided. */
export async function closeTask(tx: Tx, taskId: string, at: Date): Promise<void> {
  await tx
    .updateTable('review_tasks')
    .set({ state: 'DECIDED', closed_at: at })
    .where('id', '=', taskId)
    .execute();
}

/** Cancels whatever of the review still stands open. */
export async function cancelOpenReviews(tx: Tx, applicationId: string): Promise<void> {
  await tx
    .updateTable('review_tasks')
    .set({ state: 'CANCELLED', closed_at: sql<Date>`now()` })
    .where('application_id', '=', applicationId)
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
}

/** The approvals of a round, by level. */
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
    readonly items: readonly InformationItem[];
    readonly requestedBy: string;
  },
): Promise<void> {
  await tx
    .insertInto('information_requests')
    .values({
      id: request.id,
      application_id: request.applicationId,
      task_id: request.taskId,
      items: JSON.stringify(request.items),
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
    .where('state', 'in', ['OPEN', 'CLAIMED'])
    .execute();
}

/** Marks the open task as reminded or escalated, frees an escalated one for others, and owes a notice. */
export async function markReminder(
  tx: Tx,
  applicationId: string,
  escalate: boolean,
  at: Date,
): Promise<void> {
  const topic = escalate ? 'review.escalated' : 'review.reminder';
  await sql`
    with marked as (
      update review_tasks
         set reminded_at = coalesce(reminded_at, ${at}),
             escalated_at = case when ${escalate}::boolean then coalesce(escalated_at, ${at}) else escalated_at end,
             state = case when ${escalate}::boolean then 'OPEN' else state end,
             assignee = case when ${escalate}::boolean then null else assignee end
       where application_id = ${applicationId} and state in ('OPEN', 'CLAIMED')
      returning id, roles
    )
    insert into outbox (id, topic, application_id, payload)
    select gen_random_uuid(), ${topic}, ${applicationId}, jsonb_build_object('taskId', id, 'roles', roles) from marked`.execute(
    tx,
  );
}
