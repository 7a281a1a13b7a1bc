/** A paid-out loan until its last fen: wakes on due dates and on repayments, and continues as new when its history grows. */
import {
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { openDoors } from './doors.ts';
import { type RepaymentNotice, repaymentNotice } from './messages.ts';
import { LoanStage } from './search-attributes.ts';
import { businessDay, untilMorningOf } from './time.ts';

export interface ServicingInput {
  readonly loanId: string;
  /** Notices that had arrived when the former run ended and were not yet recorded. */
  readonly inbox?: readonly RepaymentNotice[];
}

/** A long loan outlives many releases: it stays on its own until it starts afresh, and starts afresh on the newest. */
const startAfresh = makeContinueAsNewFunc<typeof loanServicing>({
  initialVersioningBehavior: 'AUTO_UPGRADE',
});

/** Well below the server's own suggestion: a run holds about a year of a monthly loan. */
const EVENTS_PER_RUN = 400;

setWorkflowOptions({ versioningBehavior: 'PINNED' }, loanServicing);
export async function loanServicing({
  loanId,
  inbox: carried = [],
}: ServicingInput): Promise<void> {
  const { record } = openDoors();
  const inbox: RepaymentNotice[] = [...carried];
  setHandler(repaymentNotice, (notice) => {
    inbox.push(notice);
  });
  for (;;) {
    for (let notice = inbox.shift(); notice !== undefined; notice = inbox.shift()) {
      await record.recordRepayment({ loanId, noticeId: notice.noticeId, today: businessDay() });
    }
    const loan = await record.reviewLoan({ loanId, today: businessDay() });
    setCurrentDetails(
      `${loan.state}, ${loan.daysPastDue} days past due, next look on ${loan.nextOn ?? 'never'}`,
    );
    // Money that came in while the last fen was counted is recorded too, as an overpayment.
    if (loan.nextOn === null && inbox.length > 0) continue;
    if (loan.nextOn === null) break;
    if (shouldStartAfresh()) {
      await condition(allHandlersFinished);
      await startAfresh({ loanId, inbox });
    }
    await condition(() => inbox.length > 0, untilMorningOf(loan.nextOn));
  }
  upsertSearchAttributes([{ key: LoanStage, value: 'SETTLED' }]);
  await condition(allHandlersFinished);
}

function shouldStartAfresh(): boolean {
  const { historyLength, continueAsNewSuggested, targetWorkerDeploymentVersionChanged } =
    workflowInfo();
  return (
    historyLength > EVENTS_PER_RUN || continueAsNewSuggested || targetWorkerDeploymentVersionChanged
  );
}
