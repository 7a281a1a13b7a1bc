/** Puts business events on the books, inside the transaction that records them: whoever moves money or what is owed calls it. */
import type { Tx } from '../db/database.ts';
import { accrueInstalments, type Posting, postJournal } from '../db/queries/ledger.ts';
import { isWrittenOff } from '../db/queries/loan-acts.ts';
import { type BusinessEvent, journalOf } from '../domain/ledger.ts';
import { offTheBooks } from '../domain/write-off.ts';

/** Names of events for good: the same business fact always has the same key, whichever attempt records it. */
export const EVENT_KEY = {
  disbursed: (payoutId: string) => `disbursed:${payoutId}`,
  disbursementReturned: (payoutId: string) => `disbursement-returned:${payoutId}`,
  interest: (loanId: string, version: number, number: number) =>
    `interest:${loanId}:${version}:${number}`,
  fee: (loanId: string, version: number, number: number) => `fee:${loanId}:${version}:${number}`,
  repayment: (noticeId: string) => `repayment:${noticeId}`,
  penalty: (loanId: string, number: number, from: string) => `penalty:${loanId}:${number}:${from}`,
  penaltyRecounted: (noticeId: string) => `penalty-recounted:${noticeId}`,
  unappliedUsed: (loanId: string, version: number, on: string) =>
    `unapplied:${loanId}:${version}:${on}`,
  prepaymentFee: (loanId: string, version: number) => `prepayment-fee:${loanId}:${version}`,
  prepaid: (loanId: string, version: number) => `prepaid:${loanId}:${version}`,
  coolingOff: (loanId: string) => `cooling-off:${loanId}`,
  rescheduledInterest: (loanId: string, version: number) => `rescheduled:${loanId}:${version}`,
  unmatched: (noticeId: string) => `unmatched:${noticeId}`,
  unmatchedReturned: (noticeId: string) => `unmatched-returned:${noticeId}`,
  unmatchedAssigned: (noticeId: string) => `unmatched-assigned:${noticeId}`,
  unmatchedUsed: (noticeId: string) => `unmatched-used:${noticeId}`,
  refunded: (requestNo: string) => `refunded:${requestNo}`,
  writtenOff: (loanId: string) => `written-off:${loanId}`,
} as const;

/** Which event of which loan, on which business date. */
export interface Booking {
  readonly eventKey: string;
  readonly loanId: string | null;
  /** Business date on which the event is booked. */
  readonly postedOn: string;
  /** The event's own date where that is earlier. */
  readonly occurredOn?: string;
}

/**
 * Posts the journal of an event, once per key. What happens to a loan that is written off is posted as what it is then:
 * money is a recovery, and claims that grow are on no book. Gives the posting of the event's own key.
 * @throws JournalDiffers when the key stands for other figures
 */
export async function post(tx: Tx, event: BusinessEvent, booking: Booking): Promise<Posting> {
  const { loanId, eventKey } = booking;
  const instead = offTheBooks(event);
  if (instead === null || loanId === null || !(await isWrittenOff(tx, loanId)))
    return await postJournal(tx, { ...journalOf(event), ...booking });
  const { own, held } = instead;
  if (held !== null)
    await postJournal(tx, { ...journalOf(held), ...booking, eventKey: `${eventKey}:held` });
  if (own === null) return { kind: 'NOTHING_TO_POST' };
  return await postJournal(tx, { ...journalOf(own), ...booking });
}

export interface Accrual {
  readonly loanId: string;
  /** Business date: whatever fell due by it becomes a claim, each instalment on its own due date. */
  readonly today: string;
  /** Instalments of which interest or fee is paid now though they fall due later: they become a claim today. */
  readonly paidAhead: readonly number[];
}

/**
 * Makes interest and fees receivable that fell due by today or are paid today, each once. Called before a repayment is
 * posted, so that no receivable is ever paid before it stands on the books.
 */
export async function accrueDue(tx: Tx, accrual: Accrual): Promise<void> {
  const { loanId } = accrual;
  for (const part of await accrueInstalments(tx, accrual)) {
    const { version, number, accruedOn: postedOn, interestFen, feeFen } = part;
    const interest = { kind: 'INTEREST_ACCRUED', interestFen } as const;
    const fee = { kind: 'FEE_CHARGED', feeFen } as const;
    await post(tx, interest, {
      eventKey: EVENT_KEY.interest(loanId, version, number),
      loanId,
      postedOn,
    });
    await post(tx, fee, { eventKey: EVENT_KEY.fee(loanId, version, number), loanId, postedOn });
  }
}
