/** Collection as it is spoken of: contacts before and after they are made, stops, and acts on a loan's class. */
import { z } from '@hono/zod-openapi';
import { TIERS } from '../../domain/classification.ts';
import {
  CONTACT_CHANNELS,
  CONTACT_LINES,
  CONTACT_TARGETS,
  STOP_CAUSES,
} from '../../domain/contact.ts';
import { CONTACT_OUTCOMES } from '../../domain/desk-kinds.ts';
import { day, instant, reasonCode } from './common.ts';

/** An attempt that is about to be made. What is meant to be said may stand beside it; it is looked at and not kept. */
export const contactRequest = z
  .strictObject({
    channel: z.enum(CONTACT_CHANNELS),
    target: z.enum(CONTACT_TARGETS),
    line: z.enum(CONTACT_LINES),
    purpose: z.enum(['COLLECT', 'RELAY']),
    people: z.number().int().min(1).max(20).default(1),
    recorded: z.boolean().default(false),
    nightConsent: z.boolean().default(false),
    script: z.string().max(4_000).optional(),
  })
  .openapi('ContactRequest');

export const contactBegun = z
  .object({ id: z.uuid(), loanId: z.uuid(), begunAt: instant })
  .openapi('ContactBegun');

export const contactTold = z
  .strictObject({ outcome: z.enum(CONTACT_OUTCOMES) })
  .openapi('ContactTold');

export const contactOutcomeView = z
  .object({ id: z.uuid(), outcome: z.enum(CONTACT_OUTCOMES) })
  .openapi('ContactOutcome');

export const stopRequest = z
  .strictObject({ cause: z.enum(STOP_CAUSES), reason: reasonCode })
  .openapi('ContactStopRequest');

export const liftRequest = z.strictObject({ reason: reasonCode }).openapi('ContactStopLift');

export const stopView = z.object({ id: z.uuid(), loanId: z.uuid() }).openapi('ContactStop');

/** A class by hand: to worsen one person says so, to lift another decides. */
export const classActRequest = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('WORSEN'),
      event: z.enum(['MANUAL', 'IMPAIRED', 'FRAUD']),
      toTier: z.enum(TIERS),
      reason: reasonCode,
    }),
    z.strictObject({ kind: z.literal('LIFT'), toTier: z.enum(TIERS), reason: reasonCode }),
  ])
  .openapi('ClassActRequest');

export const writeOffRequest = z.strictObject({ reason: reasonCode }).openapi('WriteOffRequest');

export const actDecision = z
  .strictObject({ decision: z.enum(['APPROVE', 'REJECT']), reason: reasonCode })
  .openapi('LoanActDecision');

export const loanActView = z
  .object({
    id: z.uuid(),
    loanId: z.uuid(),
    kind: z.enum(['WORSEN', 'LIFT', 'WRITE_OFF']),
    toTier: z.enum(TIERS).nullable(),
    reason: z.string(),
    state: z.enum(['PROPOSED', 'APPROVED', 'REJECTED', 'APPLIED', 'REFUSED']),
    /** Why an approved act no longer fitted the loan. */
    refusal: z.string().nullable(),
    proposedBy: z.string(),
    decidedBy: z.string().nullable(),
  })
  .openapi('LoanAct');

export const collectionView = z
  .object({
    loanId: z.uuid(),
    tier: z.enum(TIERS),
    daysPastDue: z.number().int(),
    writtenOffOn: day.nullable(),
    acts: z.array(loanActView),
    classes: z.array(
      z.object({
        fromTier: z.enum(TIERS),
        toTier: z.enum(TIERS),
        actId: z.uuid().nullable(),
        onDay: day,
      }),
    ),
    contacts: z.array(
      z.object({
        id: z.uuid(),
        channel: z.enum(CONTACT_CHANNELS),
        target: z.enum(CONTACT_TARGETS),
        line: z.enum(CONTACT_LINES),
        purpose: z.enum(['COLLECT', 'RELAY']),
        people: z.number().int(),
        begunBy: z.string(),
        begunAt: instant,
        outcome: z.enum(CONTACT_OUTCOMES).nullable(),
      }),
    ),
    stops: z.array(
      z.object({
        id: z.uuid(),
        cause: z.enum(STOP_CAUSES),
        reason: z.string(),
        stoppedBy: z.string(),
        stoppedAt: instant,
        liftedBy: z.string().nullable(),
        liftedAt: instant.nullable(),
      }),
    ),
  })
  .openapi('LoanCollection');
