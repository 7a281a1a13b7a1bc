/** Starts the servicing of a loan note, once: one that runs already, after a reset, is the one that was meant. */
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { servicingWorkflowId } from './ids.ts';
import { loanServicing } from './loan-servicing.ts';

/** Starts a child that may be there already. */
export async function unlessStarted(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    // The class lives in a package that the story's room does not import, so its name tells it.
    const known = error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
    if (!known) throw error;
  }
}

export async function startServicing(loanId: string): Promise<void> {
  await unlessStarted(() =>
    startChild(loanServicing, {
      workflowId: servicingWorkflowId(loanId),
      args: [{ loanId, sendsOrders: true }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'Servicing: due dates, repayments, settlement',
    }),
  );
}
