/** Orders to the bank in service: the row before the call, its number asked about before it is sent again, money counted once. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { subtractFen, ZERO_FEN } from '../../domain/money.ts';
import { type DebitPlan, planDebit } from '../../domain/service-debit.ts';
import { takeIn } from '../../domain/service-quote.ts';
import type { Tx } from '../../db/database.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  type BankOrder,
  listOrders,
  lockOrder,
  markOrderSent,
  readOrder,
  settleOrder,
  storeOrder,
} from '../../db/queries/bank-orders.ts';
import { readPayout } from '../../db/queries/disburse.ts';
import { setPending } from '../../db/queries/journey.ts';
import { closeCases, hasOpenCase, openCase } from '../../db/queries/operations.ts';
import { readAccountRow, writeAccount } from '../../db/queries/servicing.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { requestNumber } from '../outside.ts';
import { type OutsideAnswer, OutsideFailure } from '../ports/answers.ts';
import type { TransferStatus } from '../ports/bank.ts';
import { EVENT_KEY, post } from '../posting.ts';
import { cancellationSignal } from '../signal.ts';
import { type Book, dayOf, openBook } from './account.ts';
import { countMoney } from './repay.ts';

export interface PlanInput {
  readonly loanId: string;
  /** Business date and hour in Shanghai by the workflow's clock. */
  readonly today: string;
  readonly hour: number;
}

export interface OrderPlan {
  /** The order that is to be sent or asked about now; null when there is none. */
  readonly requestNo: string | null;
  /**
   * The order was written by this very call, for all that is owed: once it is paid, no later moment of a debit matters. An
   * answer that an older release recorded says nothing of it, and its run looks at the next moment.
   */
  readonly isNew: boolean;
  /** The next moment at which a debit may be due; null when none is. */
  readonly next: DebitPlan['next'];
}

const UNDER_WAY: ReadonlySet<BankOrder['state']> = new Set(['READY', 'SENT', 'UNKNOWN']);

/** Finds what is under way at the bank, or writes the debit that is due now. */
export async function planOrder(deps: ActivityDeps, input: PlanInput): Promise<OrderPlan> {
  const { loanId, today, hour } = input;
  return await deps.db.transaction().execute(async (tx) => {
    const book = await openBook(deps, tx, loanId);
    const orders = await listOrders(tx, loanId);
    const open = orders.find(({ state }) => UNDER_WAY.has(state));
    const rule = {
      hours: book.policy('service.debitHours'),
      days: book.policy('service.debitDays'),
    };
    const on = dayOf(book.account, today);
    const { account } = takeIn(book.account, on, ZERO_FEN, null, book.payableUntil);
    const plan = planDebit(
      account,
      { day: on, hour },
      rule,
      new Set(orders.map(({ step }) => step)),
    );
    if (open !== undefined) return { requestNo: open.requestNo, isNew: false, next: plan.next };
    if (plan.due === null) return { requestNo: null, isNew: false, next: plan.next };
    const { step, amountFen } = plan.due;
    const requestNo = requestNumber(book.row.applicationId, `${loanId}:${step}`);
    await storeOrder(tx, {
      requestNo,
      loanId,
      kind: 'DEBIT',
      step,
      amountFen,
      orderedOn: on,
      state: 'READY',
      reason: null,
      proposedBy: null,
    });
    return { requestNo, isNew: true, next: plan.next };
  });
}

type Heard =
  | { readonly kind: 'PAID'; readonly reference: string }
  | { readonly kind: 'REFUSED'; readonly code: string }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'NO_ANSWER' };

function said(answer: OutsideAnswer<TransferStatus>): Heard {
  if (answer.kind === 'NO_RECORD') return { kind: 'NOT_FOUND' };
  const { data } = answer;
  switch (data.status) {
    case 'PAID':
      return { kind: 'PAID', reference: data.bankReference };
    case 'REFUSED':
      return { kind: 'REFUSED', code: data.reason };
    case 'ACCEPTED':
      return { kind: 'NO_ANSWER' };
  }
}

/** A first order that the bank would not even take is refused; where it may be under way, nothing is known. */
async function heard(
  sending: 'FIRST' | 'AGAIN',
  ask: () => Promise<OutsideAnswer<TransferStatus>>,
): Promise<Heard> {
  try {
    return said(await ask());
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
    return error.retryable || sending === 'AGAIN'
      ? { kind: 'NO_ANSWER' }
      : { kind: 'REFUSED', code: error.code };
  }
}

