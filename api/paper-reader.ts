/** How the API has a picture of a card or licence read: by a workflow it waits for, within a deadline. */
import type { Client } from '@temporalio/client';
import { paperWorkflowId, queueName } from '../workflows/ids.ts';
import type { readPaper } from '../workflows/read-paper.ts';
import { ApiProblem } from './problem-response.ts';

export interface PaperReader {
  /**
   * Has the document read, or waits for a reading that is under way.
   * @throws ApiProblem PREFILL_UNAVAILABLE when nobody reads papers here or the reading failed or takes too long
   */
  read(documentId: string): Promise<'READ' | 'UNREADABLE'>;
}

/** A person with a form before them waits so long and no longer; the form can be filled in by hand. */
const DEADLINE_MS = 20_000;

export function createPaperReader(client: Client, queuePrefix: string): PaperReader {
  return {
    async read(documentId) {
      const reading = client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.execute<typeof readPaper>('readPaper', {
          workflowId: paperWorkflowId(documentId),
          taskQueue: queueName(queuePrefix, 'loan'),
          args: [{ documentId }],
          workflowExecutionTimeout: '90s',
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      );
      const { outcome } = await reading.catch((cause: unknown) => {
        throw new ApiProblem('PREFILL_UNAVAILABLE', { cause });
      });
      if (outcome === 'UNAVAILABLE') throw new ApiProblem('PREFILL_UNAVAILABLE');
      return outcome;
    },
  };
}
