/** Reads and writes of the disburse chapter: payout rows, their states, and what people decided about refused ones. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';
import type { PayoutRetryRow, PayoutState } from '../schema/money.ts';

export interface NewPayout {
  readonly id: string;
  readonly applicationId: string;
  readonly contractId: string;
  readonly attempt: number;
  readonly requestNo: string;
  readonly amountFen: Fen;
  readonly sealedAccount: Buffer;
  readonly state: 'READY' | 'RELEASED';
  /** The two people behind a further attempt; null for the first. */
  readonly retry: { readonly proposedBy: string; readonly approvedBy: string } | null;
}

/** Writes a payout. The index on live payouts refuses a second one that could reach the borrower. */
export async function createPayout(tx: Tx, payout: NewPayout): Promise<void> {
  await tx
    .insertInto('payouts')
    .values({
      id: payout.id,
      application_id: payout.applicationId,
      contract_id: payout.contractId,
      attempt: payout.attempt,
      request_no: payout.requestNo,
      amount_fen: payout.amountFen,
      sealed_account: payout.sealedAccount,
      state: payout.state,
      released_by: payout.retry?.approvedBy ?? null,
      retry_proposed_by: payout.retry?.proposedBy ?? null,
      retry_approved_by: payout.retry?.approvedBy ?? null,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

export interface Payout {
  readonly id: string;
  readonly applicationId: string;
  readonly contractId: string;
  readonly attempt: number;
  readonly requestNo: string;
  readonly amountFen: Fen;
  readonly sealedAccount: Buffer;
  readonly state: PayoutState;
  readonly releasedBy: string | null;
  readonly bankReference: string | null;
  readonly contractNumber: string;
}

function selectPayouts(db: Queryable) {
  return db
    .selectFrom('payouts as p')
    .innerJoin('contracts as c', 'c.id', 'p.contract_id')
    .select([
      'p.id',
      'p.application_id as applicationId',
      'p.contract_id as contractId',
      'p.attempt',
      'p.request_no as requestNo',
      'p.amount_fen as amountFen',
      'p.sealed_account as sealedAccount',
      'p.state',
      'p.released_by as releasedBy',
      'p.bank_reference as bankReference',
      'c.number as contractNumber',
    ]);
}

/** One payout, or undefined. */
export async function readPayout(db: Queryable, payoutId: string): Promise<Payout | undefined> {
  return await selectPayouts(db).where('p.id', '=', payoutId).executeTakeFirst();
}

/** Whether a payout under another contract of the application was ever made ready: one whose approval was taken back. */
export async function hasPayoutOfAnotherContract(
  tx: Tx,
  applicationId: string,
  contractId: string,
): Promise<boolean> {
  const row = await tx
    .selectFrom('payouts')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('contract_id', '<>', contractId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The newest attempt of an application, or undefined. */
export async function latestPayout(
  db: Queryable,
  applicationId: string,
): Promise<Payout | undefined> {
  return await selectPayouts(db)
    .where('p.application_id', '=', applicationId)
    .orderBy('p.created_at', 'desc')
    .orderBy('p.attempt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** One payout, locked for the rest of the transaction. */
export async function lockPayout(
  tx: Tx,
  applicationId: string,
  payoutId: string,
): Promise<Payout | undefined> {
  return await selectPayouts(tx)
    .where('p.id', '=', payoutId)
    .where('p.application_id', '=', applicationId)
    .forUpdate('p')
    .executeTakeFirst();
}

/** Everybody who has released a payout of the application. */
export async function releasersOf(
  db: Queryable,
  applicationId: string,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('payouts')
    .select('released_by')
    .where('application_id', '=', applicationId)
    .where('released_by', 'is not', null)
    .execute();
  return rows.flatMap((row) => (row.released_by === null ? [] : [row.released_by]));
}

/** Marks a payout as released by a person. */
export async function markReleased(tx: Tx, payoutId: string, subject: string): Promise<void> {
  await tx
    .updateTable('payouts')
    .set({ state: 'RELEASED', released_by: subject })
    .where('id', '=', payoutId)
    .execute();
}

/** Marks a payout as sent, before the bank is called. False when it was sent before: then the bank is asked first. */
export async function markSent(db: Queryable, payoutId: string): Promise<boolean> {
  const sent = await db
    .updateTable('payouts')
    .set({ state: 'SENT', sent_at: sql<Date>`now()` })
    .where('id', '=', payoutId)
    .where('state', '=', 'RELEASED')
    .executeTakeFirst();
  return sent.numUpdatedRows === 1n;
}

export interface Settlement {
  readonly state: 'PAID' | 'REFUSED' | 'ACCEPTED' | 'UNKNOWN';
  readonly bankReference: string | null;
  readonly failureCode: string | null;
}

/** Settles what the bank said. A payout that is paid or refused for good keeps its state: false then, whatever comes late. */
export async function settlePayout(
  tx: Tx,
  payoutId: string,
  settlement: Settlement,
): Promise<boolean> {
  const final = settlement.state === 'PAID' || settlement.state === 'REFUSED';
  const settled = await tx
    .updateTable('payouts')
    .set({
      state: settlement.state,
      bank_reference: settlement.bankReference,
      failure_code: settlement.failureCode,
      ...(final ? { settled_at: sql<Date>`now()` } : {}),
    })
    .where('id', '=', payoutId)
    .where('state', 'in', ['SENT', 'ACCEPTED', 'UNKNOWN'])
    .executeTakeFirst();
  return settled.numUpdatedRows === 1n;
}

/** Cancels a payout that was never released. */
export async function cancelReadyPayouts(db: Queryable, applicationId: string): Promise<void> {
  await db
    .updateTable('payouts')
    .set({ state: 'CANCELLED', settled_at: sql<Date>`now()` })
    .where('application_id', '=', applicationId)
    .where('state', '=', 'READY')
    .execute();
}

export interface RetryProposal {
  readonly action: PayoutRetryRow['action'];
  readonly proposedBy: string;
  readonly approvedBy: string | null;
}

export async function readProposal(
  db: Queryable,
  payoutId: string,
): Promise<RetryProposal | undefined> {
  return await db
    .selectFrom('payout_retries')
    .select(['action', 'proposed_by as proposedBy', 'approved_by as approvedBy'])
    .where('payout_id', '=', payoutId)
    .executeTakeFirst();
}

export async function propose(
  tx: Tx,
  proposal: {
    readonly payoutId: string;
    readonly action: PayoutRetryRow['action'];
    readonly by: string;
    readonly reason: string;
  },
): Promise<void> {
  await tx
    .insertInto('payout_retries')
    .values({
      payout_id: proposal.payoutId,
      action: proposal.action,
      proposed_by: proposal.by,
      reason: proposal.reason,
    })
    .execute();
}

/** A constraint refuses the proposer as approver. */
export async function approve(tx: Tx, payoutId: string, by: string, at: Date): Promise<void> {
  await tx
    .updateTable('payout_retries')
    .set({ approved_by: by, approved_at: at })
    .where('payout_id', '=', payoutId)
    .execute();
}
