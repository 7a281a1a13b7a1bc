/** Reads and writes of failures by group, and of retries of many parked loans at once. */
import { type SqlBool, sql } from 'kysely';
import type { Stage } from '../../domain/journey.ts';
import type { Queryable, Tx } from '../database.ts';
import type { FailureFilter } from '../schema/operations.ts';

/** The step of a case on which no story waits: it closes by itself when the bank has answered. */
const CLOSES_ITSELF = 'disburse.unknown';

/** Parked loans that fail alike. */
export interface FailureGroup {
  readonly step: string;
  readonly failureCode: string;
  readonly stage: Stage;
  readonly productCode: string | null;
  readonly cases: number;
  /** Of these, cases somebody has proposed something for. */
  readonly proposed: number;
  readonly since: Date;
  readonly latest: Date;
  readonly sample: readonly string[];
}

const matching = (filter: FailureFilter) => sql<SqlBool>`
  c.state <> 'RESOLVED'
  and (${filter.step}::text is null or c.step = ${filter.step})
  and (${filter.failureCode}::text is null or c.failure_code = ${filter.failureCode})
  and (${filter.stage}::text is null or a.stage = ${filter.stage})
  and (${filter.productCode}::text is null or a.product_code = ${filter.productCode})`;

/** What fails now, grouped by step, code, stage and product, the largest group first. */
export async function listFailures(
  db: Queryable,
  filter: FailureFilter,
  most: number,
): Promise<readonly FailureGroup[]> {
  const { rows } = await sql<FailureGroup>`
    select c.step, c.failure_code as "failureCode", a.stage, a.product_code as "productCode",
           count(*)::int as cases, count(*) filter (where c.state = 'PROPOSED')::int as proposed,
           min(c.created_at) as since, max(c.created_at) as latest,
           (array_agg(c.id::text order by c.created_at, c.id))[1:5] as sample
      from operator_cases c join applications a on a.id = c.application_id
     where ${matching(filter)}
     group by c.step, c.failure_code, a.stage, a.product_code
     order by count(*) desc, c.step, c.failure_code, a.stage, a.product_code limit ${most}`.execute(
    db,
  );
  return rows;
}

/**
 * The cases a retry would send on, oldest first: open, with a story that waits, and of nobody who would decide on their own
 * application.
 */
export async function casesToRetry(
  db: Queryable,
  filter: FailureFilter,
  by: string,
  cap: number,
): Promise<readonly { readonly id: string; readonly applicationId: string }[]> {
  const { rows } = await sql<{ id: string; applicationId: string }>`
    select c.id, c.application_id as "applicationId"
      from operator_cases c join applications a on a.id = c.application_id
     where ${matching(filter)} and c.state = 'OPEN' and c.step <> ${CLOSES_ITSELF} and a.owner_subject <> ${by}
     order by c.created_at, c.id limit ${cap}`.execute(db);
  return rows;
}

export interface NewBulkRetry {
  readonly id: string;
  readonly filter: FailureFilter;
  readonly cap: number;
  readonly reason: string;
  readonly by: string;
}

/** Proposes a retry with the list as it stands now. Gives how many cases it holds. */
export async function proposeBulkRetry(tx: Tx, bulk: NewBulkRetry): Promise<number> {
  const cases = await casesToRetry(tx, bulk.filter, bulk.by, bulk.cap);
  await tx
    .insertInto('bulk_retries')
    .values({
      id: bulk.id,
      filter: JSON.stringify(bulk.filter),
      cap: bulk.cap,
      reason: bulk.reason,
      proposed_by: bulk.by,
    })
    .execute();
  if (cases.length > 0)
    await tx
      .insertInto('bulk_retry_cases')
      .values(cases.map(({ id }, i) => ({ bulk_id: bulk.id, case_id: id, number: i + 1 })))
      .execute();
  return cases.length;
}

