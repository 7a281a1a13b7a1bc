/** What is said about automatic decisions that a person is asked to look at again. */
import { z } from '@hono/zod-openapi';
import { day, freeText, instant, reasonCode } from './common.ts';
import { decisionView } from './reviews.ts';

const STATES = ['OPEN', 'CLAIMED', 'DECIDED'] as const;

export const humanReviewRequest = z
  .strictObject({
    statement: freeText(2000).optional().openapi({ description: 'What the person says of it.' }),
  })
  .openapi('HumanReviewRequest');

/** As the person sees it: never who looks at it. */
export const humanReviewView = z
  .object({
    decisionId: z.uuid(),
    /** WITH_PEOPLE: people decide or have decided this application anyway. */
    state: z.enum(['WITH_PEOPLE', ...STATES]),
    dueOn: day.nullable(),
    outcome: z.enum(['UPHELD', 'OVERTURNED']).nullable(),
    reasons: z.array(z.string()),
    /** True when the person may apply again and people will decide. */
    mayApplyAgain: z.boolean(),
    requestedAt: instant.nullable(),
    decidedAt: instant.nullable(),
  })
  .openapi('HumanReview');

export const decisionReviewQuery = z.object({
  state: z.enum(STATES).optional(),
  assignee: z.literal('me').optional(),
});

export const decisionReviewSummary = z
  .object({
    id: z.uuid(),
    decisionId: z.uuid(),
    applicationId: z.uuid(),
    state: z.enum(STATES),
    assignee: z.string().nullable(),
    dueOn: day,
    overdue: z.boolean(),
    outcome: z.enum(['UPHELD', 'OVERTURNED']).nullable(),
    reasons: z.array(z.string()),
    requestedAt: instant,
    decidedAt: instant.nullable(),
  })
  .openapi('DecisionReviewSummary');

export const decisionReviewList = z
  .object({ items: z.array(decisionReviewSummary) })
  .openapi('DecisionReviews');

export const decisionReviewView = decisionReviewSummary
  .extend({
    statement: z.string().nullable(),
    comment: z.string().nullable(),
    decision: decisionView,
  })
  .openapi('DecisionReview');

export const decisionReviewVerdict = z
  .strictObject({
    outcome: z.enum(['UPHELD', 'OVERTURNED']),
    reasons: z.array(reasonCode).min(1).max(4),
    comment: freeText(4000),
  })
  .openapi('DecisionReviewVerdict');
