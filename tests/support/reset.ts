/** What an operator does with the reset of Temporal's own interface, and what must hold afterwards. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import protos from '@temporalio/proto';
import { loanWorkflowId } from '../../workflows/ids.ts';
import type { House } from './house.ts';
import { type Loan, statesOf } from './loan.ts';
import { transfersTo } from './outside.ts';

const { ResetReapplyType } = protos.temporal.api.enums.v1;

/** The workflow task in which a story decided to run an activity for the first time. */
async function taskBefore(house: House, applicationId: string, activity: string) {
  const { events } = await house.historyOf(applicationId);
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const task = scheduled?.workflowTaskCompletedEventId;
    if (scheduled?.activityType?.name === activity && task) return task;
  }
  throw new Error(`the story has not run ${activity}`);
}

/**
 * Sets the newest run of a story back to before an activity.
 * @param reapply whether what people and the bank said since is said again, as Temporal does unless told otherwise
 */
export async function resetBefore(
  house: House,
  applicationId: string,
  activity: string,
  reapply = true,
): Promise<void> {
  const handle = house.client.workflow.getHandle(loanWorkflowId(applicationId));
  const { runId } = await handle.describe();
  await house.client.workflowService.resetWorkflowExecution({
    namespace: house.client.options.namespace,
    workflowExecution: { workflowId: loanWorkflowId(applicationId), runId },
    reason: 'an operator tries',
    requestId: randomUUID(),
    workflowTaskFinishEventId: await taskBefore(house, applicationId, activity),
    resetReapplyType: reapply
      ? ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE
      : ResetReapplyType.RESET_REAPPLY_TYPE_NONE,
  });
}

/** One contract, one payment at the bank under the number of the one payout that is paid, one loan. */
export async function expectOneStory(loan: Loan): Promise<void> {
  const { house, id } = loan;
  expect(await statesOf(loan, 'contracts')).toEqual(['SIGNED']);
  expect(await statesOf(loan, 'payouts')).toEqual(['PAID']);
  const card = loan.persona.application.loan.bankCardNumber;
  const transfers = await transfersTo(house, card);
  expect(transfers.filter(({ status }) => status === 'PAID')).toHaveLength(1);
  const loans = await house.db
    .selectFrom('loans')
    .select('id')
    .where('application_id', '=', id)
    .execute();
  expect(loans).toHaveLength(1);
}
