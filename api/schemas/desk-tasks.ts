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

/** An attempt to speak with the borrower, or what they promised to pay by which day. */
export const collectionAct = z
  .discriminatedUnion('act', [
    z.strictObject({ act: z.literal('CONTACT'), outcome: z.enum(CONTACT_OUTCOMES) }),
    z.strictObject({ act: z.literal('PROMISE'), amountFen, payBy: day }),
  ])
  .openapi('CollectionAct');
