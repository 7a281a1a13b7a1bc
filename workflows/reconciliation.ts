/** The reconciliation of a day with the bank: each morning for the day before, and for any day that finance asks for. */
import {
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import { openDoors } from './doors.ts';
import { payoutReturnWorkflowId, payoutStoryId, servicingWorkflowId } from './ids.ts';
import { payoutNotice, repaymentNotice } from './messages.ts';
import { payoutReturn } from './payout-return.ts';
import { businessDay } from './time.ts';

export interface ReconciliationInput {
  /** The bank's business day; yesterday unless told. */
  readonly day?: string;
}

const DAY_MS = 86_400_000;
/** Time for the loans to count what the statement told them of, before what is still missing becomes a case. */
const COUNTED_WITHIN_MS = 60_000;

/** A loan that is over has nothing to be told; what it does not count shows as a difference at the second look. */
async function unlessOver(tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch {
    log.warn('a loan could not be told of the statement');
  }
}

export async function reconciliation({ day }: ReconciliationInput = {}): Promise<string> {
  const { outside } = openDoors();
  const of = day ?? businessDay(Date.now() - DAY_MS);
  const first = await outside('bank').reconcileDay({ day: of });
  for (const { applicationId, requestNo, tranche } of first.settled)
    await unlessOver(() =>
      getExternalWorkflowHandle(payoutStoryId(applicationId, tranche)).signal(payoutNotice, {
        noticeId: `statement:${of}`,
        requestNo,
      }),
    );
  for (const { applicationId, payoutId, tranche } of first.returned)
    await unlessOver(async () => {
      await startChild(payoutReturn, {
        workflowId: payoutReturnWorkflowId(applicationId, tranche),
        args: [{ applicationId, payoutId }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
    });
  for (const { loanId, noticeId } of first.repayments)
    await unlessOver(() =>
      getExternalWorkflowHandle(servicingWorkflowId(loanId)).signal(repaymentNotice, { noticeId }),
    );
  if (first.repayments.length > 0 || first.returned.length > 0) {
    await sleep(COUNTED_WITHIN_MS);
    await outside('bank').reconcileDay({ day: of });
  }
  return first.outcome;
}
