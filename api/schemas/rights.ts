/** What persons ask for by right and what they get: requests, answers, the ledger of consents and the copy of their data. */
import { z } from '@hono/zod-openapi';
import { ANSWERS, CORRECTABLE, OUTCOMES, RIGHTS } from '../../domain/rights.ts';
import { day, freeText, instant, reasonCode, sm3Digest } from './common.ts';

export const newRightsRequest = z
  .strictObject({
    kind: z.enum(RIGHTS),
    applicationId: z.uuid(),
    items: z.array(z.enum(CORRECTABLE)).max(CORRECTABLE.length).default([]).openapi({
      description: 'What is to be corrected, by field.',
    }),
    words: freeText(2000).optional().openapi({
      description: 'In your own words, for example what is right instead. Kept sealed.',
    }),
  })
  .openapi('NewRightsRequest');

export const rightsAnswer = z
  .strictObject({
    outcome: z.enum(ANSWERS),
    reason: reasonCode,
    words: freeText(2000)
      .optional()
      .openapi({ description: 'What is said to the person beside the reason. Kept sealed.' }),
  })
  .openapi('RightsAnswer');

export const rightsView = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    kind: z.enum(RIGHTS),
    items: z.array(z.string()),
    state: z.enum(['OPEN', 'PROPOSED', 'ANSWERED']),
    dueOn: day,
    overdue: z.boolean(),
    outcome: z.enum(OUTCOMES).nullable().openapi({
      description:
        'HELD: the erasure was approved, and the law forbade it before it was carried out.',
    }),
    reason: z.string().nullable(),
    receivedAt: instant,
    answeredAt: instant.nullable(),
    /** Null until it was carried out: the copy made, the keys destroyed. */
    concludedAt: instant.nullable(),
    holds: z
      .array(z.object({ code: z.string(), until: day.nullable() }))
      .openapi({ description: 'What the law keeps from being erased, and until when.' }),
  })
  .openapi('RightsRequest');

/** One request with what was said in people's own words; null where nothing was, or the keys are destroyed. */
export const rightsDetail = rightsView
  .extend({ words: z.string().nullable(), answer: z.string().nullable() })
  .openapi('RightsRequestDetail');

export const rightsList = z.object({ items: z.array(rightsView) }).openapi('RightsRequests');

/** Parts of a copy hold whole applications, so they are shorter than other pages. */
export const personalDataQuery = z.object({
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

const record = z.record(z.string(), z.unknown());

export const personalData = z
  .object({
    subject: z.string(),
    madeAt: instant,
    /** Where the next part begins; null in the last. */
    next: z.string().nullable(),
    applications: z.array(
      z.object({
        application: record,
        /** Null where it was erased. */
        form: record.nullable(),
        authorisations: z.array(record),
        consents: z.array(
          z.object({
            authorisationId: z.uuid(),
            purpose: z.string(),
            act: z.enum(['GRANT', 'WITHDRAW', 'EXPIRE']),
            textSm3: sm3Digest,
            at: instant,
          }),
        ),
        decisions: z.array(
          z.object({ outcome: z.string(), reasons: z.array(z.string()), at: instant }),
        ),
        offers: z.array(record),
        contracts: z.array(record),
        loans: z.array(record),
        instalments: z.array(record),
        repayments: z.array(record),
      }),
    ),
  })
  .openapi('PersonalData');
