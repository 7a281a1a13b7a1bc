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
  /** Begins the workflow unless it runs or has ended well: one that failed is begun anew. @throws ApiProblem UNAVAILABLE */
  beginAgain<W extends Workflow>(
    type: string,
    workflowId: string,
    args: Parameters<W>,
  ): Promise<void>;
  /** Sends a signal without content; a workflow that is over knows already. @throws ApiProblem UNAVAILABLE */
  tell(workflowId: string, signal: SignalDefinition): Promise<void>;
}

const DEADLINE_MS = 5_000;

/** Over a Temporal client. */
export function createOnceWorkflows(client: Client, queuePrefix: string): OnceWorkflows {
  const taskQueue = queueName(queuePrefix, 'loan');
  const within = <T>(work: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + DEADLINE_MS, work);
  const beginUnder = async (
    reuse: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY',
    type: string,
    workflowId: string,
    args: readonly unknown[],
  ): Promise<void> => {
    const options = {
      taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: reuse,
      workflowId,
      args: [...args],
    } as const;
    await within(() => client.workflow.start(type, options)).catch((error: unknown) => {
      // A workflow that was begun before is what was wanted.
      if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
      throw problemOfUpdate(error);
    });
  };
  return {
    taskQueue,
    within,
    begin: (type, workflowId, args) => beginUnder('REJECT_DUPLICATE', type, workflowId, args),
    beginAgain: (type, workflowId, args) =>
      beginUnder('ALLOW_DUPLICATE_FAILED_ONLY', type, workflowId, args),
    async tell(workflowId, signal) {
      const telling = within(() => client.workflow.getHandle(workflowId).signal(signal));
      await telling.catch((error: unknown) => {
        const problem = problemOfUpdate(error);
        if (problem.code !== 'AFTER_ENDING') throw problem;
      });
    },
  };
}
