/** Reads and writes of the desk's tasks that are no review: collections are opened and cured, every kind is held and closed. */
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';
import type { ReviewActionRow } from '../schema/evidence.ts';

export interface NewCollection {
  readonly loanId: string;
  readonly applicationId: string;
  readonly roles: readonly string[];
  readonly slaDueAt: Date;
}

/** Opens the collection of a loan; one that is open already stays as it is. */
export async function openCollection(tx: Tx, task: NewCollection): Promise<void> {
  await sql`
    insert into review_tasks (id, kind, subject_id, application_id, round, level, roles, state, evidence_version, sla_due_at)
    select ${randomUUID()}, 'COLLECTION', ${task.loanId}, a.id, a.round, 1, ${[...task.roles]}::text[], 'OPEN',
           a.evidence_version, ${task.slaDueAt}
      from applications a where a.id = ${task.applicationId}
    on conflict (kind, subject_id) where kind <> 'REVIEW' and state in ('OPEN','CLAIMED') do nothing`.execute(
    tx,
  );
}

/** Closes the collection of a loan that has paid what was late; whoever held it needs to do nothing more. */
export async function closeCollection(tx: Tx, loanId: string, at: Date): Promise<void> {
  await sql`
    with closed as (
      update review_tasks set state = 'DECIDED', closed_at = ${at}
       where kind = 'COLLECTION' and subject_id = ${loanId} and state in ('OPEN','CLAIMED')
      returning id, application_id, round, roles, evidence_version
    )
    insert into review_actions (id, task_id, application_id, round, actor, actor_role, action, reasons, evidence_version, cause, at)
    select gen_random_uuid(), id, application_id, round, 'xindai', roles[1], 'CURED', '{}', evidence_version,
           'cured:' || id, ${at} from closed`.execute(tx);
}

const lockTask = (tx: Tx) =>
  tx
    .selectFrom('review_tasks')
    .select([
      'id',
      'kind',
      'subject_id as subjectId',
      'application_id as applicationId',
      'round',
      'roles',
      'state',
      'assignee',
    ])
    .select(['active_at as activeAt', 'evidence_version as evidenceVersion'])
    .where('kind', '<>', 'REVIEW')
    .forUpdate();

/** A task that is no review, locked for the rest of the transaction; reviews have their own lock and their own acts. */
export async function lockDeskTask(tx: Tx, id: string) {
  return await lockTask(tx).where('id', '=', id).executeTakeFirst();
}

/** The last task about a human review or an objection, locked in the same way. */
export async function lockTaskAbout(
  tx: Tx,
  kind: 'DECISION_REVIEW' | 'OBJECTION',
  subjectId: string,
) {
  return await lockTask(tx)
    .where('kind', '=', kind)
    .where('subject_id', '=', subjectId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Why somebody may not hold a task: theirs or a tie of theirs, a part they had in what is looked at, rules of their own. */
export type TaskBar = 'OWN' | 'CONFLICT' | 'TOOK_PART' | 'OWN_RULES';

/** The bar between a person and a task that is no review, or null; the table asks the same when somebody takes it. */
export async function readTaskBar(
  db: Queryable,
  taskId: string,
  subject: string,
): Promise<TaskBar | null> {
  const { rows } = await sql<{ bar: TaskBar | null }>`
    select desk_task_bar(${taskId}, ${subject}) as bar`.execute(db);
  return rows[0]?.bar ?? null;
}

/** Closes a task whose holder has decided what it is about. */
export async function closeDeskTask(tx: Tx, id: string, at: Date): Promise<void> {
  await tx
    .updateTable('review_tasks')
    .set({ state: 'DECIDED', closed_at: at })
    .where('id', '=', id)
    .where('state', '=', 'CLAIMED')
    .execute();
}

/** Takes a human review or an objection that is overdue from whoever lets it lie, for others to claim. */
export async function freeOverdueTask(
  tx: Tx,
  kind: 'DECISION_REVIEW' | 'OBJECTION',
  subjectId: string,
  at: Date,
): Promise<void> {
  await sql`
    with freed as (
      update review_tasks t set state = 'OPEN', assignee = null, claimed_at = null, active_at = null
        from review_tasks held
       where t.id = held.id and held.kind = ${kind} and held.subject_id = ${subjectId} and held.state = 'CLAIMED'
      returning t.id, t.application_id, t.round, t.roles, t.evidence_version, held.assignee as holder
    )
    insert into review_actions (id, task_id, application_id, round, actor, actor_role, action, reasons, evidence_version, cause, at)
    select gen_random_uuid(), id, application_id, round, holder, roles[1], 'LAPSE', '{OVERDUE}', evidence_version,
           'overdue:' || id, ${at} from freed`.execute(tx);
}

/** Writes who holds a task from now on. */
export async function holdDeskTask(
  tx: Queryable,
  id: string,
  held: {
    readonly assignee: string | null;
    readonly activeAt: Date | null;
    readonly taken: boolean;
  },
): Promise<void> {
  await tx
    .updateTable('review_tasks')
    .set({
      state: held.assignee === null ? 'OPEN' : 'CLAIMED',
      assignee: held.assignee,
      active_at: held.activeAt,
      ...(held.assignee === null ? { claimed_at: null } : {}),
      ...(held.taken ? { claimed_at: held.activeAt } : {}),
    })
    .where('id', '=', id)
    .execute();
}

export interface DeskTaskAct {
  readonly action: ReviewActionRow['action'];
  readonly actor: string;
  readonly role: string;
  readonly reasons: readonly string[];
  readonly amountFen: Fen | null;
  readonly sealedComment?: Buffer;
  readonly cause: string;
}

/** Records what somebody did with a task; false when it is recorded under this key already. */
export async function recordDeskAct(
  tx: Tx,
  task: NonNullable<Awaited<ReturnType<typeof lockDeskTask>>>,
  act: DeskTaskAct,
): Promise<boolean> {
  const recorded = await tx
    .insertInto('review_actions')
    .values({
      id: randomUUID(),
      task_id: task.id,
      application_id: task.applicationId,
      round: task.round,
      actor: act.actor,
      actor_role: act.role,
      action: act.action,
      reasons: [...act.reasons],
      sealed_comment: act.sealedComment ?? null,
      amount_fen: act.amountFen,
      evidence_version: task.evidenceVersion,
      cause: act.cause,
    })
    .onConflict((oc) => oc.column('cause').doNothing())
    .executeTakeFirst();
  return recorded.numInsertedOrUpdatedRows === 1n;
}
