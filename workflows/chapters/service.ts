/** Service: opens the loan and hands it to a workflow of its own, which lives as long as the debt; and what is still to be paid out to another. */
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { drawdowns } from '../drawdowns.ts';
import { drawdownsWorkflowId } from '../ids.ts';
import { startServicing, unlessStarted } from '../start-servicing.ts';
import type { Story } from '../story.ts';
import { businessDay } from '../time.ts';

export async function service(story: Story): Promise<void> {
  const { applicationId, doors } = story;
  const opened = await story.advance('service.open', () =>
    doors.record.openLoan({ applicationId, disbursedOn: businessDay() }),
  );
  story.show({ stage: 'SERVICE', needsHuman: false });
  // The plan of what follows is on the record with the first note: a story that was set back finds it there, and this again.
  if (opened.more === true)
    await story.step('service.drawdowns', () => startDrawdowns(applicationId));
  if (story.place.stage === 'SETTLED') return;
  await story.step('service.start', () => startServicing(opened.loanId));
}

/** Drawdowns that run already, after a reset of the story, are the ones that were meant. */
async function startDrawdowns(applicationId: string): Promise<void> {
  await unlessStarted(() =>
    startChild(drawdowns, {
      workflowId: drawdownsWorkflowId(applicationId),
      args: [{ applicationId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'Drawdowns: the later payouts of one contract',
    }),
  );
}
