/** A loan's account in its transaction: read with the loan locked, written back with everything that happened to it. */
import { REPAYMENT_METHODS } from '../../domain/loan-terms.ts';
import { addFen, ZERO_FEN } from '../../domain/money.ts';
import type { PolicyReader } from '../../domain/policy.ts';
import { annualRate } from '../../domain/rates.ts';
import { accountFrom, type LoanAccount, partsOf } from '../../domain/service-account.ts';
import { payableUntilBy } from '../../domain/service-holidays.ts';
import type { Taken } from '../../domain/service-quote.ts';
import type { PayableUntil, PrepaymentAsk, PrepaymentPlan } from '../../domain/service-schedule.ts';
import { type ServicingTerms, servicingTerms } from '../../domain/service-terms.ts';
import { sumParts } from '../../domain/service.ts';
import type { Tx } from '../../db/database.ts';
import { lockLoan, readInstalments } from '../../db/queries/service.ts';
import {
  type AccountRow,
  readAccountRow,
  replaceInstalments,
  storeAccruals,
  storeVersion,
  writeAccount,
  writeCharged,
  writeSettledReason,
} from '../../db/queries/servicing.ts';
import {
  closePrepayment,
  openPrepayment,
  type Prepayment,
} from '../../db/queries/servicing-acts.ts';
import type { ScheduleVersionRow } from '../../db/schema/servicing.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import type { Placed } from '../outcomes.ts';
import { pinnedOf } from '../pinned.ts';
import { accrueDue, EVENT_KEY, post } from '../posting.ts';
import { policyFor, type Rules } from '../rulebooks.ts';

/** A loan in service, locked, with the terms it has pinned. */
export interface Book {
  readonly row: AccountRow;
  readonly account: LoanAccount;
  readonly terms: ServicingTerms;
  /** The policy of the day the loan was applied for. */
  readonly policy: PolicyReader;
  readonly rules: Rules;
  readonly payableUntil: PayableUntil;
  /** Where the application stands, and whose it is. */
  readonly place: Placed;
  readonly ownerSubject: string;
}

/** Opens the account of a loan and locks it. @throws final failures NO_SUCH_LOAN and LOAN_TERMS_UNKNOWN */
export async function openBook(deps: ActivityDeps, tx: Tx, loanId: string): Promise<Book> {
  const locked = await lockLoan(tx, loanId);
  const row = locked === undefined ? undefined : await readAccountRow(tx, loanId);
  if (row === undefined) throw finalFailure('NO_SUCH_LOAN');
  const method = REPAYMENT_METHODS.find((known) => known === row.method);
  if (method === undefined) throw finalFailure('LOAN_TERMS_UNKNOWN');
  const { rules, day, application } = await pinnedOf(deps, tx, row.applicationId);
  const { stage, version, pending, owner_subject: ownerSubject } = application;
  const policy = policyFor(rules, day);
  const terms = servicingTerms(
    { annualRate: annualRate(row.annualRate), method },
    rules.product,
    policy,
  );
  const payableUntil = payableUntilBy(terms.holidayRule);
  const account = accountFrom(row, await readInstalments(tx, loanId), terms, payableUntil);
  const place = { stage, version, pending };
  return { row, account, terms, policy, rules, payableUntil, place, ownerSubject };
}

/** The prepayment that a loan waits for on a day; one whose days are over is closed and does not count. */
export async function standingAsk(
  tx: Tx,
  loanId: string,
  today: string,
): Promise<PrepaymentAsk | null> {
  const open = await openPrepayment(tx, loanId);
  if (open === undefined) return null;
  if (open.validUntil >= today) return askOf(open);
  await closePrepayment(tx, loanId, 'EXPIRED', null);
  return null;
}

/** What was asked for, as the domain knows it. @throws Error for a row that the database's checks exclude */
export function askOf(row: Pick<Prepayment, 'kind' | 'amountFen' | 'choice'>): PrepaymentAsk {
  const { kind, amountFen, choice } = row;
  if (kind !== 'PARTIAL') return { kind };
  if (amountFen === null || choice === null) throw new Error('a prepayment in part has no amount');
  return { kind, amountFen, choice };
}

/** The later of the day that is looked at and the day through which the account is counted: days never go back. */
export const dayOf = (account: LoanAccount, today: string): string =>
  today > account.servicedTo ? today : account.servicedTo;

/**
 * Books what the days have brought. Held money that comes out of a payment told of late pays on the day of the books on which
 * that payment is booked, and keeps its own day beside it.
 */
async function bookTime(
  tx: Tx,
  book: Book,
  taken: Taken,
  { on: bookedOn, valueOn = bookedOn }: Pick<Receipt, 'on' | 'valueOn'>,
): Promise<void> {
  const { id: loanId } = book.row;
  await storeAccruals(tx, loanId, book.terms.annualRate, taken.accruals);
  for (const { number, from, until, chargedFen } of taken.accruals)
    await post(
      tx,
      { kind: 'PENALTY_ACCRUED', penaltyFen: chargedFen },
      { eventKey: EVENT_KEY.penalty(loanId, number, from), loanId, postedOn: until },
    );
  for (const { on, allocations } of taken.uses)
    await post(
      tx,
      { kind: 'UNAPPLIED_USED', parts: partsOf(allocations) },
      {
        eventKey: EVENT_KEY.unappliedUsed(loanId, book.account.scheduleVersion, on),
        loanId,
        postedOn: on > valueOn ? bookedOn : on,
        occurredOn: on,
      },
    );
}

interface MoneyOfLoan {
  readonly noticeId: string;
  readonly loanId: string;
  readonly on: string;
  readonly valueOn: string;
}

