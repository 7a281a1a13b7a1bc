/** What a picture of a card or licence fills into the form beforehand. */
import { z } from '@hono/zod-openapi';

export const cardSide = z.object({ side: z.enum(['FRONT', 'BACK']).default('FRONT') });

export const prefillField = z
  .object({
    value: z.string().nullable(),
    state: z.enum(['ACCEPTED', 'CONFIRM', 'MISSING']),
    confidence: z.number().int().min(0).max(100),
  })
  .openapi('PrefillField');

/** Fields by name: `number name sex nation birth address`, `issuer validFrom validUntil`, or those of a licence. */
export const prefillAnswer = z
  .object({
    documentId: z.uuid(),
    paper: z.enum(['ID_FRONT', 'ID_BACK', 'LICENCE']),
    fields: z.record(z.string(), prefillField),
    notes: z.array(
      z.enum([
        'BIRTH_DIFFERS',
        'SEX_DIFFERS',
        'UNDERAGE',
        'NOT_VALID_TODAY',
        'VALIDITY_IMPLAUSIBLE',
        'ISSUER_IMPLAUSIBLE',
      ]),
    ),
  })
  .openapi('Prefill');
