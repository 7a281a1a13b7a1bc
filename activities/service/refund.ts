/** Money that is held for a borrower goes back by two people of finance: one proposes, another approves. */
import type { Actor } from '../../domain/journey.ts';
import { type Fen, ZERO_FEN } from '../../domain/money.ts';
import { takeIn } from '../../domain/service-quote.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  type BankOrder,
  decideOrder,
  lockOrder,
  storeOrder,
} from '../../db/queries/bank-orders.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Recorded } from '../outcomes.ts';
import { type Book, dayOf, openBook } from './account.ts';

export interface RefundAct {
  readonly applicationId: string;
  readonly loanId: string;
  readonly requestNo: string;
  readonly step: 'PROPOSE' | 'APPROVE' | 'REJECT';
  readonly amountFen?: Fen;
  readonly reason: string;
  readonly actor: Actor;
  readonly cause: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

const ROLE_OF_STEP = {
  PROPOSE: 'finance-maker',
  APPROVE: 'finance-checker',
  REJECT: 'finance-checker',
} as const;

/** What is held on a day, after what has fallen due by it has taken its part. */
function heldOn(book: Book, today: string): Fen {
  const on = dayOf(book.account, today);
  return takeIn(book.account, on, ZERO_FEN, null, book.payableUntil).account.unappliedFen;
}

async function audited(tx: Tx, act: RefundAct, amountFen: Fen): Promise<void> {
  await recordAudit(tx, {
    actor: act.actor.subject,
    role: act.actor.role,
    action: `loan.refund.${act.step.toLowerCase()}`,
    subjectKind: 'loan',
    subjectId: act.loanId,
    result: 'DONE',
    reason: act.reason,
    detail: { requestNo: act.requestNo, amountFen },
  });
}

async function put(tx: Tx, book: Book, act: RefundAct): Promise<Recorded> {
  const { loanId, requestNo, amountFen, actor } = act;
  const known = await lockOrder(tx, requestNo);
  if (known !== undefined)
    return known.loanId === loanId && known.proposedBy === actor.subject
      ? { ok: true, ...book.place }
      : { ok: false, code: 'ALREADY_PROPOSED' };
  const isAmount = amountFen !== undefined && Number.isSafeInteger(amountFen) && amountFen > 0;
  if (!isAmount || amountFen > heldOn(book, act.today)) return { ok: false, code: 'NOT_HELD' };
  const stored = await storeOrder(tx, {
    requestNo,
    loanId,
    kind: 'REFUND',
    step: `refund:${requestNo}`,
    amountFen,
    orderedOn: dayOf(book.account, act.today),
    state: 'PROPOSED',
    reason: act.reason,
    proposedBy: actor.subject,
  });
  if (!stored) return { ok: false, code: 'ALREADY_PROPOSED' };
  await audited(tx, act, amountFen);
  return { ok: true, ...book.place };
}

async function decide(tx: Tx, book: Book, act: RefundAct, order: BankOrder): Promise<Recorded> {
  if (order.proposedBy === act.actor.subject) return { ok: false, code: 'FOUR_EYES' };
  const isRepeated = order.decidedBy === act.actor.subject;
  const isRejected = order.state === 'REJECTED';
  if (order.state !== 'PROPOSED')
    return isRepeated && isRejected === (act.step === 'REJECT')
      ? { ok: true, ...book.place }
      : { ok: false, code: 'NO_PROPOSAL' };
  // A due date between the proposal and now may have taken the money.
  if (act.step === 'APPROVE' && order.amountFen > heldOn(book, act.today))
    return { ok: false, code: 'NOT_HELD' };
  const state = act.step === 'APPROVE' ? 'READY' : 'REJECTED';
  await decideOrder(tx, order.requestNo, { state, by: act.actor.subject });
  await audited(tx, act, order.amountFen);
  return { ok: true, ...book.place };
}

/** Proposes, approves or rejects a refund. What is approved is kept out of what due dates take, and servicing sends it. */
export async function refundHeld(deps: ActivityDeps, act: RefundAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { loanId, actor, step } = act;
    const book = await openBook(deps, tx, loanId);
    if (book.row.applicationId !== act.applicationId) return { ok: false, code: 'NOT_FOUND' };
    if (actor.role !== ROLE_OF_STEP[step]) return { ok: false, code: 'ROLE_DOES_NOT_FIT' };
    if (book.ownerSubject === actor.subject) return { ok: false, code: 'SELF_APPROVAL' };
    if (step === 'PROPOSE') return await put(tx, book, act);
    const order = await lockOrder(tx, act.requestNo);
    if (order === undefined || order.loanId !== loanId || order.kind !== 'REFUND')
      return { ok: false, code: 'NO_SUCH_REFUND' };
    return await decide(tx, book, act, order);
  });
}