async function bookMoney(
  tx: Tx,
  { allocations, unappliedFen }: Taken,
  { noticeId, loanId, on: postedOn, valueOn: occurredOn }: MoneyOfLoan,
): Promise<void> {
  const parts = partsOf(allocations);
  const eventKey = EVENT_KEY.repayment(noticeId);
  const event = { kind: 'REPAYMENT_RECEIVED', parts, unappliedFen } as const;
  await post(tx, event, { eventKey, loanId, postedOn, occurredOn });
}

/** Money that the bank account has held for a while becomes the borrower's, and what is due is paid of it. */
async function bookAssigned(
  tx: Tx,
  { allocations, unappliedFen }: Taken,
  { noticeId, loanId, on: postedOn, valueOn: occurredOn }: MoneyOfLoan,
): Promise<void> {
  const parts = partsOf(allocations);
  const amountFen = addFen(sumParts(parts), unappliedFen);
  await post(
    tx,
    { kind: 'UNMATCHED_ASSIGNED', amountFen },
    { eventKey: EVENT_KEY.unmatchedAssigned(noticeId), loanId, postedOn, occurredOn },
  );
  await post(
    tx,
    { kind: 'UNAPPLIED_USED', parts },
    { eventKey: EVENT_KEY.unmatchedUsed(noticeId), loanId, postedOn, occurredOn },
  );
}

/** Why the money of this day is on the books. */
export interface Receipt {
  readonly on: string;
  /** The earlier day from which the money counts, where there is one. */
  readonly valueOn?: string;
  /** The bank's notice of the money; null when only time has passed. */
  readonly noticeId: string | null;
  /** The money had come before and lay unmatched on the books. */
  readonly wasUnmatched?: boolean;
}

/**
 * Records everything that happened to an account: claims that fell due, penalty interest, held money that paid, the money
 * of this day, and a prepayment with its new version of the schedule. Called once for each thing that happens, in its
 * transaction; days that are counted already bring nothing.
 */
export async function recordTaken(
  tx: Tx,
  book: Book,
  taken: Taken,
  { on, valueOn = on, noticeId, wasUnmatched = false }: Receipt,
): Promise<void> {
  const { id: loanId } = book.row;
  await accrueDue(tx, { loanId, today: on, paidAhead: [] });
  await bookTime(tx, book, taken, { on, valueOn });
  if (noticeId !== null)
    await (wasUnmatched ? bookAssigned : bookMoney)(tx, taken, { noticeId, loanId, on, valueOn });
  if (taken.prepaid === null) await writeCharged(tx, loanId, taken.account.instalments);
  else {
    const { plan, allocations } = taken.prepaid;
    await recordVersion(tx, book, taken.account, { reason: plan.reason, on });
    await bookPrepayment(tx, book, taken.account, plan, on);
    await post(
      tx,
      { kind: 'UNAPPLIED_USED', parts: partsOf(allocations) },
      {
        eventKey: EVENT_KEY.prepaid(loanId, taken.account.scheduleVersion),
        loanId,
        postedOn: on,
      },
    );
    await closePrepayment(tx, loanId, 'DONE', taken.account.scheduleVersion);
  }
  await writeHeld(tx, book, taken.account);
}

/** Writes how far the account is counted and what is held, what is on its way back included. */
export async function writeHeld(tx: Tx, { row }: Book, account: LoanAccount): Promise<void> {
  await writeAccount(tx, row.id, {
    servicedTo: account.servicedTo,
    unappliedFen: addFen(account.unappliedFen, row.refundingFen),
  });
}

async function bookPrepayment(
  tx: Tx,
  book: Book,
  account: LoanAccount,
  plan: PrepaymentPlan,
  on: string,
): Promise<void> {
  const { id: loanId } = book.row;
  const version = account.scheduleVersion;
  const { interestFen, feeFen } = plan.parts;
  await post(
    tx,
    { kind: 'INTEREST_ACCRUED', interestFen },
    { eventKey: EVENT_KEY.interest(loanId, version, plan.number), loanId, postedOn: on },
  );
  await post(
    tx,
    { kind: 'PREPAYMENT_FEE_CHARGED', feeFen },
    { eventKey: EVENT_KEY.prepaymentFee(loanId, version), loanId, postedOn: on },
  );
  if (plan.reason === 'COOLING_OFF')
    await post(
      tx,
      {
        kind: 'COOLING_OFF_UNWOUND',
        interestFen: ZERO_FEN,
        feeFen: ZERO_FEN,
        deductedFeeFen: account.deductedFeeFen,
      },
      { eventKey: EVENT_KEY.coolingOff(loanId), loanId, postedOn: on },
    );
  if (plan.reason === 'SETTLED_EARLY') await writeSettledReason(tx, loanId, 'PREPAID');
  if (plan.reason === 'COOLING_OFF') await writeSettledReason(tx, loanId, 'COOLING_OFF');
}

/** Makes the account's instalments the active version of the schedule and keeps what the version promises. */
export async function recordVersion(
  tx: Tx,
  { row }: Book,
  account: LoanAccount,
  { reason, on }: { readonly reason: ScheduleVersionRow['reason']; readonly on: string },
): Promise<void> {
  const version = account.scheduleVersion;
  await storeVersion(tx, {
    loanId: row.id,
    version,
    reason,
    effectiveOn: on,
    cause: `service.version:${row.id}:${version}`,
    lines: account.instalments.map(({ number, dueDate, due }) => ({
      number,
      dueDate,
      principalFen: due.principalFen,
      interestFen: due.interestFen,
      feeFen: due.feeFen,
    })),
  });
  await replaceInstalments(tx, row.id, version, account.instalments);
}
