/** What the lists say of an application, the hits that people must look at, and where else its person was seen. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { ListKind, ListSubject, SecondFactor } from '../schema/lists.ts';

/** In force: its addition is approved, no ending of it is, and its day has not come. */
const LIVE = sql<boolean>`
  exists (select 1 from list_proposals p join list_decisions d on d.proposal_id = p.id
           where p.entry_id = e.id and p.act = 'ADD' and d.outcome = 'APPROVED')
  and not exists (select 1 from list_proposals p join list_decisions d on d.proposal_id = p.id
                   where p.entry_id = e.id and p.act = 'END' and d.outcome = 'APPROVED')
  and (e.expires_on is null or e.expires_on > (now() at time zone 'Asia/Shanghai')::date)`;

export type ExactSubject = Exclude<ListSubject, 'NAME'>;

export interface ListValue {
  readonly subject: ExactSubject;
  readonly valueIndex: Buffer;
}

export interface ExactHit {
  readonly id: string;
  readonly kind: ListKind;
  readonly subject: ExactSubject;
}

/** The entries in force that hold one of the given values. */
export async function listed(
  db: Queryable,
  values: readonly ListValue[],
): Promise<readonly ExactHit[]> {
  if (values.length === 0) return [];
  const { rows } = await sql<ExactHit>`
    select e.id, e.kind, e.subject from list_entries e
      join unnest(${values.map((v) => v.subject)}::text[], ${values.map((v) => v.valueIndex)}::bytea[]) as v(subject, value_index)
        on v.subject = e.subject and v.value_index = e.value_index
     where ${LIVE} order by e.kind, e.subject, e.id`.execute(db);
  return rows;
}

export interface ListedName {
  readonly id: string;
  readonly name: string;
  readonly birthDate: string | null;
  readonly sex: 'MALE' | 'FEMALE' | null;
}

/** Names in force that share a syllable with the given keys, those that share most first: candidates to be compared. */
export async function listedNames(
  db: Queryable,
  keys: readonly string[],
  most: number,
): Promise<readonly ListedName[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<ListedName>`
    select e.id, e.name, e.birth_date as "birthDate", e.sex from list_entries e
     where e.subject = 'NAME' and e.name_keys && ${keys}::text[] and ${LIVE}
     order by (select count(*) from unnest(e.name_keys) k where k = any(${keys}::text[])) desc, e.id
     limit ${most}`.execute(db);
  return rows;
}

export interface NewListHit {
  readonly applicationId: string;
  readonly entryId: string;
  readonly similarity: number;
  readonly secondFactor: SecondFactor;
}

/** Keeps hits; the same entry hits an application once. */
export async function recordListHits(tx: Tx, hits: readonly NewListHit[]): Promise<void> {
  if (hits.length === 0) return;
  await tx
    .insertInto('list_hits')
    .values(
      hits.map((hit) => ({
        id: sql<string>`gen_random_uuid()`,
        application_id: hit.applicationId,
        entry_id: hit.entryId,
        similarity: hit.similarity.toFixed(3),
        second_factor: hit.secondFactor,
      })),
    )
    .onConflict((oc) => oc.columns(['application_id', 'entry_id']).doNothing())
    .execute();
}

/** How many hits of an application are not yet found, by two people, to be somebody else. */
export async function countStandingHits(db: Queryable, applicationId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from list_hits h
     where h.application_id = ${applicationId}
       and not exists (select 1 from list_proposals p join list_decisions d on d.proposal_id = p.id
                        where p.hit_id = h.id and p.act = 'FALSE_MATCH' and d.outcome = 'APPROVED')`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

/** Other applications of this person, or from this device, that came in shortly before: the newest ones first. */
export async function recentlySeenWith(
  db: Queryable,
  applicationId: string,
  most: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select other.application_id as id
      from fraud_links own
      join fraud_links other on other.application_id <> own.application_id
       and other.created_at > now() - interval '7 days'
       and other.kind = own.kind and other.value_index = own.value_index
       and (own.kind = 'DEVICE' or (own.kind = 'MOBILE' and other.applicant_id = own.applicant_id))
     where own.application_id = ${applicationId}
     group by other.application_id
     order by max(other.created_at) desc limit ${most}`.execute(db);
  return rows.map((row) => row.id);
}
