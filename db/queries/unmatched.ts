/** Reads and writes of unmatched money after it was found: what two people make of it, and what the books still lack. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';

const NOTHING_SAID = {
  state: 'OPEN',
  action: null,
  assigned_loan_id: null,
  sealed_payee: null,
  request_no: null,
  reason: null,
  proposed_by: null,
  proposed_at: null,
  decided_by: null,
  decided_at: null,
  sent_at: null,
} as const;

/** What is read of a row: everything but the sealed account, which the worker alone opens. */
const STANDING = [
  'notice_id',
  'amount_fen',
  'bank_reference',
  'state',
  'recorded_at',
  'action',
  'assigned_loan_id',
  'request_no',
  'proposed_by',
] as const;

/** Where a refund goes, sealed; null for what is no refund. */
export async function readUnmatchedPayee(db: Queryable, noticeId: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom('unmatched_money')
    .select('sealed_payee')
    .where('notice_id', '=', noticeId)
    .executeTakeFirst();
  return row?.sealed_payee ?? null;
}

/** One row, locked for the rest of the transaction. */
export async function lockUnmatched(tx: Tx, noticeId: string) {
  return await tx
    .selectFrom('unmatched_money')
    .select(STANDING)
    .where('notice_id', '=', noticeId)
    .forUpdate()
    .executeTakeFirst();
}

/** The row under a reference of the bank, locked: the same money may come under several notices. */
export async function lockUnmatchedByReference(tx: Tx, bankReference: string) {
  return await tx
    .selectFrom('unmatched_money')
    .select(STANDING)
    .where('bank_reference', '=', bankReference)
    .forUpdate()
    .executeTakeFirst();
}

/** Whether a loan has counted money under this reference of the bank. */
export async function isCounted(db: Queryable, bankReference: string): Promise<boolean> {
  const row = await db
    .selectFrom('repayments')
    .select('notice_id')
    .where('bank_reference', '=', bankReference)
    .executeTakeFirst();
  return row !== undefined;
}

export type UnmatchedProposal = {
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
} & (
  | { readonly action: 'ASSIGN'; readonly loanId: string }
  | { readonly action: 'REFUND'; readonly sealedPayee: Buffer; readonly requestNo: string }
);

/** One person says what becomes of it. */
export async function proposeUnmatched(
  tx: Tx,
  noticeId: string,
  said: UnmatchedProposal,
): Promise<void> {
  await tx
    .updateTable('unmatched_money')
    .set({
      state: 'PROPOSED',
      action: said.action,
      assigned_loan_id: said.action === 'ASSIGN' ? said.loanId : null,
      sealed_payee: said.action === 'REFUND' ? said.sealedPayee : null,
      request_no: said.action === 'REFUND' ? said.requestNo : null,
      reason: said.reason,
      proposed_by: said.by,
      proposed_at: said.at,
      failure_code: null,
    })
    .where('notice_id', '=', noticeId)
    .where('state', '=', 'OPEN')
    .execute();
}

/** Another person agrees; a constraint refuses the proposer. */
export async function approveUnmatched(
  tx: Tx,
  noticeId: string,
  { by, at }: { readonly by: string; readonly at: Date },
): Promise<void> {
  await tx
    .updateTable('unmatched_money')
    .set({ state: 'APPROVED', decided_by: by, decided_at: at })
    .where('notice_id', '=', noticeId)
    .where('state', '=', 'PROPOSED')
    .execute();
}

/** What was said is of no use: the money lies on the desk again, with a code where something failed. */
export async function reopenUnmatched(
  tx: Tx,
  noticeId: string,
  failureCode: string | null,
): Promise<void> {
  await tx
    .updateTable('unmatched_money')
    .set({ ...NOTHING_SAID, failure_code: failureCode })
    .where('notice_id', '=', noticeId)
    .where('state', 'in', ['PROPOSED', 'APPROVED', 'SENT'])
    .execute();
}

/** Marks a refund as sent before the bank is asked. False when it was sent before: then the bank is asked by its number first. */
export async function markUnmatchedSent(db: Queryable, noticeId: string): Promise<boolean> {
  const sent = await db
    .updateTable('unmatched_money')
    .set({ state: 'SENT', sent_at: sql<Date>`now()` })
    .where('notice_id', '=', noticeId)
    .where('state', '=', 'APPROVED')
    .where('action', '=', 'REFUND')
    .executeTakeFirst();
  return sent.numUpdatedRows === 1n;
}

/** Closes what went back under the bank's reference, or what its loan has counted (null). False when it is closed already. */
export async function closeUnmatched(
  tx: Tx,
  noticeId: string,
  refundReference: string | null,
): Promise<boolean> {
  const closed = await tx
    .updateTable('unmatched_money')
    .set({ state: 'CLOSED', closed_at: sql<Date>`now()`, refund_reference: refundReference })
    .where('notice_id', '=', noticeId)
    .where('state', '=', refundReference === null ? 'APPROVED' : 'SENT')
    .executeTakeFirst();
  return closed.numUpdatedRows === 1n;
}

export interface UnbookedMoney {
  readonly noticeId: string;
  readonly amountFen: Fen;
  /** Business date on which it was kept. */
  readonly receivedOn: string;
}

/** Money that no loan has counted and that is not on the books yet, oldest first. */
export async function listUnbooked(db: Queryable, most: number): Promise<readonly UnbookedMoney[]> {
  const { rows } = await sql<UnbookedMoney>`
    select u.notice_id as "noticeId", u.amount_fen as "amountFen",
           (u.recorded_at at time zone 'Asia/Shanghai')::date as "receivedOn"
      from unmatched_money u
     where not exists (select from ledger_journals j where j.event_key = 'unmatched:' || u.notice_id)
       and not exists (select from repayments r where r.bank_reference = u.bank_reference)
     order by u.recorded_at, u.notice_id limit ${most}`.execute(db);
  return rows;
}

/** What two people have agreed on and is not carried out yet, oldest first. */
export async function listAgreed(db: Queryable, most: number) {
  return await db
    .selectFrom('unmatched_money')
    .select(['notice_id as noticeId', 'action', 'assigned_loan_id as loanId'])
    .where('state', 'in', ['APPROVED', 'SENT'])
    .orderBy('decided_at')
    .limit(most)
    .execute();
}
