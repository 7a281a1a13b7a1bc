/** What finance says of unmatched money: whose it is, or where it goes back to. */
import { z } from '@hono/zod-openapi';
import { line, reasonCode } from './common.ts';
import { accountNumber } from './entrusted.ts';

/** The bank's own number of the notice. */
export const noticeParam = z.object({ id: z.string().regex(/^[\x21-\x7e]{1,128}$/) });

export const unmatchedProposal = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('ASSIGN'), loanId: z.uuid(), reason: reasonCode }),
    z.strictObject({
      action: z.literal('REFUND'),
      /** Who sent it, as the bank's own slip names them. */
      name: line(128),
      account: accountNumber,
      reason: reasonCode,
    }),
  ])
  .openapi('UnmatchedProposal');

export const unmatchedDecision = z
  .strictObject({
    decision: z.enum(['APPROVE', 'REJECT']),
    action: z.enum(['ASSIGN', 'REFUND']),
    reason: reasonCode,
  })
  .openapi('UnmatchedDecision');

export const unmatchedStanding = z
  .object({
    noticeId: z.string(),
    state: z.enum(['OPEN', 'PROPOSED', 'APPROVED', 'SENT', 'CLOSED']),
  })
  .openapi('UnmatchedStanding');
