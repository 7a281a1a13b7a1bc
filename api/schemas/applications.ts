/** What is said about applications: drafts, submission, withdrawal, supplements, timeline. */
import { z } from '@hono/zod-openapi';
import { amountFen, freeText, instant, pageOf, pageQuery, reasonCode } from './common.ts';
import { shownPages, workPage } from './pages.ts';

const externalId = z.string().regex(/^[\x21-\x7e]{1,64}$/);

export const applicationQuery = pageQuery.extend({ externalId: externalId.optional() });

export const newApplication = z
  .strictObject({
    externalId: externalId
      .optional()
      .openapi({ description: 'Your own id of the application, unique among yours.' }),
    applicantKind: z.enum(['PERSON', 'ENTERPRISE']).default('PERSON'),
  })
  .openapi('NewApplication');

const informationRequest = z
  .object({
    id: z.uuid(),
    items: z.array(z.object({ code: z.string(), text: z.string() })),
    requestedAt: instant,
  })
  .openapi('InformationRequest');

export const applicationSummary = z
  .object({
    id: z.uuid(),
    externalId: z.string().nullable(),
    applicantKind: z.string(),
    productCode: z.string().nullable(),
    stage: z.string(),
    pending: z.string().nullable(),
    version: z.number().int(),
    amountFen: amountFen.nullable(),
    termMonths: z.number().int().nullable(),
    endReason: z.string().nullable(),
    createdAt: instant,
    updatedAt: instant,
    submittedAt: instant.nullable(),
    endedAt: instant.nullable(),
  })
  .openapi('ApplicationSummary');

export const applicationView = applicationSummary
  .extend({
    evidenceVersion: z.number().int(),
    round: z.number().int(),
    pages: shownPages,
    faceUploaded: z.boolean(),
    authorisationId: z.uuid().nullable(),
    decisionId: z.uuid().nullable(),
    offerId: z.uuid().nullable(),
    contractId: z.uuid().nullable(),
    /** The loan note of the first payout. */
    loanId: z.uuid().nullable(),
    /** The loan notes of all payouts, in their order. */
    loanIds: z.array(z.uuid()),
    informationRequest: informationRequest.nullable(),
  })
  .openapi('Application');

export const applicationPage = pageOf(applicationSummary).openapi('ApplicationPage');

export const fieldWarning = z.object({ pointer: z.string(), code: z.string(), detail: z.string() });

export const pageSaved = z
  .object({ evidenceVersion: z.number().int(), warnings: z.array(fieldWarning) })
  .openapi('PageSaved');

export const faceSaved = z
  .object({ documentId: z.uuid(), sm3: z.string(), evidenceVersion: z.number().int() })
  .openapi('FaceSaved');

export const submission = z
  .strictObject({ evidenceVersion: z.number().int().min(1) })
  .openapi('Submission');

export const withdrawal = z.strictObject({ reason: reasonCode }).openapi('Withdrawal');

/**
 * What the applicant answers; the page on work may be sent anew and travels sealed with the answer. Who applies and
 * for what is fixed by the submission: another person or another loan is another application.
 */
export const supplement = z
  .strictObject({
    requestId: z.uuid(),
    answers: z
      .array(z.strictObject({ code: reasonCode, text: freeText(2000) }))
      .max(20)
      .default([]),
    pages: z
      .strictObject({
        work: workPage.optional(),
      })
      .default({}),
  })
  .openapi('Supplement');

/**
 * The sealed answer as it lies in `information_requests.sealed_answer`: what the activity that records it opens.
 * Every page in it passed the form's rules.
 */
export type SupplementAnswer = Omit<z.output<typeof supplement>, 'requestId'>;

export const timelineEvent = z
  .object({
    number: z.number().int(),
    from: z.string(),
    to: z.string(),
    actorKind: z.string(),
    actor: z.string().nullable(),
    role: z.string().nullable(),
    reason: z.string(),
    at: instant,
  })
  .openapi('TimelineEvent');

export const timeline = z.object({ events: z.array(timelineEvent) }).openapi('Timeline');
