/** The queue of the review desk: tasks narrowed and sorted, a page at a time, and one task by its id. */
import { type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Queryable } from '../../database.ts';
import type { Database } from '../../schema/index.ts';
import type { Pending } from '../../schema/apply.ts';
import type { ReviewTaskRow } from '../../schema/evidence.ts';

/** By when it is due, by when it came, by what was asked for, by how risky it is. */
export const QUEUE_SORTS = ['SLA', 'AGE', 'AMOUNT', 'GRADE'] as const;
export type QueueSort = (typeof QUEUE_SORTS)[number];

const COLUMNS = {
  SLA: { name: 'sla_due_at', type: 'timestamptz' },
  AGE: { name: 'created_at', type: 'timestamptz' },
  AMOUNT: { name: 'amount_fen', type: 'bigint' },
  GRADE: { name: 'grade', type: 'text' },
} as const;

type Task = Selectable<ReviewTaskRow>;

/** What a page is narrowed to; null does not narrow. */
export interface QueueFilter {
  readonly applicationId: string | null;
  readonly kinds: readonly Task['kind'][] | null;
  readonly states: readonly Task['state'][];
  /** Tasks of one person, or those of nobody. */
  readonly assignee: { readonly subject: string } | 'nobody' | null;
  readonly productCode: string | null;
  readonly grade: string | null;
  /** Fen, both ends included. */
  readonly amountFrom: number | null;
  readonly amountTo: number | null;
  /** Tasks that were due before this instant. */
  readonly dueBefore: Date | null;
  /** What the application waits for. */
  readonly pending: Pending | null;
}

/** Where a page begins: after the task with this value of the sorted column, as PostgreSQL writes it, and this id. */
export interface QueuePlace {
  readonly key: string;
  readonly id: string;
}

export interface QueueOrder {
  readonly sort: QueueSort;
  readonly descending: boolean;
}

type Tasks = SelectQueryBuilder<Database & { t: ReviewTaskRow }, 't', object>;

function byPerson(query: Tasks, { assignee, applicationId, pending }: QueueFilter): Tasks {
  let narrowed = query;
  if (assignee === 'nobody') narrowed = narrowed.where('t.assignee', 'is', null);
  else if (assignee !== null) narrowed = narrowed.where('t.assignee', '=', assignee.subject);
  if (applicationId !== null) narrowed = narrowed.where('t.application_id', '=', applicationId);
  if (pending !== null)
    narrowed = narrowed.where((eb) =>
      eb.exists(
        eb
          .selectFrom('waiting_applications as waiting')
          .select('waiting.application_id')
          .whereRef('waiting.application_id', '=', 't.application_id')
          .where('waiting.pending', '=', pending),
      ),
    );
  return narrowed;
}

function narrow(query: Tasks, filter: QueueFilter): Tasks {
  let narrowed = byPerson(query.where('t.state', 'in', filter.states), filter);
  if (filter.kinds !== null) narrowed = narrowed.where('t.kind', 'in', filter.kinds);
  if (filter.productCode !== null)
    narrowed = narrowed.where('t.product_code', '=', filter.productCode);
  if (filter.grade !== null) narrowed = narrowed.where('t.grade', '=', filter.grade);
  if (filter.amountFrom !== null)
    narrowed = narrowed.where(sql<boolean>`t.amount_fen >= ${filter.amountFrom}::bigint`);
  if (filter.amountTo !== null)
    narrowed = narrowed.where(sql<boolean>`t.amount_fen <= ${filter.amountTo}::bigint`);
  if (filter.dueBefore !== null) narrowed = narrowed.where('t.sla_due_at', '<', filter.dueBefore);
  return narrowed;
}

/** A page of the queue, one more than `limit` when there are more. */
export async function listReviewTasks(
  db: Queryable,
  filter: QueueFilter,
  page: { readonly order: QueueOrder; readonly after: QueuePlace | null; readonly limit: number },
) {
  const { order, after, limit } = page;
  const { name, type } = COLUMNS[order.sort];
  const direction = order.descending ? 'desc' : 'asc';
  const column = sql.ref(`t.${name}`);
  const beyond = sql.raw(order.descending ? '<' : '>');
  // The page is cut before the applications are joined, so that only its rows are looked up under row-level security.
  return await db
    .with('page', (cte) => {
      let query = narrow(cte.selectFrom('review_tasks as t'), filter);
      if (after !== null)
        query = query.where(
          sql<boolean>`(${column}, t.id) ${beyond} (${after.key}::${sql.raw(type)}, ${after.id}::uuid)`,
        );
      return query
        .selectAll('t')
        .select(sql<string>`${column}::text`.as('key'))
        .orderBy(column, direction)
        .orderBy('t.id', direction)
        .limit(limit + 1);
    })
    .selectFrom('page as t')
    .innerJoin('applications as a', 'a.id', 't.application_id')
    .selectAll('t')
    .select(['a.term_months', 'a.pending', 'a.owner_subject'])
    .orderBy(column, direction)
    .orderBy('t.id', direction)
    .execute();
}

/** One review task with what its application waits for and whose it is, or undefined. */
export async function readReviewTask(db: Queryable, id: string) {
  return await db
    .selectFrom('review_tasks as t')
    .innerJoin('applications as a', 'a.id', 't.application_id')
    .selectAll('t')
    .select([
      'a.term_months',
      'a.pending',
      'a.owner_subject',
      'a.applicant_id',
      'a.round as application_round',
      'a.evidence_version as application_evidence_version',
    ])
    .where('t.id', '=', id)
    .executeTakeFirst();
}
