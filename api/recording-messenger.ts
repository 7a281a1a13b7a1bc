/** How the API speaks to the workflows of dual recordings: begins them, and says that a session has moved. */
import type { Client } from '@temporalio/client';
import type { DualRecordingInput, dualRecording } from '../workflows/dual-recording.ts';
import { queueName, recordingWorkflowId } from '../workflows/ids.ts';
import { recordingMoved } from '../workflows/messages.ts';
import { problemOfUpdate } from './temporal-problems.ts';

export interface RecordingMessenger {
  /** Begins the session's workflow, or finds it begun. @throws ApiProblem UNAVAILABLE */
  begin(session: DualRecordingInput): Promise<void>;
  /** Says that the session was completed or looked at; one that is over knows. @throws ApiProblem UNAVAILABLE */
  moved(recordingId: string): Promise<void>;
}

const DEADLINE_MS = 5_000;

/** The messenger over a Temporal client. */
export function createRecordingMessenger(client: Client, queuePrefix: string): RecordingMessenger {
  return {
    async begin(session) {
      const starting = client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.start<typeof dualRecording>('dualRecording', {
          taskQueue: queueName(queuePrefix, 'loan'),
          workflowId: recordingWorkflowId(session.recordingId),
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          args: [session],
        }),
      );
      await starting.catch((error: unknown) => {
        // A workflow that was begun before is what was wanted.
        if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
        throw problemOfUpdate(error);
      });
    },
    async moved(recordingId) {
      const telling = client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.getHandle(recordingWorkflowId(recordingId)).signal(recordingMoved),
      );
      await telling.catch((error: unknown) => {
        const problem = problemOfUpdate(error);
        if (problem.code !== 'AFTER_ENDING') throw problem;
      });
    },
  };
}
