/** A retry of many parked loans that two people agreed on: one after the other, at a walking pace, until done or stopped. */
import { getExternalWorkflowHandle, log, sleep } from '@temporalio/workflow';
import { openDoors } from './doors.ts';
import { loanWorkflowId } from './ids.ts';
import { caseDecided } from './messages.ts';

export interface BulkRetryInput {
  readonly bulkId: string;
}

/** Between two loans, so that what stands behind the failing step is not run over, and failures are seen before the next. */
const PACE_MS = 1_000;

export async function bulkRetry({ bulkId }: BulkRetryInput): Promise<'DONE' | 'STOPPED'> {
  const { record } = openDoors();
  for (let number = 1; ; number += 1) {
    const step = await record.retryCase({ bulkId, number });
    if (step.kind === 'ENDED') return step.state;
    if (step.kind === 'LEFT_OUT') continue;
    await tell(step.applicationId, step.caseId);
    await sleep(PACE_MS);
  }
}

/** A story that is over has nothing to be told; the list goes on. */
async function tell(applicationId: string, caseId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(loanWorkflowId(applicationId)).signal(caseDecided, { caseId });
  } catch {
    log.warn('a loan of a bulk retry could not be told', { applicationId });
  }
}
