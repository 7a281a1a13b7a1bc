/** How the API begins a workflow that runs once under its id, and tells it something; both within a deadline. */
import type { Client } from '@temporalio/client';
import type { SignalDefinition, Workflow } from '@temporalio/common';
import { queueName } from '../workflows/ids.ts';
import { problemOfUpdate } from './temporal-problems.ts';

export interface OnceWorkflows {
  readonly taskQueue: string;
  /** Makes a call within the deadline of a person who waits. */
  within<T>(work: () => Promise<T>): Promise<T>;
  /** Begins the workflow, or finds it begun. @throws ApiProblem UNAVAILABLE */
  begin<W extends Workflow>(type: string, workflowId: string, args: Parameters<W>): Promise<void>;
  /** Sends a signal without content; a workflow that is over knows already. @throws ApiProblem UNAVAILABLE */
  tell(workflowId: string, signal: SignalDefinition): Promise<void>;
}

const DEADLINE_MS = 5_000;

/** Over a Temporal client. */
export function createOnceWorkflows(client: Client, queuePrefix: string): OnceWorkflows {
  const taskQueue = queueName(queuePrefix, 'loan');
  const within = <T>(work: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + DEADLINE_MS, work);
  return {
    taskQueue,
    within,
    async begin(type, workflowId, args) {
      const options = {
        taskQueue,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowId,
        args: [...args],
      } as const;
      await within(() => client.workflow.start(type, options)).catch((error: unknown) => {
        // A workflow that was begun before is what was wanted.
        if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
        throw problemOfUpdate(error);
      });
    },
    async tell(workflowId, signal) {
      const telling = within(() => client.workflow.getHandle(workflowId).signal(signal));
      await telling.catch((error: unknown) => {
        const problem = problemOfUpdate(error);
        if (problem.code !== 'AFTER_ENDING') throw problem;
      });
    },
  };
}
