/** The parts of a reviewer's case: review, evidence with versions, exposure, cases like it, and what has changed. */
import { z } from '@hono/zod-openapi';
import { CONDITION_GATES, CONDITION_KINDS, type ConditionKind } from '../../domain/conditions.ts';
import { CHANGE_KINDS } from '../views/case-changes.ts';
import { amountFen, instant } from './common.ts';
import { fraudGraph, fraudSignal } from './fraud.ts';
import { listHit } from './lists.ts';

/** What is approved: the terms an offer will be made on. */
export const loanTerms = z
  .strictObject({
    amountFen,
    termMonths: z.number().int().min(1).max(600),
    annualRate: z.string().regex(/^\d{1,3}(\.\d{1,6})?$/),
  })
  .openapi('LoanTerms');

export const matrixStage = z
  .object({
    name: z.string(),
    roles: z.array(z.string()),
    seats: z.number().int(),
    quorum: z.number().int(),
  })
  .openapi('ApprovalStage');

/** A row of the matrix that was looked at, with the condition that kept it out; null for the one that fits. */
export const matrixStep = z
  .object({ row: z.string(), misfit: z.string().nullable() })
  .openapi('MatrixStep');

const seat = z.object({
  id: z.uuid(),
  stage: z.number().int(),
  seat: z.number().int(),
  roles: z.array(z.string()),
  state: z.string(),
  assignee: z.string().nullable(),
});

const review = z
  .object({
    round: z.number().int(),
    matrix: z.string(),
    row: z.string(),
    stages: z.array(matrixStage),
    why: z.array(matrixStep),
    exposureFen: amountFen,
    exceptions: z.number().int(),
    mostFen: amountFen,
    leastFen: amountFen,
    evidenceVersion: z.number().int(),
    proposal: loanTerms.nullable(),
    waiting: z.boolean(),
    ended: z.string().nullable(),
    seats: z.array(seat),
  })
  .openapi('Review');

const conditionKinds = Object.keys(CONDITION_KINDS) as [ConditionKind, ...ConditionKind[]];
export const conditionKind = z.enum(conditionKinds);
export const conditionGate = z.enum(CONDITION_GATES);

export const conditionView = z
  .object({
    id: z.uuid(),
    round: z.number().int(),
    kind: conditionKind,
    zh: z.string(),
    en: z.string(),
    gate: conditionGate,
    state: z.enum(['ISSUED', 'ANSWERED', 'CLEARED', 'WAIVER_PROPOSED', 'WAIVED']),
    /** Colleagues are nobody in particular to an applicant. */
    issuedBy: z.string().nullable(),
    proposedBy: z.string().nullable(),
    closedBy: z.string().nullable(),
    reason: z.string().nullable(),
    answeredAt: instant.nullable(),
    answer: z.string().nullable().optional(),
  })
  .openapi('LoanCondition');

const undo = z.object({
  id: z.uuid(),
  round: z.number().int(),
  stage: z.string(),
  reason: z.string(),
  state: z.enum(['PROPOSED', 'APPROVED', 'REJECTED']),
  proposedBy: z.string(),
  decidedBy: z.string().nullable(),
  proposedAt: instant,
});

const event = z.object({
  number: z.number().int(),
  from: z.string(),
  to: z.string(),
  actorKind: z.string(),
  actor: z.string(),
  role: z.string().nullable(),
  reason: z.string(),
  at: instant,
});

const exposure = z
  .object({
    outstandingFen: amountFen,
    overdue: z.number().int(),
    applications: z.array(
      z.object({
        id: z.uuid(),
        productCode: z.string().nullable(),
        stage: z.string(),
        amountFen: amountFen.nullable(),
        submittedAt: instant.nullable(),
        loan: z
          .object({
            state: z.string(),
            principalFen: amountFen.nullable(),
            outstandingFen: amountFen.nullable(),
            daysPastDue: z.number().int().nullable(),
          })
          .nullable(),
      }),
    ),
  })
  .openapi('Exposure');

const similar = z
  .object({
    counted: z.number().int(),
    lent: z.number().int(),
    overdue: z.number().int(),
    declined: z.number().int(),
    cases: z.array(
      z.object({
        applicationId: z.uuid(),
        decidedAt: instant,
        decision: z.string(),
        askedFen: amountFen.nullable(),
        decidedFen: amountFen.nullable(),
        termMonths: z.number().int().nullable(),
        stage: z.string(),
        loanState: z.string().nullable(),
        daysPastDue: z.number().int().nullable(),
      }),
    ),
  })
  .openapi('SimilarCases');

const changed = z
  .object({
    since: instant,
    evidenceVersion: z.number().int(),
    items: z.array(z.object({ kind: z.enum(CHANGE_KINDS), what: z.string(), at: instant })),
  })
  .openapi('CaseChanges');

const evidence = {
  evidenceVersion: z.number().int(),
  evidenceChanges: z.array(z.object({ version: z.number().int(), what: z.string(), at: instant })),
  verifications: z.array(
    z.object({
      kind: z.string(),
      outcome: z.string(),
      evidenceVersion: z.number().int(),
      detail: z.unknown(),
      at: instant,
    }),
  ),
  bureau: z.array(
    z.object({
      bureau: z.string(),
      round: z.number().int(),
      outcome: z.string().nullable(),
      gap: z.string().nullable(),
      receivedAt: instant.nullable(),
    }),
  ),
  /** The values of the bureaus that the decision's rules read. */
  bureauSummary: z.array(
    z.object({
      name: z.string(),
      bureau: z.string(),
      zh: z.string(),
      en: z.string(),
      unit: z.string(),
      value: z.unknown(),
    }),
  ),
  /** Null for a register that gave no answer. */
  registry: z
    .object({
      sanctionsHit: z.boolean().nullable(),
      courtOpenCases: z.number().int().nullable(),
    })
    .nullable(),
  fraud: z
    .object({
      level: z.enum(['LOW', 'MEDIUM', 'HIGH']),
      round: z.number().int(),
      points: z.number().nullable(),
      /** Of assessments from before signals had a shape, as they were kept. */
      signals: z.union([z.array(fraudSignal), z.unknown()]),
      waived: z.array(z.string()),
      graph: fraudGraph.nullable(),
      at: instant,
    })
    .nullable(),
  hits: z.array(listHit),
  score: z
    .object({
      scorecard: z.string(),
      total: z.number().int(),
      grade: z.string(),
      complete: z.boolean(),
      contributions: z.unknown(),
      round: z.number().int(),
      evidenceVersion: z.number().int(),
    })
    .nullable(),
  documents: z.array(
    z.object({ id: z.uuid(), kind: z.string(), mediaType: z.string(), createdAt: instant }),
  ),
} as const;

const record = {
  actions: z.array(
    z.object({
      taskId: z.uuid(),
      actor: z.string(),
      role: z.string(),
      onBehalfOf: z.string().nullable(),
      action: z.string(),
      reasons: z.array(z.string()),
      comment: z.string().nullable(),
      amountFen: amountFen.nullable(),
      terms: loanTerms.nullable(),
      evidenceVersion: z.number().int(),
      round: z.number().int(),
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
  /** Null before a decision has referred the application. */
  review: review.nullable(),
  conditions: z.array(conditionView),
  undos: z.array(undo),
  timeline: z.array(event),
} as const;

/** Everything of a case beside its task, form and decision. */
export const caseParts = {
  ...evidence,
  ...record,
  exposure,
  similar: similar.nullable(),
  changed: changed.nullable().openapi({
    description: 'What came since the caller last opened the case; null on the first look.',
  }),
} as const;
