/** How the API speaks to the workflows of requests by right, of human reviews and of evidence bundles: begins them, and says that an answer is there. */
import type { Client } from '@temporalio/client';
import type { DecisionReviewInput, decisionReview } from '../workflows/decision-review.ts';
import type { evidenceBundle } from '../workflows/evidence-bundle.ts';
import {
  decisionReviewWorkflowId,
  evidenceWorkflowId,
  rightsWorkflowId,
} from '../workflows/ids.ts';
import { reviewDecided, rightsAnswered } from '../workflows/messages.ts';
import type { PersonRightsInput, personRights } from '../workflows/person-rights.ts';
import { createOnceWorkflows } from './once-workflows.ts';

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

/** The messenger over a Temporal client. */
export function createRightsMessenger(client: Client, queuePrefix: string): RightsMessenger {
  const once = createOnceWorkflows(client, queuePrefix);
  return {
    begin: (request) =>
      once.begin<typeof personRights>('personRights', rightsWorkflowId(request.requestId), [
        request,
      ]),
    answered: (requestId) => once.tell(rightsWorkflowId(requestId), rightsAnswered),
    beginReview: (review) =>
      once.begin<typeof decisionReview>(
        'decisionReview',
        decisionReviewWorkflowId(review.reviewId),
        [review],
      ),
    beginEvidence: (bundleId) =>
      once.begin<typeof evidenceBundle>('evidenceBundle', evidenceWorkflowId(bundleId), [
        { bundleId },
      ]),
    reviewDecided: (reviewId) => once.tell(decisionReviewWorkflowId(reviewId), reviewDecided),
  };
}
