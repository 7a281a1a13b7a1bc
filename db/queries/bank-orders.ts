/** Reads and writes of orders to the bank in service: debits of the borrower's card and refunds to it, the row before the call. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';
import type { BankOrderRow } from '../schema/servicing.ts';

export interface BankOrder {
  readonly requestNo: string;
  readonly loanId: string;
  readonly kind: BankOrderRow['kind'];
  readonly step: string;
  readonly amountFen: Fen;
  readonly state: BankOrderRow['state'];
  readonly reason: string | null;
  readonly proposedBy: string | null;
  readonly decidedBy: string | null;
  readonly bankReference: string | null;
  readonly failureCode: string | null;
  readonly orderedOn: string;
}

function selectOrders(db: Queryable) {
  return db
    .selectFrom('bank_orders')
    .select([
      'request_no as requestNo',
      'loan_id as loanId',
      'kind',
      'step',
      'amount_fen as amountFen',
      'state',
      'reason',
      'proposed_by as proposedBy',
      'decided_by as decidedBy',
      'bank_reference as bankReference',
      'failure_code as failureCode',
      'ordered_on as orderedOn',
    ]);
}

export type NewOrder = Pick<
  BankOrder,
  'requestNo' | 'loanId' | 'kind' | 'step' | 'amountFen' | 'orderedOn'
> & {
  readonly state: 'PROPOSED' | 'READY';
  readonly reason: string | null;
  readonly proposedBy: string | null;
};

/** Writes an order before anything is asked of the bank; false when the step has one, or another one is under way. */
export async function storeOrder(tx: Tx, order: NewOrder): Promise<boolean> {
  const stored = await tx
    .insertInto('bank_orders')
    .values({
      request_no: order.requestNo,
      loan_id: order.loanId,
      kind: order.kind,
      step: order.step,
      amount_fen: order.amountFen,
      state: order.state,
      reason: order.reason,
      proposed_by: order.proposedBy,
      ordered_on: order.orderedOn,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('request_no')
    .executeTakeFirst();
  return stored !== undefined;
}

/** One order, or undefined. */
export async function readOrder(db: Queryable, requestNo: string): Promise<BankOrder | undefined> {
  return await selectOrders(db).where('request_no', '=', requestNo).executeTakeFirst();
}

/** One order, locked, or undefined. */
export async function lockOrder(tx: Tx, requestNo: string): Promise<BankOrder | undefined> {
  return await selectOrders(tx).where('request_no', '=', requestNo).forUpdate().executeTakeFirst();
}

/** Orders of a loan, newest first. */
export async function listOrders(db: Queryable, loanId: string): Promise<readonly BankOrder[]> {
  return await selectOrders(db)
    .where('loan_id', '=', loanId)
    .orderBy('recorded_at', 'desc')
    .orderBy('request_no')
    .execute();
}

/** Says that an order is being sent; false when it was sent before, so that the bank is asked first. */
export async function markOrderSent(db: Queryable, requestNo: string): Promise<boolean> {
  const row = await db
    .updateTable('bank_orders')
    .set({ state: 'SENT', sent_at: sql<Date>`now()` })
    .where('request_no', '=', requestNo)
    .where('state', '=', 'READY')
    .returning('request_no')
    .executeTakeFirst();
  return row !== undefined;
}

/** Settles the bank's word; what is paid or refused stays so. False when it was settled for good before. */
export async function settleOrder(
  tx: Tx,
  requestNo: string,
  settlement: {
    readonly state: 'UNKNOWN' | 'PAID' | 'REFUSED';
    readonly bankReference: string | null;
    readonly failureCode: string | null;
  },
): Promise<boolean> {
  const { state } = settlement;
  const row = await tx
    .updateTable('bank_orders')
    .set({
      state,
      bank_reference: settlement.bankReference,
      failure_code: settlement.failureCode,
      ...(state === 'UNKNOWN' ? {} : { settled_at: sql<Date>`now()` }),
    })
    .where('request_no', '=', requestNo)
    .where('state', 'in', ['READY', 'SENT', 'UNKNOWN'])
    .returning('request_no')
    .executeTakeFirst();
  return row !== undefined;
}

/** Records what a second person decided on a proposed order; the database refuses the proposer. */
export async function decideOrder(
  tx: Tx,
  requestNo: string,
  decision: { readonly state: 'READY' | 'REJECTED'; readonly by: string },
): Promise<void> {
  await tx
    .updateTable('bank_orders')
    .set({ state: decision.state, decided_by: decision.by })
    .where('request_no', '=', requestNo)
    .where('state', '=', 'PROPOSED')
    .execute();
}

/** Which loan and kind of order bears this number, or undefined. */
export async function findOrder(
  db: Queryable,
  requestNo: string,
): Promise<Pick<BankOrder, 'loanId' | 'kind'> | undefined> {
  return await db
    .selectFrom('bank_orders')
    .select(['loan_id as loanId', 'kind'])
    .where('request_no', '=', requestNo)
    .executeTakeFirst();
}

export interface UnmatchedMoney {
  readonly noticeId: string;
  readonly loanId: string | null;
  readonly cause: 'NO_SUCH_LOAN' | 'LOAN_CLOSED';
  readonly amountFen: Fen;
  readonly bankReference: string;
}

/** Opens a case of finance for money that no open loan is there for; the same money once, however often it is told. */
export async function storeUnmatched(db: Queryable, money: UnmatchedMoney): Promise<void> {
  await db
    .insertInto('unmatched_money')
    .values({
      notice_id: money.noticeId,
      loan_id: money.loanId,
      cause: money.cause,
      amount_fen: money.amountFen,
      bank_reference: money.bankReference,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** Unmatched money that is not closed and that no loan has counted meanwhile, oldest first. */
export async function listUnmatched(db: Queryable) {
  return await db
    .selectFrom('unmatched_money')
    .select([
      'notice_id as noticeId',
      'loan_id as loanId',
      'cause',
      'amount_fen as amountFen',
      'bank_reference as bankReference',
      'state',
      'recorded_at as recordedAt',
      'action',
      'assigned_loan_id as assignedLoanId',
      'reason',
      'proposed_by as proposedBy',
      'decided_by as decidedBy',
      'failure_code as failureCode',
    ])
    .where('state', '<>', 'CLOSED')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('repayments as r')
            .select('r.notice_id')
            .whereRef('r.bank_reference', '=', 'unmatched_money.bank_reference'),
        ),
      ),
    )
    .orderBy('recorded_at')
    .limit(500)
    .execute();
}
