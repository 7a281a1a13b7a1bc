/** Applications as they are shown: lists of an owner, and what belongs to one. */
import { sql } from 'kysely';
import type { Queryable } from '../../database.ts';

/** Where a page of a list begins: after the row with this moment and id. */
export interface After {
  readonly at: string;
  readonly id: string;
}

/** An owner's applications, newest first, one more than `limit` when there are more. */
export async function listApplications(
  db: Queryable,
  filter: { readonly owner: string; readonly externalId: string | undefined },
  after: After | null,
  limit: number,
) {
  let query = db
    .selectFrom('applications')
    .select([
      'id',
      'external_id',
      'applicant_kind',
      'product_code',
      'stage',
      'pending',
      'version',
      'amount_fen',
      'term_months',
      'end_reason',
      'created_at',
      'updated_at',
      'submitted_at',
      'ended_at',
      sql<string>`created_at::text`.as('at'),
    ])
    .where('owner_subject', '=', filter.owner)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (filter.externalId !== undefined) {
    query = query.where('external_id', '=', filter.externalId);
  }
  if (after !== null) {
    query = query.where(
      sql<boolean>`(created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return await query.execute();
}

export interface Belongings {
  readonly authorisation_id: string | null;
  readonly decision_id: string | null;
  readonly offer_id: string | null;
  readonly contract_id: string | null;
  /** The note of the first payout. */
  readonly loan_id: string | null;
  /** The notes of all payouts, in their order. */
  readonly loan_ids: readonly string[];
  readonly face_uploaded: boolean;
  readonly request_id: string | null;
  readonly request_at: Date | null;
}

/** Ids of the newest records of an application, in one round trip. */
export async function readBelongings(db: Queryable, applicationId: string): Promise<Belongings> {
  const { rows } = await sql<Belongings>`
    select
      (select id from authorisations where application_id = ${applicationId} order by created_at desc limit 1) as authorisation_id,
      (select id from decisions where application_id = ${applicationId} order by round desc limit 1) as decision_id,
      (select id from offers where application_id = ${applicationId} order by round desc limit 1) as offer_id,
      (select id from contracts where application_id = ${applicationId} order by created_at desc limit 1) as contract_id,
      (select id from loans where application_id = ${applicationId} order by tranche limit 1) as loan_id,
      array(select id::text from loans where application_id = ${applicationId} order by tranche) as loan_ids,
      exists (select from documents where application_id = ${applicationId} and kind = 'FACE') as face_uploaded,
      r.id as request_id, r.created_at as request_at
    from (select 1) as one
    left join information_requests r on r.application_id = ${applicationId} and r.state = 'OPEN'`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a select without from gave no row');
  return row;
}

/** Locks a draft against a submission or another page at the same moment; undefined when there is none. */
export async function lockApplication(db: Queryable, id: string) {
  return await db
    .selectFrom('applications')
    .select(['id', 'stage', 'owner_subject', 'evidence_version'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}
