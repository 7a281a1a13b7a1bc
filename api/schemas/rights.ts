/** What persons ask for by right and what they get: requests, answers, the ledger of consents and the copy of their data. */
import { z } from '@hono/zod-openapi';
import { ANSWERS, CORRECTABLE, RIGHTS } from '../../domain/rights.ts';
import { day, instant, reasonCode, sm3Digest } from './common.ts';

export const newRightsRequest = z
  .strictObject({
    kind: z.enum(RIGHTS),
    applicationId: z.uuid(),
    items: z.array(z.enum(CORRECTABLE)).max(CORRECTABLE.length).default([]).openapi({
      description: 'What is to be corrected; the right values are said to our people.',
    }),
  })
  .openapi('NewRightsRequest');

export const rightsAnswer = z
  .strictObject({ outcome: z.enum(ANSWERS), reason: reasonCode })
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
    outcome: z.enum(ANSWERS).nullable(),
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

export const rightsList = z.object({ items: z.array(rightsView) }).openapi('RightsRequests');

const record = z.record(z.string(), z.unknown());

export const personalData = z
  .object({
    subject: z.string(),
    madeAt: instant,
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
        decisions: z.array(record),
        contracts: z.array(record),
        loans: z.array(record),
      }),
    ),
  })
  .openapi('PersonalData');
