/** How the API speaks to the workflows of the desks: bureau queries by hand, objections, and retries of many loans. */
import type { Client } from '@temporalio/client';
import type { BureauObjectionInput, bureauObjection } from '../workflows/bureau-objection.ts';
import type { bureauQuery } from '../workflows/bureau-query.ts';
import type { bulkRetry } from '../workflows/bulk-retry.ts';
import {
  bulkRetryWorkflowId,
  bureauQueryWorkflowId,
  objectionWorkflowId,
  queueName,
} from '../workflows/ids.ts';
import { objectionDecided } from '../workflows/messages.ts';
import { problemOfUpdate } from './temporal-problems.ts';

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

const DEADLINE_MS = 5_000;

/** A workflow that was begun before is what was wanted. */
async function unlessBegun(starting: Promise<unknown>): Promise<void> {
  await starting.catch((error: unknown) => {
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
    throw problemOfUpdate(error);
  });
}

/** The messenger over a Temporal client. */
export function createDeskMessenger(client: Client, queuePrefix: string): DeskMessenger {
  const within = <T>(work: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + DEADLINE_MS, work);
  const once = {
    taskQueue: queueName(queuePrefix, 'loan'),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  } as const;
  return {
    ask: (requestId) =>
      unlessBegun(
        within(() =>
          client.workflow.start<typeof bureauQuery>('bureauQuery', {
            ...once,
            workflowId: bureauQueryWorkflowId(requestId),
            args: [{ requestId }],
          }),
        ),
      ),
    object: (objection) =>
      unlessBegun(
        within(() =>
          client.workflow.start<typeof bureauObjection>('bureauObjection', {
            ...once,
            workflowId: objectionWorkflowId(objection.objectionId),
            args: [objection],
          }),
        ),
      ),
    retryMany: (bulkId) =>
      unlessBegun(
        within(() =>
          client.workflow.start<typeof bulkRetry>('bulkRetry', {
            ...once,
            workflowId: bulkRetryWorkflowId(bulkId),
            args: [{ bulkId }],
          }),
        ),
      ),
    async countParked() {
      const query = `TaskQueue = '${once.taskQueue}' AND ExecutionStatus = 'Running' AND LoanStage = 'NEEDS_OPERATOR'`;
      const counted = await within(() => client.workflow.count(query)).catch(() => null);
      return counted === null ? null : counted.count;
    },
    async decided(objectionId) {
      const telling = within(() =>
        client.workflow.getHandle(objectionWorkflowId(objectionId)).signal(objectionDecided),
      );
      await telling.catch((error: unknown) => {
        const problem = problemOfUpdate(error);
        if (problem.code !== 'AFTER_ENDING') throw problem;
      });
    },
  };
}
