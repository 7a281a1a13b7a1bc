/** What is said at the desk about tasks that are no review: collections. */
import { z } from '@hono/zod-openapi';
import { CONTACT_OUTCOMES } from '../../domain/desk-kinds.ts';
import { amountFen, day, reasonCode } from './common.ts';

export const deskTaskView = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    applicationId: z.uuid(),
    state: z.enum(['OPEN', 'CLAIMED', 'DECIDED', 'CANCELLED']),
    assignee: z.string().nullable(),
  })
  .openapi('DeskTask');

export const takeover = z.strictObject({ reason: reasonCode }).openapi('Takeover');

/** What came of a contact that the rules allowed before it was made, or what the borrower promised to pay by which day. */
export const collectionAct = z
  .discriminatedUnion('act', [
    z.strictObject({
      act: z.literal('CONTACT'),
      contactId: z.uuid().openapi({
        description: 'What POST /v1/loans/{id}/contacts answered before the contact was made',
      }),
      outcome: z.enum(CONTACT_OUTCOMES),
    }),
    z.strictObject({ act: z.literal('PROMISE'), amountFen, payBy: day }),
  ])
  .openapi('CollectionAct');
