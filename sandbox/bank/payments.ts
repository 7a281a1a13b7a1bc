/** Payments of the bank: what was asked, where the money stands, and how it comes to rest. */
import type { Transaction } from '@electric-sql/pglite';
import { LENDER_ACCOUNT, move, post, SUSPENSE_ACCOUNT } from './books.ts';

export type PaymentKind = 'TRANSFER' | 'DEBIT' | 'MICRO_DEPOSIT' | 'REPAYMENT';
/** ACCEPTED waits in suspense; RETURNED came back after it was paid. */
export type PaymentStatus = 'ACCEPTED' | 'PAID' | 'REFUSED' | 'RETURNED';

export interface Payment {
  readonly appId: string;
  readonly requestNo: string;
  readonly kind: PaymentKind;
  readonly payer: string;
  readonly payee: string;
  readonly amountFen: number;
  readonly status: PaymentStatus;
  /** Why it was refused or returned. */
  readonly reason: string | null;
  readonly bankReference: string;
  readonly loanReference: string | null;
  /** How an accepted payment will end. */
  readonly willBe: 'PAID' | 'REFUSED' | null;
  readonly settleAt: Date | null;
  /** Disturbance of the callback, `PLAIN` for none. */
  readonly callback: string;
  readonly callbackDelayMs: number | null;
  readonly receivedAt: Date;
  readonly settledAt: Date | null;
}

interface PaymentRow {
  readonly app_id: string;
  readonly request_no: string;
  readonly kind: PaymentKind;
  readonly payer: string;
  readonly payee: string;
  readonly amount_fen: number;
  readonly status: PaymentStatus;
  readonly reason: string | null;
  readonly bank_reference: string;
  readonly loan_reference: string | null;
  readonly will_be: 'PAID' | 'REFUSED' | null;
  readonly settle_at: Date | null;
  readonly callback: string;
  readonly callback_delay_ms: number | null;
  readonly received_at: Date;
  readonly settled_at: Date | null;
}

function toPayment(row: PaymentRow): Payment {
  return {
    appId: row.app_id,
    requestNo: row.request_no,
    kind: row.kind,
    payer: row.payer,
    payee: row.payee,
    amountFen: row.amount_fen,
    status: row.status,
    reason: row.reason,
    bankReference: row.bank_reference,
    loanReference: row.loan_reference,
    willBe: row.will_be,
    settleAt: row.settle_at,
    callback: row.callback,
    callbackDelayMs: row.callback_delay_ms,
    receivedAt: row.received_at,
    settledAt: row.settled_at,
  };
}

/** Runs a query over the payments table; `tail` follows `select … from payments`. */
export async function selectPayments(
  tx: Pick<Transaction, 'query'>,
  tail: string,
  parameters: readonly unknown[] = [],
): Promise<readonly Payment[]> {
  const rows = await tx.query<PaymentRow>(`select * from payments ${tail}`, [...parameters]);
  return rows.rows.map(toPayment);
}

export async function findPayment(
  tx: Pick<Transaction, 'query'>,
  appId: string,
  requestNo: string,
): Promise<Payment | null> {
  const payments = await selectPayments(tx, 'where app_id = $1 and request_no = $2', [
    appId,
    requestNo,
  ]);
  return payments[0] ?? null;
}

/** Writes a payment and moves its money: at once when PAID, into suspense when ACCEPTED, not at all when REFUSED. */
export async function writePayment(tx: Transaction, payment: Payment): Promise<void> {
  await tx.query(
    `insert into payments (app_id, request_no, kind, payer, payee, amount_fen, status, reason, bank_reference, loan_reference,
       will_be, settle_at, callback, callback_delay_ms, received_at, settled_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      payment.appId,
      payment.requestNo,
      payment.kind,
      payment.payer,
      payment.payee,
      payment.amountFen,
      payment.status,
      payment.reason,
      payment.bankReference,
      payment.loanReference,
      payment.willBe,
      payment.settleAt,
      payment.callback,
      payment.callbackDelayMs,
      payment.receivedAt,
      payment.settledAt,
    ],
  );
  if (payment.status === 'REFUSED') return;
  const to = payment.status === 'ACCEPTED' ? SUSPENSE_ACCOUNT : payment.payee;
  await post(tx, {
    reason: payment.kind,
    reference: payment.bankReference,
    at: payment.receivedAt,
    entries: move(payment.payer, to, payment.amountFen),
  });
}

/** Brings an accepted payment to rest: to the payee, or back to the payer. */
export async function settlePayment(tx: Transaction, payment: Payment, at: Date): Promise<Payment> {
  const status = payment.willBe ?? 'PAID';
  const reason = status === 'REFUSED' ? 'REFUSED_BY_RECEIVING_BANK' : null;
  const to = status === 'PAID' ? payment.payee : payment.payer;
  await post(tx, {
    reason: `SETTLE_${status}`,
    reference: payment.bankReference,
    at,
    entries: move(SUSPENSE_ACCOUNT, to, payment.amountFen),
  });
  return finish(tx, payment, status, reason, at);
}

/** Gives back a payment that had been paid, as the receiving bank may do days later. */
export async function returnPayment(
  tx: Transaction,
  payment: Payment,
  reason: string,
  at: Date,
): Promise<Payment> {
  await post(tx, {
    reason: 'RETURN',
    reference: payment.bankReference,
    at,
    entries: move(payment.payee, LENDER_ACCOUNT, payment.amountFen),
  });
  return finish(tx, payment, 'RETURNED', reason, at);
}

async function finish(
  tx: Transaction,
  payment: Payment,
  status: PaymentStatus,
  reason: string | null,
  at: Date,
): Promise<Payment> {
  await tx.query(
    'update payments set status = $3, reason = $4, settled_at = $5 where app_id = $1 and request_no = $2',
    [payment.appId, payment.requestNo, status, reason, at],
  );
  return { ...payment, status, reason, settledAt: at };
}
