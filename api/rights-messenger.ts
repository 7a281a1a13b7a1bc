/** How the API speaks to the workflows of requests by right, of human reviews and of evidence bundles: begins them, and says that an answer is there. */
import type { Client } from '@temporalio/client';
import type { DecisionReviewInput, decisionReview } from '../workflows/decision-review.ts';
import type { evidenceBundle } from '../workflows/evidence-bundle.ts';
import {
  decisionReviewWorkflowId,
  evidenceWorkflowId,
  queueName,
  rightsWorkflowId,
} from '../workflows/ids.ts';
import { reviewDecided, rightsAnswered } from '../workflows/messages.ts';
import type { PersonRightsInput, personRights } from '../workflows/person-rights.ts';
import { problemOfUpdate } from './temporal-problems.ts';

export interface RightsMessenger {
  /** Begins the request's workflow, or finds it begun. @throws ApiProblem UNAVAILABLE */
  begin(request: PersonRightsInput): Promise<void>;
  /** Says that the request was answered; one that is over knows. @throws ApiProblem UNAVAILABLE */
  answered(requestId: string): Promise<void>;
  /** Begins the workflow of a human review, or finds it begun. @throws ApiProblem UNAVAILABLE */
  beginReview(review: DecisionReviewInput): Promise<void>;
  /** Begins the building of an evidence bundle, or finds it begun. @throws ApiProblem UNAVAILABLE */
  beginEvidence(bundleId: string): Promise<void>;
  /** Says that a human review was decided; one that is over knows. @throws ApiProblem UNAVAILABLE */
  reviewDecided(reviewId: string): Promise<void>;
}

const DEADLINE_MS = 5_000;

/** A workflow that was begun before is what was wanted. */
async function unlessBegun(starting: Promise<unknown>): Promise<void> {
  await starting.catch((error: unknown) => {
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
    throw problemOfUpdate(error);
  });
}

async function unlessOver(telling: Promise<unknown>): Promise<void> {
  await telling.catch((error: unknown) => {
    const problem = problemOfUpdate(error);
    if (problem.code !== 'AFTER_ENDING') throw problem;
  });
}

/** The messenger over a Temporal client. */
export function createRightsMessenger(client: Client, queuePrefix: string): RightsMessenger {
  const within = <T>(work: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + DEADLINE_MS, work);
  const once = {
    taskQueue: queueName(queuePrefix, 'loan'),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  } as const;
  return {
    begin: (request) =>
      unlessBegun(
        within(() =>
          client.workflow.start<typeof personRights>('personRights', {
            ...once,
            workflowId: rightsWorkflowId(request.requestId),
            args: [request],
          }),
        ),
      ),
    answered: (requestId) =>
      unlessOver(
        within(() => client.workflow.getHandle(rightsWorkflowId(requestId)).signal(rightsAnswered)),
      ),
    beginReview: (review) =>
      unlessBegun(
        within(() =>
          client.workflow.start<typeof decisionReview>('decisionReview', {
            ...once,
            workflowId: decisionReviewWorkflowId(review.reviewId),
            args: [review],
          }),
        ),
      ),
    beginEvidence: (bundleId) =>
      unlessBegun(
        within(() =>
          client.workflow.start<typeof evidenceBundle>('evidenceBundle', {
            ...once,
            workflowId: evidenceWorkflowId(bundleId),
            args: [{ bundleId }],
          }),
        ),
      ),
    reviewDecided: (reviewId) =>
      unlessOver(
        within(() =>
          client.workflow.getHandle(decisionReviewWorkflowId(reviewId)).signal(reviewDecided),
        ),
      ),
  };
}
