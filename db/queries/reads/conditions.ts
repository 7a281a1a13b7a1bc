/** Conditions precedent as they are shown, and whose application one belongs to. */
import { sql } from 'kysely';
import type { Queryable } from '../../database.ts';

/** The conditions of an application's present round, in the order they were issued; without the answers. */
export async function listConditions(db: Queryable, applicationId: string) {
  return await db
    .selectFrom('loan_conditions as c')
    .innerJoin('applications as a', (join) =>
      join.onRef('a.id', '=', 'c.application_id').onRef('a.round', '=', 'c.round'),
    )
    .select([
      'c.id',
      'c.round',
      'c.kind',
      'c.gate',
      'c.state',
      'c.issued_by',
      'c.proposed_by',
      'c.closed_by',
      'c.reason',
      sql<string | null>`to_json(c.answered_at) #>> '{}'`.as('answered_at'),
    ])
    .where('c.application_id', '=', applicationId)
    .orderBy('c.created_at')
    .orderBy('c.id')
    .execute();
}

/** Whose application a condition belongs to, or undefined. */
export async function readConditionOwner(db: Queryable, id: string) {
  return await db
    .selectFrom('loan_conditions as c')
    .innerJoin('applications as a', 'a.id', 'c.application_id')
    .select(['c.id', 'c.application_id', 'a.owner_subject'])
    .where('c.id', '=', id)
    .executeTakeFirst();
}