/** Asks the bank to move the money of an order between the lender and the card that the loan was paid to. */
async function move(
  deps: ActivityDeps,
  order: BankOrder,
  sending: 'FIRST' | 'AGAIN',
): Promise<Heard> {
  const row = await readAccountRow(deps.db, order.loanId);
  const payout = row === undefined ? undefined : await readPayout(deps.db, row.payoutId);
  if (row === undefined || payout === undefined) throw finalFailure('NO_SUCH_LOAN');
  const cipher = await deps.vault.of(deps.db, row.applicationId);
  const { card } = cipher.openJson(
    'payouts.sealed_account',
    payout.id,
    payout.sealedAccount,
    (value) => z.object({ card: z.string() }).parse(value),
  );
  const { requestNo, amountFen } = order;
  const signal = cancellationSignal();
  const { bank } = deps.ports;
  if (order.kind === 'DEBIT')
    return await heard(sending, () =>
      bank.debit({ requestNo, signal, card, amountFen, loanReference: row.number }),
    );
  const form = await loadForm(deps.db, cipher, row.applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  const { name: holderName } = form.identity;
  return await heard(sending, () =>
    bank.transfer({ requestNo, signal, amountFen, toCard: card, holderName, purpose: row.number }),
  );
}

async function query(deps: ActivityDeps, order: BankOrder): Promise<Heard> {
  const requestNo = `XQ${randomUUID().replaceAll('-', '').slice(0, 30).toUpperCase()}`;
  return await heard('AGAIN', () =>
    deps.ports.bank.query({ requestNo, signal: cancellationSignal(), of: order.requestNo }),
  );
}

/** How an order stands after asking the bank. */
export interface OrderOutcome {
  readonly state: 'UNKNOWN' | 'PAID' | 'REFUSED';
}

/** The money of a paid order, in the transaction that settles it: a debit is a repayment, a refund leaves what is held. */
async function bookPaid(
  deps: ActivityDeps,
  tx: Tx,
  order: BankOrder,
  reference: string,
  today: string,
) {
  const { loanId, requestNo, amountFen } = order;
  if (order.kind === 'DEBIT') {
    const noticeId = `debit:${requestNo}`;
    await countMoney(deps, tx, { loanId, noticeId, bankReference: reference, amountFen, today });
    return;
  }
  const row = await readAccountRow(tx, loanId);
  if (row === undefined) throw finalFailure('NO_SUCH_LOAN');
  await post(
    tx,
    { kind: 'OVERPAYMENT_REFUNDED', amountFen },
    { eventKey: EVENT_KEY.refunded(requestNo), loanId, postedOn: today },
  );
  await writeAccount(tx, loanId, {
    servicedTo: row.servicedTo ?? row.disbursedOn,
    unappliedFen: subtractFen(row.unappliedFen, amountFen),
  });
}

/** Opens the case of an order in doubt once its patience is over, and closes it with the bank's word. */
async function keepCase(
  tx: Tx,
  { kind, requestNo }: BankOrder,
  { row, place }: Book,
  state: OrderOutcome['state'],
  tellPeople: boolean,
): Promise<void> {
  const { applicationId } = row;
  const step = kind === 'DEBIT' ? 'service.debit' : 'service.refund';
  if (state !== 'UNKNOWN') {
    await closeCases(tx, applicationId, step);
    if (place.pending === 'OPERATOR' && !(await hasOpenCase(tx, applicationId)))
      await setPending(tx, applicationId, null);
    return;
  }
  if (!tellPeople) return;
  const cause = `service.order:${requestNo}`;
  await openCase(tx, { applicationId, step, failureCode: 'ORDER_UNKNOWN', cause });
}

async function settle(
  deps: ActivityDeps,
  order: BankOrder,
  answer: Heard,
  { today, tellPeople }: { readonly today: string; readonly tellPeople: boolean },
): Promise<OrderOutcome> {
  return await deps.db.transaction().execute(async (tx) => {
    // The loan first, as everywhere: two that settle the same order wait for each other and none for ever.
    const book = await openBook(deps, tx, order.loanId);
    const state = answer.kind === 'PAID' || answer.kind === 'REFUSED' ? answer.kind : 'UNKNOWN';
    const settled = await settleOrder(tx, order.requestNo, {
      state,
      bankReference: answer.kind === 'PAID' ? answer.reference : null,
      failureCode: answer.kind === 'REFUSED' ? answer.code : null,
    });
    if (!settled) return outcomeOf((await lockOrder(tx, order.requestNo)) ?? order);
    if (answer.kind === 'PAID') await bookPaid(deps, tx, order, answer.reference, today);
    await keepCase(tx, order, book, state, tellPeople);
    if (state !== 'UNKNOWN')
      await recordAudit(tx, {
        actor: 'bank',
        role: null,
        action: order.kind === 'DEBIT' ? 'loan.debit' : 'loan.refund',
        subjectKind: 'loan',
        subjectId: order.loanId,
        result: state === 'PAID' ? 'DONE' : 'FAILED',
        detail: {
          requestNo: order.requestNo,
          step: order.step,
          amountFen: order.amountFen,
          code: answer.kind === 'REFUSED' ? answer.code : null,
        },
      });
    return { state };
  });
}

const outcomeOf = ({ state }: BankOrder): OrderOutcome => ({
  state: state === 'PAID' || state === 'REFUSED' ? state : 'UNKNOWN',
});

export interface OrderInput {
  readonly loanId: string;
  readonly requestNo: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
  /** Opens a case for operations should the bank still not say what became of the order. */
  readonly tellPeople?: boolean;
}

/**
 * Sends an order, or asks what became of one that was sent: the bank is asked by its number first, and the same number is
 * sent again only when the bank never saw it. What is settled for good needs no bank.
 */
export async function carryOutOrder(deps: ActivityDeps, input: OrderInput): Promise<OrderOutcome> {
  const { requestNo, today } = input;
  const settleOn = (order: BankOrder, answer: Heard) =>
    settle(deps, order, answer, { today, tellPeople: input.tellPeople === true });
  const order = await readOrder(deps.db, requestNo);
  if (order === undefined || order.loanId !== input.loanId) throw finalFailure('NO_SUCH_ORDER');
  if (!UNDER_WAY.has(order.state)) return outcomeOf(order);
  if (await markOrderSent(deps.db, requestNo))
    return await settleOn(order, await move(deps, order, 'FIRST'));
  const known = await query(deps, order);
  const answer = known.kind === 'NOT_FOUND' ? await move(deps, order, 'AGAIN') : known;
  return await settleOn(order, answer);
}
