/** Review tasks, decisions and operator cases as staff see them. */
import { sql } from 'kysely';
import type { Queryable } from '../../database.ts';
import type { ReviewTaskRow } from '../../schema/evidence.ts';
import type { OperatorCaseRow } from '../../schema/record.ts';
import type { After } from './applications.ts';

function selectTasks(db: Queryable) {
  return db
    .selectFrom('review_tasks as t')
    .innerJoin('applications as a', 'a.id', 't.application_id')
    .selectAll('t')
    .select([
      'a.product_code',
      'a.amount_fen',
      'a.term_months',
      'a.pending',
      'a.owner_subject',
      sql<string>`t.sla_due_at::text`.as('at'),
    ]);
}

export interface TaskFilter {
  readonly applicationId: string | null;
  readonly states: readonly ReviewTaskRow['state'][];
  readonly assignee: string | null;
}

/** Review tasks, the most urgent first; one more than `limit` when there are more. */
export async function listReviewTasks(
  db: Queryable,
  filter: TaskFilter,
  after: After | null,
  limit: number,
) {
  let query = selectTasks(db)
    .where('t.state', 'in', filter.states)
    .orderBy('t.sla_due_at')
    .orderBy('t.id')
    .limit(limit + 1);
  if (filter.applicationId !== null) {
    query = query.where('t.application_id', '=', filter.applicationId);
  }
  if (filter.assignee !== null) query = query.where('t.assignee', '=', filter.assignee);
  if (after !== null) {
    query = query.where(
      sql<boolean>`(t.sla_due_at, t.id) > (${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return await query.execute();
}

/** One review task, or undefined. */
export async function readReviewTask(db: Queryable, id: string) {
  return await selectTasks(db).where('t.id', '=', id).executeTakeFirst();
}

function selectDecisions(db: Queryable) {
  return db
    .selectFrom('decisions as d')
    .innerJoin('applications as a', 'a.id', 'd.application_id')
    .selectAll('d')
    .select('a.owner_subject');
}

/** One decision, or undefined. */
export async function readDecision(db: Queryable, id: string) {
  return await selectDecisions(db).where('d.id', '=', id).executeTakeFirst();
}

/** The newest decision of an application, or undefined. */
export async function readLatestDecision(db: Queryable, applicationId: string) {
  return await selectDecisions(db)
    .where('d.application_id', '=', applicationId)
    .orderBy('d.round', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The evidence a reviewer decides on, newest first where it was gathered more than once. */
export async function readEvidence(db: Queryable, applicationId: string) {
  const verifications = await db
    .selectFrom('verifications')
    .select(['kind', 'outcome', 'evidence_version', 'detail', 'at'])
    .where('application_id', '=', applicationId)
    .orderBy('evidence_version', 'desc')
    .orderBy('kind')
    .execute();
  const bureau = await db
    .selectFrom('bureau_evidence as e')
    .leftJoin('bureau_reports as r', 'r.id', 'e.report_id')
    .select(['e.bureau', 'e.round', 'e.gap', 'r.outcome', 'r.received_at'])
    .where('e.application_id', '=', applicationId)
    .orderBy('e.round', 'desc')
    .orderBy('e.bureau')
    .execute();
  const registry = await db
    .selectFrom('registry_screenings')
    .select(['sanctions_hit', 'court_open_cases'])
    .where('application_id', '=', applicationId)
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst();
  const fraud = await db
    .selectFrom('fraud_assessments')
    .select(['level', 'signals'])
    .where('application_id', '=', applicationId)
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst();
  const score = await db
    .selectFrom('scores')
    .select(['scorecard_code', 'scorecard_version', 'total', 'grade', 'complete', 'contributions'])
    .where('application_id', '=', applicationId)
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { verifications, bureau, registry, fraud, score };
}

/** What people did about an application under review, oldest first. */
export async function readReviewHistory(db: Queryable, applicationId: string) {
  const actions = await db
    .selectFrom('review_actions')
    .select([
      'actor',
      'actor_role',
      'action',
      'reasons',
      'sealed_comment',
      'amount_fen',
      'evidence_version',
      'cause',
      'at',
    ])
    .where('application_id', '=', applicationId)
    .orderBy('at')
    .execute();
  const requests = await db
    .selectFrom('information_requests')
    .select(['id', 'items', 'state', 'requested_by', 'sealed_answer', 'created_at', 'closed_at'])
    .where('application_id', '=', applicationId)
    .orderBy('created_at')
    .execute();
  return { actions, requests };
}

/** An information request with the owner of its application, or undefined. */
export async function readInformationRequest(db: Queryable, id: string) {
  return await db
    .selectFrom('information_requests as r')
    .innerJoin('applications as a', 'a.id', 'r.application_id')
    .select(['r.id', 'r.application_id', 'r.state', 'r.items', 'a.owner_subject'])
    .where('r.id', '=', id)
    .executeTakeFirst();
}

/** Operator cases, oldest first; one more than `limit` when there are more. */
export async function listOperatorCases(
  db: Queryable,
  filter: {
    readonly states: readonly OperatorCaseRow['state'][];
    readonly applicationId: string | undefined;
  },
  after: After | null,
  limit: number,
) {
  let query = db
    .selectFrom('operator_cases')
    .selectAll()
    .select(sql<string>`created_at::text`.as('at'))
    .where('state', 'in', filter.states)
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit + 1);
  if (filter.applicationId !== undefined) {
    query = query.where('application_id', '=', filter.applicationId);
  }
  if (after !== null) {
    query = query.where(
      sql<boolean>`(created_at, id) > (${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return await query.execute();
}

/** The application an operator case parks, or undefined. */
export async function readOperatorCase(db: Queryable, id: string) {
  return await db
    .selectFrom('operator_cases')
    .select(['id', 'application_id'])
    .where('id', '=', id)
    .executeTakeFirst();
}
