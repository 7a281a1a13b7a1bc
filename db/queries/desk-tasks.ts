/** Reads and writes of the desk's tasks that are no review: collections are opened, held, worked on and closed. */
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

/** A task that is no review, locked for the rest of the transaction; reviews have their own lock and their own acts. */
export async function lockDeskTask(tx: Tx, id: string) {
  return await tx
    .selectFrom('review_tasks')
    .select([
      'id',
      'kind',
      'application_id as applicationId',
      'round',
      'roles',
      'state',
      'assignee',
    ])
    .select(['active_at as activeAt', 'evidence_version as evidenceVersion'])
    .where('id', '=', id)
    .where('kind', '<>', 'REVIEW')
    .forUpdate()
    .executeTakeFirst();
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
      sealed_comment: null,
      amount_fen: act.amountFen,
      evidence_version: task.evidenceVersion,
      cause: act.cause,
    })
    .onConflict((oc) => oc.column('cause').doNothing())
    .executeTakeFirst();
  return recorded.numInsertedOrUpdatedRows === 1n;
}
