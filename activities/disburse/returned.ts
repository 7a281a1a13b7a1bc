/** Money that comes back days after it was paid: the loan stands still with nothing owed, and runs anew when it is paid again. */
import { ApplicationFailure } from '@temporalio/common';
import { subtractFen } from '../../domain/money.ts';
import { scheduleOfOffer } from '../../domain/offer.ts';
import { payableUntilBy } from '../../domain/service-holidays.ts';
import { holidayRuleOf } from '../../domain/service-terms.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { lockPayout, type Payout, readProposal } from '../../db/queries/disburse.ts';
import { setPending } from '../../db/queries/journey.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import { openCase } from '../../db/queries/operations.ts';
import {
  lockReturnedLoan,
  markReturned,
  restartLoan,
  type ReturnedLoan,
  stopSchedule,
} from '../../db/queries/payout-returns.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { lockPinned, type Pinned } from '../pinned.ts';
import { EVENT_KEY, post } from '../posting.ts';
import { policyFor } from '../rulebooks.ts';
import { askBank } from './pay.ts';

export interface ReturnInput {
  readonly applicationId: string;
  readonly payoutId: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

/**
 * `RETURNED`: on record, nothing is owed, people decide. `NOT_RETURNED`: the bank does not say so. `LEFT_TO_PEOPLE`: the
 * borrower has paid on the loan already, which no rule of ours undoes.
 */
export type ReturnOutcome = 'RETURNED' | 'NOT_RETURNED' | 'LEFT_TO_PEOPLE';

/** Takes off the books what the payout had put there, and what had become receivable since. */
async function unbook(tx: Tx, payout: Payout, loan: ReturnedLoan, postedOn: string): Promise<void> {
  const { principalFen, receivable } = loan;
  const eventKey = EVENT_KEY.disbursementReturned(payout.id);
  const booking = { loanId: loan.id, postedOn };
  const deductedFeeFen = subtractFen(principalFen, payout.amountFen);
  await post(
    tx,
    { kind: 'DISBURSEMENT_RETURNED', principalFen, deductedFeeFen },
    { ...booking, eventKey },
  );
  const { interestFen, feeFen, prepaymentFeeFen, penaltyFen } = receivable;
  await post(
    tx,
    { kind: 'INTEREST_WAIVED', interestFen },
    { ...booking, eventKey: `${eventKey}:interest` },
  );
  await post(tx, { kind: 'FEE_WAIVED', feeFen }, { ...booking, eventKey: `${eventKey}:fee` });
  await post(
    tx,
    { kind: 'PREPAYMENT_FEE_WAIVED', feeFen: prepaymentFeeFen },
    { ...booking, eventKey: `${eventKey}:prepayment-fee` },
  );
  await post(
    tx,
    { kind: 'PENALTY_WAIVED', penaltyFen },
    { ...booking, eventKey: `${eventKey}:penalty` },
  );
}

async function record(
  tx: Tx,
  payout: Payout,
  loan: ReturnedLoan,
  { applicationId, today }: ReturnInput,
): Promise<ReturnOutcome> {
  if (loan.wasRepaid) {
    await openCase(tx, {
      applicationId,
      step: 'disburse.return',
      failureCode: 'RETURN_AFTER_REPAYMENT',
      cause: `disburse.return:${payout.id}`,
    });
    return 'LEFT_TO_PEOPLE';
  }
  if (!(await markReturned(tx, payout.id, { reference: null, reason: 'RETURNED' })))
    return 'NOT_RETURNED';
  await unbook(tx, payout, loan, today);
  await stopSchedule(tx, loan.id);
  await setPending(tx, applicationId, 'PAYOUT_RETRY');
  await oweNotice(tx, 'payout.returned', applicationId, { payoutId: payout.id });
  await recordAudit(tx, {
    actor: 'bank',
    role: null,
    action: 'payout.return',
    subjectKind: 'payout',
    subjectId: payout.id,
    result: 'DONE',
    detail: { applicationId, loanId: loan.id, amountFen: payout.amountFen },
  });
  return 'RETURNED';
}

/** Records that a paid payout came back, once, and only where the bank's own books say so when they are asked. */
export async function takeBackPayout(
  deps: ActivityDeps,
  input: ReturnInput,
): Promise<ReturnOutcome> {
  const { applicationId, payoutId } = input;
  const heard = await askBank(deps, { applicationId, payoutId });
  if (heard.kind === 'NO_ANSWER')
    throw ApplicationFailure.create({ message: 'NO_ANSWER', type: 'bank.NO_ANSWER' });
  if (heard.kind !== 'REFUSED' || heard.code !== 'RETURNED') return 'NOT_RETURNED';
  return await deps.db.transaction().execute(async (tx) => {
    await lockPinned(deps, tx, applicationId);
    const payout = await lockPayout(tx, applicationId, payoutId);
    const loan = await lockReturnedLoan(tx, applicationId, payout?.tranche ?? 1);
    // A former return that is told again is decided long since: whoever waited for people about it would miss the next one.
    if (payout?.state === 'RETURNED') {
      const isDecided = ((await readProposal(tx, payoutId))?.approvedBy ?? null) !== null;
      return loan?.state === 'RETURNED' && !isDecided ? 'RETURNED' : 'NOT_RETURNED';
    }
    if (payout?.state !== 'PAID') return 'NOT_RETURNED';
    // The story opens the loan a moment after the payout is paid: this waits for it.
    if (loan === undefined)
      throw ApplicationFailure.create({ message: 'LOAN_NOT_OPEN', type: 'LOAN_NOT_OPEN' });
    return await record(tx, payout, loan, input);
  });
}

async function scheduleAnew(
  tx: Tx,
  { application, rules, day }: Pinned,
  disbursedOn: string,
  tranche: number,
) {
  const offer = (await latestOffer(tx, application.id))?.offer;
  if (offer === undefined) throw finalFailure('NO_SUCH_OFFER');
  const schedule = scheduleOfOffer(offer, rules.product, disbursedOn, tranche);
  const holidayRule = holidayRuleOf(rules.product, policyFor(rules, day));
  return { schedule, payableUntil: payableUntilBy(holidayRule) };
}

/** Lets the loan run anew from today once another payout of it was paid; told again, it changes nothing. */
export async function reopenLoan(deps: ActivityDeps, input: ReturnInput): Promise<void> {
  const { applicationId, payoutId, today } = input;
  await deps.db.transaction().execute(async (tx) => {
    const pinned = await lockPinned(deps, tx, applicationId);
    const payout = await lockPayout(tx, applicationId, payoutId);
    const loan = await lockReturnedLoan(tx, applicationId, payout?.tranche ?? 1);
    if (payout?.state !== 'PAID' || loan === undefined) throw finalFailure('PAYOUT_NOT_PAID');
    if (loan.state !== 'RETURNED') return;
    const anew = await scheduleAnew(tx, pinned, today, payout.tranche);
    await restartLoan(tx, loan, { payoutId, disbursedOn: today, ...anew });
    const { principalFen } = loan;
    await post(
      tx,
      {
        kind: 'DISBURSED',
        principalFen,
        deductedFeeFen: subtractFen(principalFen, payout.amountFen),
      },
      { eventKey: EVENT_KEY.disbursed(payoutId), loanId: loan.id, postedOn: today },
    );
    await setPending(tx, applicationId, null);
    await recordAudit(tx, {
      actor: 'xindai',
      role: null,
      via: 'worker',
      action: 'loan.reopen',
      subjectKind: 'loan',
      subjectId: loan.id,
      result: 'DONE',
      detail: { applicationId, payoutId },
    });
  });
}
