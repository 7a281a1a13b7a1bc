/** What operations say and see of parked loans many at once, and of corrections. */
import { z } from '@hono/zod-openapi';
import { CORRECTION_FIELDS } from '../../domain/correction.ts';
import { STAGES } from '../../domain/journey.ts';
import { instant, reasonCode } from './common.ts';

const code = z.string().regex(/^[\w.-]{1,80}$/);
const productCode = z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/);

/** Which parked loans are meant; what is left out means any. */
export const failureFilter = z.strictObject({
  step: code.optional(),
  failureCode: code.optional(),
  stage: z.enum(STAGES).optional(),
  productCode: productCode.optional(),
});

export const failureGroup = z
  .object({
    step: z.string(),
    failureCode: z.string(),
    stage: z.enum(STAGES),
    productCode: z.string().nullable(),
    taskQueue: z
      .string()
      .openapi({ description: 'The queue whose outside service the step asks.' }),
    cases: z.number().int(),
    proposed: z.number().int(),
    since: instant,
    latest: instant,
    sample: z.array(z.uuid()).openapi({ description: 'Ids of the five oldest cases.' }),
  })
  .openapi('FailureGroup');

export const failureList = z
  .object({
    items: z.array(failureGroup),
    parkedWorkflows: z.number().int().nullable().openapi({
      description:
        'Loans that Temporal shows as NEEDS_OPERATOR, a moment behind; null while it does not say.',
    }),
  })
  .openapi('FailureList');

export const bulkRetryRequest = z
  .strictObject({
    filter: failureFilter,
    cap: z.number().int().min(1).max(200),
    dryRun: z.boolean(),
    reason: reasonCode,
  })
  .openapi('BulkRetryRequest');

const STATES = ['DRY_RUN', 'PROPOSED', 'RUNNING', 'DONE', 'STOPPED', 'REJECTED'] as const;

export const bulkRetryView = z
  .object({
    id: z.uuid().nullable(),
    state: z.enum(STATES),
    /** What the caller waits for: nothing is done before a second person has agreed. */
    waitsFor: z.enum(['SECOND_PERSON']).nullable(),
    filter: failureFilter,
    cap: z.number().int(),
    reason: z.string(),
    proposedBy: z.string(),
    decidedBy: z.string().nullable(),
    listed: z.number().int(),
    sent: z.number().int(),
    leftOut: z.number().int(),
    failed: z.number().int(),
    cases: z.array(z.object({ id: z.uuid(), applicationId: z.uuid() })),
  })
  .openapi('BulkRetry');

export const bulkRetryList = z.object({ items: z.array(bulkRetryView) }).openapi('BulkRetryList');

export const correctionRequest = z
  .strictObject({
    field: z.enum(CORRECTION_FIELDS),
    value: z.union([z.string().max(200), z.number().int()]),
    reason: reasonCode,
  })
  .openapi('CorrectionRequest');

/** Everything that is to be corrected at once: a second person agrees to all of it. */
export const amendmentRequest = z
  .strictObject({
    corrections: z
      .array(
        z.strictObject({
          field: z.enum(CORRECTION_FIELDS),
          value: z.union([z.string().max(200), z.number().int()]),
        }),
      )
      .min(1)
      .max(CORRECTION_FIELDS.length),
    reason: reasonCode,
  })
  .openapi('AmendmentRequest');

export const amendmentList = z
  .object({
    /** Fields that may be corrected at the stage the application stands in. */
    correctable: z.array(z.enum(CORRECTION_FIELDS)),
    /** UNDO_APPROVAL: a second person is waited for. */
    pending: z.literal('UNDO_APPROVAL').nullable(),
    items: z.array(
      z.object({
        id: z.uuid(),
        field: z.enum(CORRECTION_FIELDS),
        /** While it is proposed, to those who see the form, masked as the form is. */
        value: z.union([z.string(), z.number()]).nullable(),
        state: z.enum(['PROPOSED', 'APPLIED', 'DROPPED']),
        reason: z.string(),
        proposedBy: z.string().nullable(),
        appliedBy: z.string().nullable(),
        proposedAt: instant,
        closedAt: instant.nullable(),
      }),
    ),
  })
  .openapi('Amendments');

export const correctionView = z
  .object({
    id: z.uuid(),
    field: z.enum(CORRECTION_FIELDS),
    state: z.enum(['PROPOSED', 'APPLIED', 'DROPPED']),
    reason: z.string(),
    proposedBy: z.string(),
    appliedBy: z.string().nullable(),
    proposedAt: instant,
    closedAt: instant.nullable(),
  })
  .openapi('Correction');

export const correctionList = z
  .object({
    /** Fields that may be corrected at the stage the loan is parked in. */
    correctable: z.array(z.enum(CORRECTION_FIELDS)),
    items: z.array(correctionView),
  })
  .openapi('CorrectionList');
