/** Looks at a loan on a day: how late it is, whether it is settled, and when to look again. */
import { addDays } from '../../domain/calendar.ts';
import { COLLECTION } from '../../domain/desk-kinds.ts';
import { policyOf } from '../../domain/policy.ts';
import { ZERO_FEN } from '../../domain/money.ts';
import { daysPastDue, nextWakeUp, settled } from '../../domain/service.ts';
import { takeIn } from '../../domain/service-quote.ts';
import { graceDaysOf } from '../../domain/service-terms.ts';
import type { Tx } from '../../db/database.ts';
import { isStillReturned } from '../../db/queries/payout-returns.ts';
import { closeCollection, openCollection } from '../../db/queries/desk-tasks.ts';
import { writeLoanState } from '../../db/queries/service.ts';
import { writeSettledReason } from '../../db/queries/servicing.ts';
import type { ActivityDeps } from '../deps.ts';
import { policyFor } from '../rulebooks.ts';
import { settleWhenOver } from '../settling.ts';
import { dayOf, openBook, recordTaken, standingAsk } from './account.ts';

export interface ReviewInput {
  readonly loanId: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

export interface LoanStanding {
  readonly state: 'ACTIVE' | 'OVERDUE' | 'SETTLED' | 'RETURNED';
  readonly daysPastDue: number;
  /** Next day on which something changes by the calendar alone; null once settled. */
  readonly nextOn: string | null;
}

/** An unpaid loan that has passed its last bucket is still looked at once a month. */
const LATE_LOOK_DAYS = 30;

/**
 * Somebody of ours speaks with a borrower who is late for longer than the house waits, until what was late is paid. Gives the
 * day on which that begins while it lies ahead.
 */
async function collect(
  deps: ActivityDeps,
  tx: Tx,
  loan: {
    readonly loanId: string;
    readonly applicationId: string;
    readonly late: number;
    readonly today: string;
  },
): Promise<string | null> {
  const { loanId, applicationId, late, today } = loan;
  if (late === 0) {
    await closeCollection(tx, loanId, new Date());
    return null;
  }
  // What the house does for its borrowers holds for every loan from the day it is in force, whatever the loan has pinned.
  const policy = policyOf(await deps.rulebooks.newestPolicy(tx), today, 'BANK');
  const from = policy('service.collectionFromDays');
  if (late < from) return addDays(today, from - late);
  const slaDueAt = new Date(Date.now() + policy('review.slaMinutes') * 60_000);
  await openCollection(tx, { loanId, applicationId, roles: COLLECTION.roles, slaDueAt });
  return null;
}

export async function reviewLoan(
  deps: ActivityDeps,
  { loanId, today }: ReviewInput,
): Promise<LoanStanding> {
  return await deps.db.transaction().execute(async (tx) => {
    const book = await openBook(deps, tx, loanId);
    const { applicationId } = book.row;
    // Money that came back: nothing is due, and the loan is looked at each day until it is paid again or given up.
    if (book.row.state === 'RETURNED') {
      const waits = await isStillReturned(tx, loanId);
      return { state: 'RETURNED', daysPastDue: 0, nextOn: waits ? addDays(today, 1) : null };
    }
    const on = dayOf(book.account, today);
    const taken = takeIn(
      book.account,
      on,
      ZERO_FEN,
      await standingAsk(tx, loanId, on),
      book.payableUntil,
    );
    await recordTaken(tx, book, taken, { on, noticeId: null });
    const { instalments, unappliedFen } = taken.account;
    if (settled(instalments)) {
      await writeSettledReason(tx, loanId, 'PAID');
      await writeLoanState(tx, loanId, 'SETTLED', 0);
      await closeCollection(tx, loanId, new Date());
      await settleWhenOver(tx, applicationId, `service.settle:${loanId}`);
      // Money of the borrower that is held, or an order whose end is not known, keeps the servicing open.
      const isOpen = unappliedFen > 0 || book.row.orderUnderWay;
      const nextOn = isOpen ? addDays(on, LATE_LOOK_DAYS) : null;
      return { state: 'SETTLED', daysPastDue: 0, nextOn };
    }
    const policy = policyFor(book.rules, today);
    const late = daysPastDue(instalments, today, graceDaysOf(book.rules.product, policy));
    const state = late > 0 ? 'OVERDUE' : 'ACTIVE';
    await writeLoanState(tx, loanId, state, late);
    const collectOn = await collect(deps, tx, { loanId, applicationId, late, today });
    const byCalendar =
      nextWakeUp(instalments, today, policy('service.dpdBuckets')) ??
      addDays(today, LATE_LOOK_DAYS);
    const nextOn = collectOn !== null && collectOn < byCalendar ? collectOn : byCalendar;
    return { state, daysPastDue: late, nextOn };
  });
}
