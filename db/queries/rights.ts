/** Requests of persons by right: kept, listed, answered by two people, and the facts that decide on an erasure. */
import { sql } from 'kysely';
import type { HeldFacts } from '../../domain/retention.ts';
import type { Right, RightsAnswer } from '../../domain/rights.ts';
import type { Queryable, Tx } from '../database.ts';

export interface NewRightsRequest {
  readonly id: string;
  readonly applicationId: string;
  readonly ownerSubject: string;
  readonly kind: Right;
  readonly items: readonly string[];
  readonly dueOn: string;
  readonly receivedAt: Date;
  /** What the person says of it, sealed for the request's id; null when nothing. */
  readonly sealedWords: Buffer | null;
}

/** Keeps a request; the same id twice is one request. */
export async function keepRightsRequest(tx: Queryable, request: NewRightsRequest): Promise<void> {
  await tx
    .insertInto('rights_requests')
    .values({
      id: request.id,
      application_id: request.applicationId,
      owner_subject: request.ownerSubject,
      kind: request.kind,
      items: [...request.items],
      due_on: request.dueOn,
      received_at: request.receivedAt,
      sealed_words: request.sealedWords,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

const select = (db: Queryable) =>
  db
    .selectFrom('rights_requests')
    .select([
      'id',
      'application_id',
      'owner_subject',
      'kind',
      'items',
      'state',
      'due_on',
      'outcome',
      'reason',
      'proposed_by',
      'approved_by',
      'received_at',
      'overdue_at',
      'answered_at',
      'concluded_at',
      'sealed_words',
      'sealed_answer',
    ]);

export async function readRightsRequest(db: Queryable, id: string) {
  return await select(db).where('id', '=', id).executeTakeFirst();
}

/** The same row, locked until the transaction ends. */
export async function lockRightsRequest(tx: Tx, id: string) {
  return await select(tx).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Requests, unanswered ones first and by the day they are due; of one owner, or of all when `owner` is null. */
export async function listRightsRequests(db: Queryable, owner: string | null, limit: number) {
  let query = select(db);
  if (owner !== null) query = query.where('owner_subject', '=', owner);
  return await query
    .orderBy(sql`state = 'ANSWERED'`)
    .orderBy('due_on')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** One person says what the answer is to be. */
export async function proposeAnswer(
  tx: Queryable,
  id: string,
  by: string,
  answer: {
    readonly outcome: RightsAnswer;
    readonly reason: string;
    /** What is said to the person, sealed for the request's id; null when nothing. */
    readonly sealedAnswer: Buffer | null;
  },
): Promise<void> {
  await tx
    .updateTable('rights_requests')
    .set({
      state: 'PROPOSED',
      proposed_by: by,
      outcome: answer.outcome,
      reason: answer.reason,
      sealed_answer: answer.sealedAnswer,
    })
    .where('id', '=', id)
    .execute();
}

/** Another one gives it; the constraint of the table refuses the same one. */
export async function approveAnswer(tx: Queryable, id: string, by: string, at: Date) {
  await tx
    .updateTable('rights_requests')
    .set({ state: 'ANSWERED', approved_by: by, answered_at: at })
    .where('id', '=', id)
    .execute();
}

/** The answer of the house itself: a copy that was asked for is there. */
export async function answerByHouse(tx: Queryable, id: string, at: Date): Promise<void> {
  await tx
    .updateTable('rights_requests')
    .set({ state: 'ANSWERED', outcome: 'DONE', answered_at: at, concluded_at: at })
    .where('id', '=', id)
    .where('state', '=', 'OPEN')
    .execute();
}

/** Marks what the clock has said of a request; false when it was marked before or is answered. */
export async function markRightsClock(
  tx: Queryable,
  id: string,
  step: 'reminded_at' | 'overdue_at',
  at: Date,
): Promise<boolean> {
  const row = await tx
    .updateTable('rights_requests')
    .set(step === 'reminded_at' ? { reminded_at: at } : { overdue_at: at })
    .where('id', '=', id)
    .where('state', '<>', 'ANSWERED')
    .where(step, 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function markConcluded(tx: Queryable, id: string, at: Date): Promise<void> {
  await tx.updateTable('rights_requests').set({ concluded_at: at }).where('id', '=', id).execute();
}

/** Says of an approved erasure that the law forbade it before it was carried out. */
export async function markHeld(tx: Queryable, id: string): Promise<void> {
  await tx
    .updateTable('rights_requests')
    .set({ outcome: 'HELD', reason: 'LEGAL_HOLD' })
    .where('id', '=', id)
    .execute();
}

/** What decides how long each application of the person behind `applicationId` stays; of the draft alone when nobody is. */
export async function readHeldFacts(
  db: Queryable,
  applicationId: string,
): Promise<{ readonly applicantId: string | null; readonly held: readonly HeldFacts[] }> {
  const { rows } = await sql<HeldFacts & { applicantId: string | null }>`
    select a.applicant_id as "applicantId",
           (a.ended_at at time zone 'Asia/Shanghai')::date::text as "endedOn",
           exists (select 1 from verifications v where v.application_id = a.id) as checked,
           l.id is not null as lent,
           (l.settled_at at time zone 'Asia/Shanghai')::date::text as "settledOn"
      from applications a left join loans l on l.application_id = a.id
     where a.id = ${applicationId}
        or a.applicant_id = (select b.applicant_id from applications b where b.id = ${applicationId})
     order by a.created_at, a.id`.execute(db);
  const held = rows.map(({ endedOn, checked, lent, settledOn }) => ({
    endedOn,
    checked,
    lent,
    settledOn,
  }));
  return { applicantId: rows[0]?.applicantId ?? null, held };
}

/** The ledger of consents of one application, in order. */
export async function readConsents(db: Queryable, applicationId: string) {
  return await db
    .selectFrom('consent_entries')
    .select(['authorisation_id', 'purpose', 'act', 'text_sm3', 'at'])
    .where('application_id', '=', applicationId)
    .orderBy('id')
    .execute();
}

/** Applications of one owner, newest first, from behind `after`: one more than `limit` where there are more. */
export async function listOwnedApplications(
  db: Queryable,
  owner: string,
  after: { readonly at: string; readonly id: string } | null,
  limit: number,
) {
  const query = db
    .selectFrom('applications')
    .select(['id', 'applicant_kind', 'product_code', 'stage', 'amount_fen', 'term_months'])
    .select(['submitted_at', 'ended_at', 'created_at'])
    // Why we declined is told by the decision, in words: the code would tip off who is listed.
    .select(sql<string | null>`case when stage <> 'DECLINED' then end_reason end`.as('end_reason'))
    .select(sql<string>`created_at::text`.as('at'))
    .where('owner_subject', '=', owner)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after === null) return await query.execute();
  return await query
    .where(sql<boolean>`(created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`)
    .execute();
}

/** What was offered, what is due and what was paid of one application. */
async function readHeldMoney(db: Queryable, applicationId: string) {
  const offers = await db
    .selectFrom('offers')
    .select(['id', 'product_code', 'amount_fen', 'term_months', 'method', 'annual_rate'])
    .select(['annualised_simple', 'annualised_compound', 'state', 'valid_until', 'answered_at'])
    .where('application_id', '=', applicationId)
    .orderBy('round')
    .execute();
  const instalments = await db
    .selectFrom('instalments as i')
    .innerJoin('loans as l', 'l.id', 'i.loan_id')
    .select(['l.number as loan', 'i.number', 'i.due_date', 'i.principal_fen', 'i.interest_fen'])
    .select(['i.fee_fen', 'i.paid_principal_fen', 'i.paid_interest_fen', 'i.paid_fee_fen'])
    .where('l.application_id', '=', applicationId)
    .orderBy('i.number')
    .execute();
  const repayments = await db
    .selectFrom('repayments as r')
    .innerJoin('loans as l', 'l.id', 'r.loan_id')
    .select(['l.number as loan', 'r.amount_fen', 'r.unallocated_fen', 'r.received_on'])
    .where('l.application_id', '=', applicationId)
    .orderBy('r.recorded_at')
    .execute();
  return { offers, instalments, repayments };
}

/** One application as its person may have a copy of it, without the form, which is sealed. */
export async function readHeldRecords(db: Queryable, applicationId: string) {
  const of = { application: applicationId };
  const authorisations = await db
    .selectFrom('authorisations')
    .select(['id', 'state', 'text_sm3', 'agreed_at', 'valid_until', 'ended_at'])
    .where('application_id', '=', of.application)
    .orderBy('created_at')
    .execute();
  const decisions = await db
    .selectFrom('decisions')
    .select(['outcome', 'reasons', 'at'])
    .where('application_id', '=', of.application)
    .orderBy('at')
    .execute();
  const contracts = await db
    .selectFrom('contracts')
    .select(['number', 'state', 'sm3', 'created_at', 'signed_at'])
    .where('application_id', '=', of.application)
    .orderBy('created_at')
    .execute();
  const loans = await db
    .selectFrom('loans')
    .select(['number', 'principal_fen', 'annual_rate', 'term_months', 'method'])
    .select(['disbursed_on', 'state', 'days_past_due', 'settled_at'])
    .where('application_id', '=', of.application)
    .execute();
  return {
    authorisations,
    decisions,
    contracts,
    loans,
    ...(await readHeldMoney(db, applicationId)),
  };
}
