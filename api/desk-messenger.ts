/** How the API speaks to the workflows of the desks: bureau queries by hand, objections, and retries of many loans. */
import type { Client } from '@temporalio/client';
import type { BureauObjectionInput, bureauObjection } from '../workflows/bureau-objection.ts';
import type { bureauQuery } from '../workflows/bureau-query.ts';
import type { bulkRetry } from '../workflows/bulk-retry.ts';
import {
  bulkRetryWorkflowId,
  bureauQueryWorkflowId,
  objectionWorkflowId,
} from '../workflows/ids.ts';
import { objectionDecided } from '../workflows/messages.ts';
import { createOnceWorkflows } from './once-workflows.ts';

export interface DeskMessenger {
  /** Begins a query that two people agreed on, or finds it begun. @throws ApiProblem UNAVAILABLE */
  ask(requestId: string): Promise<void>;
  /** Begins the workflow of an objection, or finds it begun. @throws ApiProblem UNAVAILABLE */
  object(objection: BureauObjectionInput): Promise<void>;
  /** Says that an objection was decided; one that is over knows. @throws ApiProblem UNAVAILABLE */
  decided(objectionId: string): Promise<void>;
  /** Begins a retry of many loans that two people agreed on, or finds it begun. @throws ApiProblem UNAVAILABLE */
  retryMany(bulkId: string): Promise<void>;
  /** How many loans Temporal shows as parked, a moment behind the record; null while it does not answer. */
  countParked(): Promise<number | null>;
}

/** The messenger over a Temporal client. */
export function createDeskMessenger(client: Client, queuePrefix: string): DeskMessenger {
  const once = createOnceWorkflows(client, queuePrefix);
  return {
    ask: (requestId) =>
      once.begin<typeof bureauQuery>('bureauQuery', bureauQueryWorkflowId(requestId), [
        { requestId },
      ]),
    object: (objection) =>
      once.begin<typeof bureauObjection>(
        'bureauObjection',
        objectionWorkflowId(objection.objectionId),
        [objection],
      ),
    decided: (objectionId) => once.tell(objectionWorkflowId(objectionId), objectionDecided),
    retryMany: (bulkId) =>
      once.begin<typeof bulkRetry>('bulkRetry', bulkRetryWorkflowId(bulkId), [{ bulkId }]),
    async countParked() {
      const query = `TaskQueue = '${once.taskQueue}' AND ExecutionStatus = 'Running' AND LoanStage = 'NEEDS_OPERATOR'`;
      const counted = await once.within(() => client.workflow.count(query)).catch(() => null);
      return counted === null ? null : counted.count;
    },
  };
}
