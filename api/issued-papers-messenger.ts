/** How the API has papers drawn that a person asks for: one workflow per paper, which draws what is not there. */
import type { Client } from '@temporalio/client';
import { issuedPaperWorkflowId } from '../workflows/ids.ts';
import type { IssuedPaperInput, issuedPaper } from '../workflows/issued-paper.ts';
import { createOnceWorkflows } from './once-workflows.ts';

export interface IssuedPapersMessenger {
  /** Begins the drawing, or finds it begun. @throws ApiProblem UNAVAILABLE */
  draw(paper: IssuedPaperInput): Promise<void>;
  /** Begins the drawing and waits for it as long as a person does; what is not there then waits for operations or a worker. */
  drawNow(paper: IssuedPaperInput): Promise<void>;
}

const idOf = ({ kind, applicationId, loanId, authorisationId }: IssuedPaperInput): string =>
  issuedPaperWorkflowId(kind, authorisationId ?? loanId ?? applicationId);

export function createIssuedPapersMessenger(
  client: Client,
  queuePrefix: string,
): IssuedPapersMessenger {
  const once = createOnceWorkflows(client, queuePrefix);
  const draw = async (paper: IssuedPaperInput): Promise<void> =>
    await once.beginAgain<typeof issuedPaper>('issuedPaper', idOf(paper), [paper]);
  return {
    draw,
    drawNow: async (paper) => {
      await draw(paper);
      // Late or parked, the paper is looked for all the same, and its reader told that it is not there yet.
      await once
        .within(() => client.workflow.getHandle(idOf(paper)).result())
        .catch(() => undefined);
    },
  };
}
