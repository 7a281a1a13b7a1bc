/** Service: opens the loan and hands it to a workflow of its own, which lives as long as the debt. */
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { servicingWorkflowId } from '../ids.ts';
import { loanServicing } from '../loan-servicing.ts';
import type { Story } from '../story.ts';
import { businessDay } from '../time.ts';

export async function service(story: Story): Promise<void> {
  const { applicationId, doors } = story;
  const opened = await story.advance('service.open', () =>
    doors.record.openLoan({ applicationId, disbursedOn: businessDay() }),
  );
  story.show({ stage: 'SERVICE' });
  await story.step('service.start', () =>
    startChild(loanServicing, {
      workflowId: servicingWorkflowId(opened.loanId),
      args: [{ loanId: opened.loanId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'Servicing: due dates, repayments, settlement',
    }),
  );
}
