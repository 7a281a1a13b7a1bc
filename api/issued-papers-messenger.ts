/** How the API has papers drawn that a person asks for: one workflow per act of asking, each of which draws what is not there. */
import type { Client } from '@temporalio/client';
import { issuedPaperWorkflowId } from '../workflows/ids.ts';
import type { IssuedPaperInput, issuedPaper } from '../workflows/issued-paper.ts';
import { createOnceWorkflows } from './once-workflows.ts';

export interface IssuedPapersMessenger {
  /** Begins the drawing, or finds it begun. @param act id of the act of asking @throws ApiProblem UNAVAILABLE */
  draw(act: string, paper: IssuedPaperInput): Promise<void>;
}

export function createIssuedPapersMessenger(
  client: Client,
  queuePrefix: string,
): IssuedPapersMessenger {
  const once = createOnceWorkflows(client, queuePrefix);
  return {
    draw: (act, paper) =>
      once.begin<typeof issuedPaper>('issuedPaper', issuedPaperWorkflowId(act), [paper]),
  };
}
