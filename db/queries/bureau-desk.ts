/** The bureau desk's register: every query and refused attempt, what is left of the daily caps, queries by hand, weekly reports. */
import { sql } from 'kysely';
import type { QueryPurpose } from '../../domain/authorisation.ts';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';
import type { BureauQueryRow } from '../schema/bureau-desk.ts';
import type { Bureau } from '../schema/evidence.ts';

/** Who asks: a story that runs by itself, or two people. */
export interface Operator {
  readonly kind: 'STORY' | 'MANUAL';
  readonly subject: string;
  readonly role: string | null;
  /** Network of the terminal. */
  readonly from: string | null;
  readonly approvedBy: string | null;
  readonly requestId: string | null;
  readonly offHours: boolean;
}

export interface RegisteredQuery {
  readonly id: string;
  readonly operator: Operator;
  readonly bureau: Bureau;
  readonly operation: BureauQueryRow['operation'];
  readonly purpose: QueryPurpose;
  readonly applicationId: string;
  readonly applicantId: string | null;
  readonly authorisation: { readonly id: string; readonly sm3: string } | null;
}

const common = (query: RegisteredQuery) => ({
  id: query.id,
  kind: query.operator.kind,
  bureau: query.bureau,
  operation: query.operation,
  purpose: query.purpose,
  application_id: query.applicationId,
  applicant_id: query.applicantId,
  authorisation_id: query.authorisation?.id ?? null,
  authorisation_sm3: query.authorisation?.sm3 ?? null,
  request_id: query.operator.requestId,
  operator: query.operator.subject,
  operator_role: query.operator.role,
  operator_from: query.operator.from,
  approved_by: query.operator.approvedBy,
  off_hours: query.operator.offHours,
});

export interface AnsweredQuery {
  readonly result: 'ANSWERED' | 'NO_RECORD';
  readonly requestNo: string;
  readonly requestSm3: string;
  readonly responseSm3: string;
  readonly charged: boolean;
  readonly costFen: Fen;
}

/** Registers a query that was answered; the same request number once. */
export async function registerQuery(
  db: Queryable,
  query: RegisteredQuery,
  answer: AnsweredQuery,
): Promise<void> {
  await db
    .insertInto('bureau_queries')
    .values({
      ...common(query),
      result: answer.result,
      request_no: answer.requestNo,
      request_sm3: answer.requestSm3,
      response_sm3: answer.responseSm3,
      charged: answer.charged,
      cost_fen: answer.costFen,
    })
    .onConflict((oc) => oc.column('request_no').where('result', '<>', 'REFUSED').doNothing())
    .execute();
}

/** Registers an attempt that was refused before anything was asked. */
export async function registerRefusal(
  db: Queryable,
  query: RegisteredQuery,
  refusal: string,
): Promise<void> {
  await db
    .insertInto('bureau_queries')
    .values({ ...common(query), result: 'REFUSED', refusal })
    .execute();
}

export interface DayCounts {
  /** Queries of the house at this bureau since the day began; counted up to the cap. */
  readonly house: number;
  /** Queries by hand that this person proposed since the day began. */
  readonly operator: number;
}

/** Queries since the day began, counted no further than the caps. */
export async function countQueries(
  db: Queryable,
  asked: {
    readonly bureau: Bureau;
    readonly operator: string;
    readonly dayBegan: Date;
    readonly most: number;
  },
): Promise<DayCounts> {
  const { rows } = await sql<DayCounts>`
    select (select count(*)::int from (
              select 1 from bureau_queries
               where bureau = ${asked.bureau} and asked_at >= ${asked.dayBegan} and result <> 'REFUSED'
               limit ${asked.most}) as q) as house,
           (select count(*)::int from (
              select 1 from bureau_queries
               where operator = ${asked.operator} and kind = 'MANUAL' and asked_at >= ${asked.dayBegan}
                 and result <> 'REFUSED'
               limit ${asked.most}) as q) as operator`.execute(db);
  return rows[0] ?? { house: 0, operator: 0 };
}

export interface ListedQueries {
  readonly applicationId: string | null;
  readonly operator: string | null;
  /** From this moment back, newest first. */
  readonly before: Date | null;
  readonly most: number;
}

/** The register, newest first. */
export async function listQueries(db: Queryable, wanted: ListedQueries) {
  let query = db.selectFrom('bureau_queries').selectAll();
  if (wanted.applicationId !== null)
    query = query.where('application_id', '=', wanted.applicationId);
  if (wanted.operator !== null) query = query.where('operator', '=', wanted.operator);
  if (wanted.before !== null) query = query.where('asked_at', '<', wanted.before);
  return await query.orderBy('asked_at', 'desc').orderBy('id').limit(wanted.most).execute();
}

