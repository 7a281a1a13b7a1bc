/** What is said about decisions, review tasks and operator cases. */
import { z } from '@hono/zod-openapi';
import { GRADES } from '../../domain/loan-terms.ts';
import { caseParts, conditionGate, conditionKind, loanTerms } from './case.ts';
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

const KINDS = ['REVIEW', 'DECISION_REVIEW', 'COLLECTION', 'OBJECTION'] as const;
const PENDING = ['OPERATOR', 'REVIEW', 'SECOND_REVIEW', 'INFORMATION', 'CONDITIONS'] as const;

export const reviewQuery = pageQuery.extend({
  applicationId: z.uuid().optional(),
  kind: z.enum(KINDS).optional(),
  state: z.enum(TASK_STATES).optional().openapi({
    description: 'Open and claimed tasks unless one state is asked for.',
  }),
  assignee: z.enum(['me', 'nobody']).optional().openapi({
    description: '`me`: the tasks the caller holds; `nobody`: those that wait for somebody.',
  }),
  product: z.string().max(64).optional(),
  grade: z.enum(GRADES).optional(),
  amountFrom: z.coerce.number().int().min(0).optional().openapi({ description: 'Fen, included.' }),
  amountTo: z.coerce.number().int().min(0).optional().openapi({ description: 'Fen, included.' }),
  overdue: z.literal('true').optional().openapi({
    description: '`true`: only tasks that were due before now.',
  }),
  pending: z.enum(PENDING).optional().openapi({ description: 'What the application waits for.' }),
  sort: z.enum(['SLA', 'AGE', 'AMOUNT', 'GRADE']).default('SLA').openapi({
    description: 'By when it is due, when it came, what is asked for, or how it was graded.',
  }),
  order: z.enum(['asc', 'desc']).default('asc'),
});

export const reviewSummary = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    round: z.number().int(),
    kind: z.enum(KINDS),
    /** What a task of another kind than REVIEW is about. */
    subjectId: z.uuid().nullable(),
    /** Stage of the review, from 1, and the seat in it. */
    level: z.number().int(),
    seat: z.number().int(),
    roles: z.array(z.string()),
    state: z.enum(TASK_STATES),
    assignee: z.string().nullable(),
    /** When its holder last did something with it. */
    activeAt: instant.nullable(),
    evidenceVersion: z.number().int(),
    slaDueAt: instant,
    escalatedAt: instant.nullable(),
    createdAt: instant,
    productCode: z.string().nullable(),
    amountFen: amountFen.nullable(),
    grade: z.string().nullable(),
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

export const reviewCase = z
  .object({
    task: reviewSummary,
    pages: shownPages,
    decision: decisionView.nullable(),
    ...caseParts,
  })
  .openapi('ReviewCase');

const evidenceVersion = z.number().int().min(1);
const reasons = z.array(reasonCode).min(1).max(10);

/** The person whose lent authority is used. */
const onBehalfOf = z.string().min(1).max(200).optional();

export const reviewDecision = z
  .strictObject({
    decision: z.enum(['APPROVE', 'DECLINE']),
    reasons,
    comment: freeText(4000),
    amountFen,
    terms: loanTerms.optional().openapi({
      description: 'A counter-offer: less, another term or a lower price, within policy.',
    }),
    conditions: z
      .array(z.strictObject({ kind: conditionKind, gate: conditionGate }))
      .max(10)
      .default([])
      .openapi({ description: 'Conditions precedent, each with the door it keeps shut.' }),
    evidenceVersion,
    onBehalfOf,
  })
  .refine(({ terms, amountFen: amount }) => terms === undefined || terms.amountFen === amount, {
    path: ['terms', 'amountFen'],
    message: 'The amount of the terms is the amount approved.',
  })
  .openapi('ReviewDecision');

export const taskTaken = z.strictObject({ onBehalfOf }).openapi('TaskTaken');

export const taskStolen = z.strictObject({ reason: reasonCode, onBehalfOf }).openapi('TaskStolen');

export const moreRequested = z
  .strictObject({
    items: z
      .array(z.strictObject({ code: reasonCode, text: freeText(200) }))
      .min(1)
      .max(10),
    evidenceVersion,
    onBehalfOf,
  })
  .openapi('MoreRequested');

export const reviewReturn = z
  .strictObject({
    stage: z.enum(['BUREAU', 'FRAUD', 'SCORE']),
    reasons,
    comment: freeText(4000),
    evidenceVersion,
    onBehalfOf,
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
