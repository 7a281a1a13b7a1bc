/** Counts a repayment: what is due is paid, the rest is held, once per notice and per bank reference. */
import { z } from 'zod';
import { type Fen, fen } from '../../domain/money.ts';
import { takeInLate, takenBack, valueDay } from '../../domain/service-recount.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { lastEventDay, storeRecounts } from '../../db/queries/late-money.ts';
import { readBankNotice, storeRepayment } from '../../db/queries/service.ts';
import { closeUnmatched, lockUnmatchedByReference } from '../../db/queries/unmatched.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { EVENT_KEY, post } from '../posting.ts';
import { type Book, dayOf, openBook, recordTaken, standingAsk } from './account.ts';
import { bookReceived } from './unmatched.ts';

export interface RepayInput {
  readonly loanId: string;
  readonly noticeId: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

const notice = z.object({
  amountFen: z.number().int().positive(),
  bankReference: z.string().min(1),
  /** When the bank had the money: by its notice an instant, by its statement the day. */
  occurredAt: z.iso.datetime({ offset: true }).optional(),
  bookedOn: z.iso.date().optional(),
});

/** Money of the borrower that the bank has booked. */
export interface Incoming {
  readonly loanId: string;
  readonly noticeId: string;
  readonly bankReference: string;
  readonly amountFen: Fen;
  readonly today: string;
  /** The bank's day of the money by the loan's clock; today where the bank names none. */
  readonly valueOn?: string;
}

/** The day from which money counts: the bank's, and not before anything else that happened to the loan. */
async function countsFrom(tx: Tx, { row, account }: Book, on: string, valueOn: string) {
  const floor = [account.disbursedOn, await lastEventDay(tx, row.id)].filter((day) => day !== null);
  const day = [valueOn, ...floor].reduce((latest, one) => (one > latest ? one : latest));
  return day < on ? day : on;
}

/** Counts money in its transaction. False when this notice or this bank reference is counted already. */
export async function countMoney(deps: ActivityDeps, tx: Tx, money: Incoming): Promise<boolean> {
  const { loanId, noticeId, amountFen } = money;
  const book = await openBook(deps, tx, loanId);
  const held = await lockUnmatchedByReference(tx, money.bankReference);
  // Money that lies on finance's desk is counted by the loan that two people have assigned it to, and by no other.
  const isAssigned =
    held?.state === 'APPROVED' && held.assigned_loan_id === loanId && held.notice_id === noticeId;
  if (held !== undefined && !isAssigned) return false;
  const on = dayOf(book.account, money.today);
  const ask = await standingAsk(tx, loanId, on);
  const valueOn = await countsFrom(tx, book, on, money.valueOn ?? on);
  const taken = takeInLate(book.account, { valueOn, on }, amountFen, ask, book.payableUntil);
  const counted = await storeRepayment(tx, {
    noticeId,
    loanId,
    bankReference: money.bankReference,
    amountFen,
    allocations: taken.allocations,
    unallocatedFen: taken.unappliedFen,
    receivedOn: on,
    valueOn,
  });
  if (!counted) return false;
  const penaltyFen = takenBack(taken.recounts);
  await storeRecounts(tx, loanId, noticeId, taken.recounts);
  await post(
    tx,
    { kind: 'PENALTY_WAIVED', penaltyFen },
    {
      eventKey: EVENT_KEY.penaltyRecounted(noticeId),
      loanId,
      postedOn: on,
      occurredOn: valueOn,
    },
  );
  if (held !== undefined) await bookReceived(tx, held);
  await recordTaken(tx, book, taken, { on, valueOn, noticeId, wasUnmatched: held !== undefined });
  if (held !== undefined) await closeUnmatched(tx, noticeId, null);
  await recordAudit(tx, {
    actor: 'bank',
    role: null,
    action: 'loan.repayment',
    subjectKind: 'loan',
    subjectId: loanId,
    result: 'DONE',
    detail: {
      noticeId,
      amountFen,
      unallocatedFen: taken.unappliedFen,
      prepaid: taken.prepaid?.plan.reason ?? null,
      valueOn,
      penaltyTakenBackFen: penaltyFen,
    },
  });
  return true;
}

export async function recordRepayment(deps: ActivityDeps, input: RepayInput): Promise<void> {
  const { loanId, noticeId, today } = input;
  await deps.db.transaction().execute(async (tx) => {
    const sealed = await readBankNotice(tx, noticeId);
    if (sealed === undefined) throw finalFailure('NO_SUCH_NOTICE');
    const cipher = await deps.vault.ofHouse(tx);
    const body = cipher.openJson('bank_notices.sealed_body', noticeId, sealed, (value) =>
      notice.parse(value),
    );
    const { bankReference, occurredAt, bookedOn } = body;
    const bankDay =
      bookedOn ?? (occurredAt === undefined ? null : businessDate(new Date(occurredAt)));
    await countMoney(deps, tx, {
      loanId,
      noticeId,
      bankReference,
      amountFen: fen(body.amountFen),
      today,
      ...(bankDay === null ? {} : { valueOn: valueDay(bankDay, businessDate(new Date()), today) }),
    });
  });
}
