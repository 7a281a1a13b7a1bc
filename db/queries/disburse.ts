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
  /** What the borrower receives. */
  readonly amountFen: Fen;
  /** Which part of the contract it is, and what becomes principal with it; the whole of the contract unless told. */
  readonly part?: { readonly tranche: number; readonly principalFen: Fen };
  readonly sealedAccount: Buffer;
  readonly state: 'READY' | 'RELEASED';
  /** The two people behind a further attempt; null for the first. */
  readonly retry: { readonly proposedBy: string; readonly approvedBy: string } | null;
}

/**
 * Writes a payout. The index on live payouts refuses a second one of the same part that could reach the borrower, and a trigger
 * whatever would be above the contract's principal.
 */
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
      tranche: payout.part?.tranche ?? 1,
      principal_fen: payout.part?.principalFen ?? null,
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
  /** Which part of the contract it is, from 1. */
  readonly tranche: number;
  /** What becomes principal with it; null for the whole of the contract. */
  readonly principalFen: Fen | null;
  readonly sealedAccount: Buffer;
  readonly state: PayoutState;
  readonly firstReleasedBy: string | null;
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
      'p.tranche',
      'p.principal_fen as principalFen',
      'p.sealed_account as sealedAccount',
      'p.state',
      'p.first_released_by as firstReleasedBy',
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

/** The newest attempt of an application to pay one part, or undefined. */
export async function latestPayout(
  db: Queryable,
  applicationId: string,
  tranche = 1,
): Promise<Payout | undefined> {
  return await selectPayouts(db)
    .where('p.application_id', '=', applicationId)
    .where('p.tranche', '=', tranche)
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

/**
 * Everybody who has released, first or last, a payout of the same part other than the given one and those cancelled. Parts are
 * payments of their own, each for the first time: who released one may release the next.
 */
export async function releasersOf(
  db: Queryable,
  applicationId: string,
  exceptPayoutId: string,
  tranche: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('payouts')
    .select(['first_released_by', 'released_by'])
    .where('application_id', '=', applicationId)
    .where('id', '<>', exceptPayoutId)
    .where('tranche', '=', tranche)
    .where('state', '<>', 'CANCELLED')
    .execute();
  return rows.flatMap((row) =>
    [row.first_released_by, row.released_by].filter((subject) => subject !== null),
  );
}

/** Keeps a maker's release that waits for a checker; the payout stays as it is. */
export async function markFirstRelease(
  tx: Tx,
  payoutId: string,
  { subject, at }: { readonly subject: string; readonly at: Date },
): Promise<void> {
  await tx
    .updateTable('payouts')
    .set({ first_released_by: subject, first_released_at: at })
    .where('id', '=', payoutId)
    .where('state', '=', 'READY')
    .execute();
}

/** Marks a payout as released by the last of the people that it needs. A constraint refuses a second release by the first. */
export async function markReleased(
  tx: Tx,
  payoutId: string,
  subject: string,
  releasesNeeded: 1 | 2,
): Promise<void> {
  await tx
    .updateTable('payouts')
    .set({ state: 'RELEASED', released_by: subject, releases_needed: releasesNeeded })
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