export interface NewQueryRequest {
  readonly id: string;
  readonly applicationId: string;
  readonly bureau: Bureau;
  readonly purpose: '01' | '02';
  readonly reason: string;
  readonly offHours: boolean;
  readonly by: string;
  readonly role: string;
  readonly from: string | null;
  readonly at: Date;
}

/** Keeps a proposal; the same id twice is one. */
export async function proposeQuery(tx: Queryable, request: NewQueryRequest): Promise<void> {
  await tx
    .insertInto('bureau_query_requests')
    .values({
      id: request.id,
      application_id: request.applicationId,
      bureau: request.bureau,
      purpose: request.purpose,
      reason: request.reason,
      off_hours: request.offHours,
      proposed_by: request.by,
      proposed_role: request.role,
      proposed_from: request.from,
      proposed_at: request.at,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

export async function readQueryRequest(db: Queryable, id: string) {
  return await db
    .selectFrom('bureau_query_requests')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Proposals and what became of them: open ones first, then the newest. */
export async function listQueryRequests(db: Queryable, most: number) {
  return await db
    .selectFrom('bureau_query_requests')
    .selectAll()
    .orderBy(sql`state <> 'PROPOSED'`)
    .orderBy('proposed_at', 'desc')
    .limit(most)
    .execute();
}

/** A second person approves. False when it is not proposed any more. */
export async function approveQuery(
  tx: Queryable,
  approval: {
    readonly id: string;
    readonly by: string;
    readonly role: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const row = await tx
    .updateTable('bureau_query_requests')
    .set({
      state: 'APPROVED',
      approved_by: approval.by,
      approved_role: approval.role,
      approved_at: approval.at,
    })
    .where('id', '=', approval.id)
    .where('state', '=', 'PROPOSED')
    .where('proposed_by', '<>', approval.by)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Says how an approved query ended; the first ending stands. */
export async function settleQuery(
  tx: Queryable,
  id: string,
  end: { readonly state: 'ANSWERED' | 'NO_RECORD' } | { readonly failureCode: string },
): Promise<void> {
  const state = 'state' in end ? end.state : 'FAILED';
  const failure_code = 'failureCode' in end ? end.failureCode : null;
  await tx
    .updateTable('bureau_query_requests')
    .set({ state, failure_code, settled_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'APPROVED')
    .execute();
}

/** True when a loan of the application runs. */
export async function hasRunningLoan(db: Queryable, applicationId: string): Promise<boolean> {
  const row = await db
    .selectFrom('loans')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('settled_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** The queries of a span of time with what became of their applications. */
export async function queriesWithFate(
  db: Queryable,
  span: { readonly from: Date; readonly until: Date },
) {
  return await db
    .selectFrom('bureau_queries as q')
    .innerJoin('applications as a', 'a.id', 'q.application_id')
    .leftJoin('authorisations as z', 'z.id', 'q.authorisation_id')
    .select([
      'q.id',
      'q.bureau',
      'q.operation',
      'q.kind',
      'q.result',
      'q.refusal',
      'q.operator',
      'q.off_hours as offHours',
      'q.application_id as applicationId',
      'q.charged',
      'q.cost_fen as costFen',
      'a.stage',
      'a.submitted_at as submittedAt',
      'z.state as authorisationState',
    ])
    .where('q.asked_at', '>=', span.from)
    .where('q.asked_at', '<', span.until)
    .orderBy('q.asked_at')
    .orderBy('q.id')
    .execute();
}

/** Keeps a week's report; the first stands. Gives whether it is new. */
export async function keepWeeklyReport(
  tx: Tx,
  report: { readonly weekOf: string; readonly figures: unknown; readonly items: unknown },
): Promise<boolean> {
  const row = await tx
    .insertInto('bureau_weekly_reports')
    .values({
      week_of: report.weekOf,
      figures: JSON.stringify(report.figures),
      items: JSON.stringify(report.items),
    })
    .onConflict((oc) => oc.column('week_of').doNothing())
    .returning('week_of')
    .executeTakeFirst();
  return row !== undefined;
}

/** Weekly reports, newest first. */
export async function listWeeklyReports(db: Queryable, most: number) {
  return await db
    .selectFrom('bureau_weekly_reports')
    .select(['week_of as weekOf', 'figures', 'items', 'created_at as createdAt'])
    .orderBy('week_of', 'desc')
    .limit(most)
    .execute();
}
