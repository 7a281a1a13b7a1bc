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
  story.show({ stage: 'SERVICE', needsHuman: false });
  if (story.place.stage === 'SETTLED') return;
  await story.step('service.start', () => startServicing(opened.loanId));
}

/** A servicing that runs already, after a reset of the story, is the one that was meant. */
async function startServicing(loanId: string): Promise<void> {
  try {
    await startChild(loanServicing, {
      workflowId: servicingWorkflowId(loanId),
      args: [{ loanId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'Servicing: due dates, repayments, settlement',
    });
  } catch (error) {
    // The class lives in a package that the story's room does not import, so its name tells it.
    const known = error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
    if (!known) throw error;
  }
}
