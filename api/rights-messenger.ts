/** How the API speaks to the workflow of a request by right: begins it, and tells it that the answer is there. */
import type { Client } from '@temporalio/client';
import { queueName, rightsWorkflowId } from '../workflows/ids.ts';
import { rightsAnswered } from '../workflows/messages.ts';
import type { PersonRightsInput, personRights } from '../workflows/person-rights.ts';
import { problemOfUpdate } from './temporal-problems.ts';

export interface RightsMessenger {
  /** Begins the request's workflow, or finds it begun. @throws ApiProblem UNAVAILABLE */
  begin(request: PersonRightsInput): Promise<void>;
  /** Says that the request was answered; one that is over knows. @throws ApiProblem UNAVAILABLE */
  answered(requestId: string): Promise<void>;
}

const DEADLINE_MS = 5_000;

/** The messenger over a Temporal client. */
export function createRightsMessenger(client: Client, queuePrefix: string): RightsMessenger {
  return {
    async begin(request) {
      const starting = client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.start<typeof personRights>('personRights', {
          workflowId: rightsWorkflowId(request.requestId),
          taskQueue: queueName(queuePrefix, 'loan'),
          args: [request],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        }),
      );
      await starting.catch((error: unknown) => {
        if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
        throw problemOfUpdate(error);
      });
    },
    async answered(requestId) {
      const telling = client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.getHandle(rightsWorkflowId(requestId)).signal(rightsAnswered),
      );
      await telling.catch((error: unknown) => {
        const problem = problemOfUpdate(error);
        if (problem.code !== 'AFTER_ENDING') throw problem;
      });
    },
  };
}
