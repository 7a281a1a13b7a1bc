/** What is said about decisions, review tasks and operator cases. */
import { z } from '@hono/zod-openapi';
import {
  amountFen,
  freeText,
  instant,
  pageOf,
  pageQuery,
  reasonCode,
  sm3Digest,
} from './common.ts';
import { shownPages } from './pages.ts';

const TASK_STATES = ['OPEN', 'CLAIMED', 'DECIDED', 'CANCELLED'] as const;

export const reviewQuery = pageQuery.extend({
  applicationId: z.uuid().optional(),
  state: z.enum(TASK_STATES).optional(),
  assignee: z
    .literal('me')
    .optional()
    .openapi({ description: '`me`: the tasks the caller has claimed.' }),
});

export const reviewSummary = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    round: z.number().int(),
    level: z.number().int(),
    roles: z.array(z.string()),
    state: z.enum(TASK_STATES),
    assignee: z.string().nullable(),
    evidenceVersion: z.number().int(),
    slaDueAt: instant,
    escalatedAt: instant.nullable(),
    createdAt: instant,
    productCode: z.string().nullable(),
    amountFen: amountFen.nullable(),
    termMonths: z.number().int().nullable(),
    pending: z.string().nullable(),
  })
  .openapi('ReviewTask');

export const reviewPage = pageOf(reviewSummary).openapi('ReviewPage');

export const decisionView = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    round: z.number().int(),
    evidenceVersion: z.number().int(),
    outcome: z.enum(['APPROVE', 'DECLINE', 'REFER']),
    reasons: z.array(z.object({ code: z.string().nullable(), text: z.string() })),
    gaps: z.array(z.string()),
    grade: z.string().nullable(),
    amountFen: amountFen.nullable(),
    annualRate: z.string().nullable(),
    /** Which rule fired on which value; staff only. */
    trace: z.unknown().optional(),
    versions: z.unknown().optional(),
    /** The whole record, for staff: every rule with the values it saw, every point of the score. */
    record: z
      .object({
        sm3: sm3Digest,
        intact: z
          .boolean()
          .openapi({ description: 'True: the record has the digest it was kept by.' }),
        content: z.unknown(),
      })
      .nullable()
      .optional()
      .openapi({ description: 'Null where no strategy decided, and where the person was erased.' }),
    /** For the applicant: PIPL art. 24. */
    humanReview: z
      .object({
        mayAsk: z.boolean(),
        state: z.enum(['OPEN', 'CLAIMED', 'DECIDED']).nullable(),
        outcome: z.enum(['UPHELD', 'OVERTURNED']).nullable(),
      })
      .optional(),
    at: instant,
  })
  .openapi('Decision');

const verification = z.object({
  kind: z.string(),
  outcome: z.string(),
  evidenceVersion: z.number().int(),
  detail: z.unknown(),
  at: instant,
});

export const reviewCase = z
  .object({
    task: reviewSummary,
    pages: shownPages,
    verifications: z.array(verification),
    bureau: z.array(
      z.object({
        bureau: z.string(),
        round: z.number().int(),
        outcome: z.string().nullable(),
        gap: z.string().nullable(),
        receivedAt: instant.nullable(),
      }),
    ),
    /** Null for a register that gave no answer. */
    registry: z
      .object({
        sanctionsHit: z.boolean().nullable(),
        courtOpenCases: z.number().int().nullable(),
      })
      .nullable(),
    fraud: z.object({ level: z.string(), signals: z.unknown() }).nullable(),
    score: z
      .object({
        scorecard: z.string(),
        total: z.number().int(),
        grade: z.string(),
        complete: z.boolean(),
        contributions: z.unknown(),
      })
      .nullable(),
    decision: decisionView.nullable(),
    actions: z.array(
      z.object({
        actor: z.string(),
        role: z.string(),
        action: z.string(),
        reasons: z.array(z.string()),
        comment: z.string().nullable(),
        amountFen: amountFen.nullable(),
        evidenceVersion: z.number().int(),
        at: instant,
      }),
    ),
    information: z.array(
      z.object({
        id: z.uuid(),
        items: z.unknown(),
        state: z.string(),
        requestedBy: z.string(),
        answers: z.array(z.object({ code: z.string(), text: z.string() })),
        /** Pages the applicant sent anew with the answer. */
        amendedPages: z.array(z.string()),
        createdAt: instant,
        closedAt: instant.nullable(),
      }),
    ),
  })
  .openapi('ReviewCase');

const evidenceVersion = z.number().int().min(1);
const reasons = z.array(reasonCode).min(1).max(10);

export const reviewDecision = z
  .strictObject({
    decision: z.enum(['APPROVE', 'DECLINE']),
    reasons,
    comment: freeText(4000).optional(),
    amountFen,
    evidenceVersion,
  })
  .openapi('ReviewDecision');

export const moreRequested = z
  .strictObject({
    items: z
      .array(z.strictObject({ code: reasonCode, text: freeText(200) }))
      .min(1)
      .max(10),
    evidenceVersion,
  })
  .openapi('MoreRequested');

export const reviewReturn = z
  .strictObject({
    stage: z.enum(['BUREAU', 'FRAUD', 'SCORE']),
    reasons,
    evidenceVersion,
  })
  .openapi('ReviewReturn');

const CASE_STATES = ['OPEN', 'PROPOSED', 'RESOLVED'] as const;

export const operatorCaseQuery = pageQuery.extend({
  state: z.enum(CASE_STATES).optional(),
  applicationId: z.uuid().optional(),
});

export const operatorCaseView = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    step: z.string(),
    failureCode: z.string(),
    state: z.enum(CASE_STATES),
    action: z.enum(['RETRY', 'SKIP']).nullable(),
    proposedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    reason: z.string().nullable(),
    createdAt: instant,
    resolvedAt: instant.nullable(),
  })
  .openapi('OperatorCase');

export const operatorCasePage = pageOf(operatorCaseView).openapi('OperatorCasePage');

export const caseResolution = z
  .strictObject({ action: z.enum(['RETRY', 'SKIP']), reason: reasonCode })
  .openapi('CaseResolution');
