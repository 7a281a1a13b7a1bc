/** What finance says of the payee of an entrusted payment; name and account go in and never come out. */
import { z } from '@hono/zod-openapi';
import { normaliseIdentifier } from '../../domain/identifiers.ts';
import { instant, line, reasonCode } from './common.ts';

const sm3 = z.string().regex(/^[0-9a-f]{64}$/);
/** A bank account or card as it is written on a slip: digits and capital letters. */
export const accountNumber = z
  .string()
  .min(1)
  .max(40)
  .transform(normaliseIdentifier)
  .pipe(z.string().regex(/^[0-9A-Z-]{6,34}$/));

/** The payee as the evidence names it. */
const payee = { name: line(128), account: accountNumber, evidenceSm3: sm3 };

export const payeeProposal = z
  .strictObject({
    ...payee,
    evidenceKind: z.enum(['PURCHASE_CONTRACT', 'INVOICE', 'ORDER', 'OTHER']),
    reason: reasonCode,
  })
  .openapi('PayeeProposal');

/** Who approves types the payee from the evidence once more: what differs from the proposal is refused. */
export const payeeDecision = z
  .discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('APPROVE'), ...payee, reason: reasonCode }),
    z.strictObject({ decision: z.literal('REJECT'), reason: reasonCode }),
  ])
  .openapi('PayeeDecision');

export const payeeList = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        evidenceKind: z.enum(['PURCHASE_CONTRACT', 'INVOICE', 'ORDER', 'OTHER']),
        evidenceSm3: sm3,
        reason: z.string(),
        state: z.enum(['PROPOSED', 'APPROVED', 'REJECTED', 'REPLACED']),
        proposedBy: z.string(),
        proposedAt: instant,
        decidedBy: z.string().nullable(),
        decidedAt: instant.nullable(),
      }),
    ),
  })
  .openapi('EntrustedPayees');