/** Approves or rejects what another person proposed; a constraint refuses the same. False when nothing is proposed. */
export async function decideBulkRetry(
  tx: Tx,
  id: string,
  by: string,
  state: 'RUNNING' | 'REJECTED',
): Promise<boolean> {
  const decided = await tx
    .updateTable('bulk_retries')
    .set({ state, decided_by: by, decided_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'PROPOSED')
    .executeTakeFirst();
  return decided.numUpdatedRows === 1n;
}

/** One retry, locked for the rest of the transaction. */
export async function lockBulkRetry(tx: Tx, id: string) {
  return await tx
    .selectFrom('bulk_retries')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** What became of a retry so far. */
export interface BulkCount {
  readonly listed: number;
  readonly sent: number;
  readonly leftOut: number;
  /** Of those sent, loans that are parked at the same step again. */
  readonly failed: number;
}

export async function countBulkRetry(db: Queryable, id: string): Promise<BulkCount> {
  const { rows } = await sql<BulkCount>`
    select count(*) filter (where b.state = 'LISTED')::int as listed,
           count(*) filter (where b.state = 'SENT')::int as sent,
           count(*) filter (where b.state = 'LEFT_OUT')::int as "leftOut",
           count(*) filter (where b.state = 'SENT' and exists (
             select from operator_cases again
              where again.application_id = c.application_id and again.step = c.step
                and again.created_at > b.sent_at))::int as failed
      from bulk_retry_cases b join operator_cases c on c.id = b.case_id
     where b.bulk_id = ${id}`.execute(db);
  return rows[0] ?? { listed: 0, sent: 0, leftOut: 0, failed: 0 };
}

/** The report of one retry, or undefined. */
export async function readBulkRetry(db: Queryable, id: string) {
  return await db.selectFrom('bulk_retries').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Retries, newest first. */
export async function listBulkRetries(db: Queryable, most: number) {
  return await db
    .selectFrom('bulk_retries')
    .selectAll()
    .orderBy('proposed_at', 'desc')
    .orderBy('id')
    .limit(most)
    .execute();
}

/** A case that a retry sends on. */
export interface SentCase {
  readonly caseId: string;
  readonly applicationId: string;
  readonly step: string;
}

/**
 * Resolves the numbered case of the list in the two people's names, or leaves it out when it is not open any more, is one of
 * theirs, or somebody has a correction of it in hand. The same number again gives what it gave. Undefined past the list.
 */
export async function sendCase(
  tx: Tx,
  bulk: {
    readonly id: string;
    readonly proposedBy: string;
    readonly approvedBy: string;
    readonly reason: string;
  },
  number: number,
): Promise<{ readonly sent: SentCase | null } | undefined> {
  const listed = await tx
    .selectFrom('bulk_retry_cases as b')
    .innerJoin('operator_cases as c', 'c.id', 'b.case_id')
    .select(['b.state', 'c.id as caseId', 'c.application_id as applicationId', 'c.step'])
    .where('b.bulk_id', '=', bulk.id)
    .where('b.number', '=', number)
    .executeTakeFirst();
  if (listed === undefined) return undefined;
  const { state, ...sent } = listed;
  if (state !== 'LISTED') return { sent: state === 'SENT' ? sent : null };
  const resolved = await resolveListed(tx, bulk, sent.caseId);
  await tx
    .updateTable('bulk_retry_cases')
    .set(resolved ? { state: 'SENT', sent_at: sql<Date>`now()` } : { state: 'LEFT_OUT' })
    .where('bulk_id', '=', bulk.id)
    .where('number', '=', number)
    .execute();
  return { sent: resolved ? sent : null };
}

async function resolveListed(
  tx: Tx,
  bulk: { readonly proposedBy: string; readonly approvedBy: string; readonly reason: string },
  caseId: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update operator_cases c
       set state = 'RESOLVED', action = 'RETRY', proposed_by = ${bulk.proposedBy}, approved_by = ${bulk.approvedBy},
           reason = ${bulk.reason}, resolved_at = now()
      from applications a
     where c.id = ${caseId} and a.id = c.application_id and c.state = 'OPEN'
       and a.owner_subject not in (${bulk.proposedBy}, ${bulk.approvedBy})
       and not exists (select from case_corrections k where k.case_id = c.id and k.state = 'PROPOSED')`.execute(
    tx,
  );
  return numAffectedRows === 1n;
}

/** Ends a running retry. */
export async function endBulkRetry(tx: Tx, id: string, state: 'DONE' | 'STOPPED'): Promise<void> {
  await tx
    .updateTable('bulk_retries')
    .set({ state, ended_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'RUNNING')
    .execute();
}

/** What two people decided on a case; null while they have not. */
export async function readCaseAction(
  db: Queryable,
  applicationId: string,
  caseId: string,
): Promise<'RETRY' | 'SKIP' | null> {
  const row = await db
    .selectFrom('operator_cases')
    .select('action')
    .where('id', '=', caseId)
    .where('application_id', '=', applicationId)
    .where('state', '=', 'RESOLVED')
    .where('approved_by', 'is not', null)
    .executeTakeFirst();
  return row?.action ?? null;
}
