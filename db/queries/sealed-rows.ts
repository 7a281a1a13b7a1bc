/** Where sealed columns are, reading them and putting a newly sealed value in place of the former one. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';

/** One sealed column. The texts are SQL of ours over the alias `t`; nothing of a caller's ever gets into them. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
  /** What the value is bound to beside the column: the row id it was sealed with. */
  readonly row: string;
  /** More to join, where the application is not in the table itself. */
  readonly join?: string;
  /** Rows from before the column was sealed hold it in clear. */
  readonly clearBefore?: true;
  /** The application; absent where rows belong to no person. */
  readonly application?: string;
}

const OWN = 't.application_id';

/** The applicant's own key and certificate are sealed under the contract alone, a co-signer's under contract and party. */
const OF_PARTY = `t.contract_id || case t.party when 'APPLICANT' then '' else '/' || t.party end`;

/** Sealed for the application's person. */
export const PERSON_PLACES: readonly SealedPlace[] = [
  {
    table: 'application_pages',
    column: 'sealed',
    row: `t.application_id || '/' || t.page`,
    application: OWN,
  },
  { table: 'device_trails', column: 'sealed', row: 't.application_id::text', application: OWN },
  { table: 'prefills', column: 'sealed_readings', row: 't.document_id::text', application: OWN },
  { table: 'outside_requests', column: 'sealed_answer', row: 't.request_no', application: OWN },
  { table: 'authorisations', column: 'sealed_text', row: 't.id::text', application: OWN },
  {
    table: 'bureau_reports',
    column: 'sealed_report',
    row: 't.request_no',
    join: 'join outside_requests r on r.request_no = t.request_no',
    application: 'r.application_id',
  },
  {
    table: 'scores',
    column: 'sealed_variables',
    row: `t.application_id || '/' || t.round`,
    application: OWN,
  },
  {
    table: 'decisions',
    column: 'sealed_record',
    row: `t.application_id || '/' || t.round`,
    application: OWN,
  },
  { table: 'review_actions', column: 'sealed_comment', row: 't.cause', application: OWN },
  {
    table: 'information_requests',
    column: 'sealed_items',
    row: 't.id::text',
    application: OWN,
    clearBefore: true,
  },
  { table: 'information_requests', column: 'sealed_answer', row: 't.id::text', application: OWN },
  { table: 'rights_requests', column: 'sealed_words', row: 't.id::text', application: OWN },
  { table: 'rights_requests', column: 'sealed_answer', row: 't.id::text', application: OWN },
  { table: 'decision_reviews', column: 'sealed_statement', row: 't.id::text', application: OWN },
  { table: 'decision_reviews', column: 'sealed_comment', row: 't.id::text', application: OWN },
  { table: 'loan_conditions', column: 'sealed_answer', row: 't.id::text', application: OWN },
  {
    table: 'disclosure_showings',
    column: 'sealed_origin',
    row: 't.id::text',
    join: 'join contracts c on c.id = t.contract_id',
    application: 'c.application_id',
  },
  {
    table: 'disclosure_confirmations',
    column: 'sealed_origin',
    row: 't.showing_id::text',
    join: 'join contracts c on c.id = t.contract_id',
    application: 'c.application_id',
  },
  {
    table: 'signing_keys',
    column: 'sealed_key',
    row: OF_PARTY,
    join: 'join contracts c on c.id = t.contract_id',
    application: 'c.application_id',
  },
  {
    table: 'signing_keys',
    column: 'sealed_csr',
    row: OF_PARTY,
    join: 'join contracts c on c.id = t.contract_id',
    application: 'c.application_id',
    clearBefore: true,
  },
  {
    table: 'certificates',
    column: 'sealed_chain',
    row: OF_PARTY,
    join: 'join contracts c on c.id = t.contract_id',
    application: 'c.application_id',
    clearBefore: true,
  },
  {
    table: 'signing_intents',
    column: 'sealed_intent',
    row: 't.act_key',
    join: 'join contracts c on c.id = t.contract_id',
    application: 'c.application_id',
  },
  { table: 'co_signers', column: 'sealed_person', row: 't.id::text', application: OWN },
  { table: 'objections', column: 'sealed_claim', row: 't.id::text', application: OWN },
  { table: 'objections', column: 'sealed_answer', row: 't.id::text', application: OWN },
  { table: 'payouts', column: 'sealed_account', row: 't.id::text', application: OWN },
  { table: 'recordings', column: 'sealed_marks', row: 't.id::text', application: OWN },
];

/** Sealed for the house. */
export const HOUSE_PLACES: readonly SealedPlace[] = [
  { table: 'bank_notices', column: 'sealed_body', row: 't.notice_id' },
  { table: 'bank_statements', column: 'sealed_lines', row: 't.id::text' },
  { table: 'entrusted_payees', column: 'sealed_payee', row: 't.id::text' },
  { table: 'unmatched_money', column: 'sealed_payee', row: 't.notice_id' },
  { table: 'case_corrections', column: 'sealed_value', row: 't.id::text' },
  { table: 'idempotency_keys', column: 'sealed_response', row: `t.actor || '|' || t.key` },
  { table: 'recordings', column: 'sealed_attendant', row: 't.id::text' },
  { table: 'staff_sessions', column: 'sealed_id_token', row: 't.id::text' },
];

