/** Decisions, requests for more and operator cases as staff see them. */
import { sql } from 'kysely';
import type { Queryable } from '../../database.ts';
import type { OperatorCaseRow } from '../../schema/record.ts';
import type { After } from './applications.ts';

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

/** An information request with the owner of its application, or undefined. */
export async function readInformationRequest(db: Queryable, id: string) {
  return await db
    .selectFrom('information_requests as r')
    .innerJoin('applications as a', 'a.id', 'r.application_id')
    .select(['r.id', 'r.application_id', 'r.state', 'a.owner_subject'])
    .where('r.id', '=', id)
    .executeTakeFirst();
}

/** What an information request asks for, as it is kept. @throws NoResultError for no such request in sight */
export async function readRequestedItems(db: Queryable, id: string): Promise<Buffer> {
  const { sealed_items: items } = await db
    .selectFrom('information_requests')
    .select('sealed_items')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return items;
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
    .select(['id', 'application_id', 'state'])
    .where('id', '=', id)
    .executeTakeFirst();
}