/** The name a value of this place is sealed with. */
export const columnOf = ({ table, column }: SealedPlace): string => `${table}.${column}`;

export interface SealedRow {
  /** Where the row lies at the moment (ctid): another update moves it. */
  readonly tid: string;
  readonly rowId: string;
  readonly sealed: Buffer;
  readonly applicationId: string;
}

/** The sealed values of these applications in one place; absent and empty ones are left out. */
export async function sealedRowsOf(
  db: Queryable,
  place: SealedPlace,
  applicationIds: readonly string[],
): Promise<readonly SealedRow[]> {
  const application = sql.raw(place.application ?? 'null');
  const column = sql.ref(`t.${place.column}`);
  const { rows } = await sql<SealedRow>`
    select t.ctid::text as tid, ${sql.raw(place.row)} as "rowId", ${column} as sealed,
           ${application}::text as "applicationId"
      from ${sql.table(place.table)} t ${sql.raw(place.join ?? '')}
     where ${application} = any(${applicationIds}::uuid[]) and octet_length(${column}) > 0`.execute(
    db,
  );
  return rows;
}

/** Values of one place of the house that another key than `keyId` sealed, in the order they lie, from behind `after`. */
export async function houseRows(
  db: Queryable,
  place: SealedPlace,
  from: { readonly keyId: string; readonly after: string; readonly most: number },
): Promise<readonly Omit<SealedRow, 'applicationId'>[]> {
  const column = sql.ref(`t.${place.column}`);
  const { rows } = await sql<Omit<SealedRow, 'applicationId'>>`
    select t.ctid::text as tid, ${sql.raw(place.row)} as "rowId", ${column} as sealed
      from ${sql.table(place.table)} t
     where t.ctid > ${from.after}::tid and octet_length(${column}) > 0
       and substring(${column} from 3 for get_byte(${column}, 1)) <> convert_to(${from.keyId}, 'UTF8')
     order by t.ctid limit ${from.most}`.execute(db);
  return rows;
}

export interface Resealed {
  readonly tid: string;
  readonly before: Buffer;
  readonly after: Buffer;
}

/** Puts newly sealed values in place; a row that changed meanwhile stays for the next round. Gives how many were put. */
export async function replaceSealed(
  db: Queryable,
  place: SealedPlace,
  rows: readonly Resealed[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    update ${sql.table(place.table)} t set ${sql.ref(place.column)} = v.after
      from unnest(${rows.map((row) => row.tid)}::text[]::tid[], ${rows.map((row) => row.before)}::bytea[],
                  ${rows.map((row) => row.after)}::bytea[]) as v(tid, before, after)
     where t.ctid = v.tid and ${sql.ref(`t.${place.column}`)} = v.before`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** Empties what stands in clear yet of a person's, in rows from before their column was sealed: no key's end reaches it. */
export async function emptyClear(tx: Tx, applicantId: string): Promise<void> {
  for (const place of PERSON_PLACES.filter(({ clearBefore }) => clearBefore === true)) {
    const column = sql.ref(`t.${place.column}`);
    const application = sql.raw(place.application ?? 'null');
    // A sealed value begins with the version of its form (platform/crypto/seal.ts), which no text or DER begins with.
    await sql`
      update ${sql.table(place.table)} e set ${sql.ref(place.column)} = ''
       where e.ctid in (
         select t.ctid from ${sql.table(place.table)} t ${sql.raw(place.join ?? '')}
          where ${application} in (select id from applications where applicant_id = ${applicantId})
            and octet_length(${column}) > 0 and get_byte(${column}, 0) <> 1)`.execute(tx);
  }
}

/** Applications by id, from behind `after`. */
export async function applicationsAfter(
  db: Queryable,
  after: string | null,
  most: number,
): Promise<readonly string[]> {
  let query = db.selectFrom('applications').select('id').orderBy('id').limit(most);
  if (after !== null) query = query.where('id', '>', after);
  return (await query.execute()).map((row) => row.id);
}

/** The objects of these applications: pictures, contracts, recordings. */
export async function objectsOf(
  db: Queryable,
  applicationIds: readonly string[],
): Promise<readonly { readonly applicationId: string; readonly objectKey: string }[]> {
  const { rows } = await sql<{ applicationId: string; objectKey: string }>`
    select application_id as "applicationId", object_key as "objectKey" from documents
     where application_id = any(${applicationIds}::uuid[])
    union all
    select r.application_id, k.object_key from recordings r
      join recording_chunks k on k.recording_id = r.id
     where r.application_id = any(${applicationIds}::uuid[]) and r.emptied_at is null`.execute(db);
  return rows;
}

/** What the database's clock says: keys made before it are of the time before a rotation. */
export async function readDatabaseClock(db: Queryable): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('the database told no time');
  return row.at;
}

/** Whether an application of the person is under way or a loan of theirs is not settled: their keys are needed then. */
export async function hasOpenBusiness(db: Queryable, applicantId: string): Promise<boolean> {
  const row = await db
    .selectFrom('applications')
    .select('id')
    .where('applicant_id', '=', applicantId)
    .where('ended_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
