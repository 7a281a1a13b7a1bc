/** What is said about loans in service: quotes, prepayments, reschedules, refunds and unmatched money. */
import { z } from '@hono/zod-openapi';
import { amountFen, askedDay, day, instant, reasonCode } from './common.ts';

const positiveFen = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const choice = z.enum(['LOWER_PAYMENT', 'SHORTER_TERM']);
const parts = z.object({
  feeFen: amountFen,
  penaltyFen: amountFen,
  interestFen: amountFen,
  principalFen: amountFen,
});

/** An amount in a query: digits alone, so that what is no number of fen (`1e3`, `0x10`, nothing) is not made into one. */
const queryFen = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .pipe(positiveFen)
  .openapi({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const quoteQuery = z.object({
  on: askedDay,
  kind: z.enum(['DUE', 'SETTLE', 'PARTIAL', 'COOLING_OFF']).default('DUE'),
  /** PARTIAL: what is prepaid beside what is due on that day. */
  amountFen: queryFen.optional(),
  choice: choice.default('LOWER_PAYMENT'),
  /** A payment to be looked at; left out, exactly what must come in. */
  paymentFen: queryFen.optional(),
});

export const quoteView = z
  .object({
    on: day,
    kind: z.enum(['DUE', 'SETTLE', 'PARTIAL', 'COOLING_OFF']),
    owed: parts,
    owedFen: amountFen,
    heldFen: amountFen,
    toPayFen: amountFen,
    paymentFen: amountFen,
    allocations: z.array(parts.extend({ number: z.number().int() })),
    unappliedFen: amountFen,
    /** Last day on which the loan may be given back; null where it may not. */
    coolingOffUntil: day.nullable(),
  })
  .openapi('LoanQuote');

export const prepaymentRequest = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('SETTLE') }),
    z.strictObject({ kind: z.literal('COOLING_OFF') }),
    z.strictObject({ kind: z.literal('PARTIAL'), amountFen: positiveFen, choice }),
  ])
  .openapi('PrepaymentRequest');

export const rescheduleRequest = z
  .strictObject({
    kind: z.enum(['DEFER', 'RESTRUCTURE']),
    months: z.number().int().min(1).max(120),
    reason: reasonCode,
  })
  .openapi('RescheduleRequest');

export const rescheduleDecision = z
  .strictObject({
    rescheduleId: z.uuid(),
    decision: z.enum(['APPROVE', 'REJECT']),
    reason: reasonCode,
  })
  .openapi('RescheduleDecision');

export const refundRequest = z
  .strictObject({ amountFen: positiveFen, reason: reasonCode })
  .openapi('RefundRequest');

export const refundDecision = z
  .strictObject({
    requestNo: z.string().regex(/^XD[0-9A-F]{30}$/),
    decision: z.enum(['APPROVE', 'REJECT']),
    reason: reasonCode,
  })
  .openapi('RefundDecision');

export const servicingView = z
  .object({
    loanId: z.uuid(),
    heldFen: amountFen,
    versions: z.array(
      z.object({
        version: z.number().int(),
        reason: z.enum(['ORIGINATED', 'PREPAID', 'SETTLED_EARLY', 'COOLING_OFF', 'RESCHEDULED']),
        state: z.enum(['ACTIVE', 'REPLACED']),
        effectiveOn: day,
      }),
    ),
    reschedules: z.array(
      z.object({
        id: z.uuid(),
        kind: z.enum(['DEFER', 'RESTRUCTURE']),
        months: z.number().int(),
        reason: z.string(),
        state: z.enum(['PROPOSED', 'APPLIED', 'REJECTED']),
        proposedBy: z.string(),
        decidedBy: z.string().nullable(),
      }),
    ),
    orders: z.array(
      z.object({
        requestNo: z.string(),
        kind: z.enum(['DEBIT', 'REFUND']),
        step: z.string(),
        amountFen,
        state: z.enum(['PROPOSED', 'READY', 'SENT', 'UNKNOWN', 'PAID', 'REFUSED', 'REJECTED']),
        orderedOn: day,
        proposedBy: z.string().nullable(),
        decidedBy: z.string().nullable(),
        failureCode: z.string().nullable(),
      }),
    ),
  })
  .openapi('LoanServicing');

export const unmatchedView = z
  .object({
    items: z.array(
      z.object({
        noticeId: z.string(),
        loanId: z.uuid().nullable(),
        cause: z.enum(['NO_SUCH_LOAN', 'LOAN_CLOSED']),
        amountFen,
        bankReference: z.string(),
        state: z.enum(['OPEN', 'PROPOSED', 'APPROVED', 'SENT', 'CLOSED']),
        recordedAt: instant,
        action: z.enum(['ASSIGN', 'REFUND']).nullable(),
        assignedLoanId: z.uuid().nullable(),
        reason: z.string().nullable(),
        proposedBy: z.string().nullable(),
        decidedBy: z.string().nullable(),
        /** Why what was agreed on last came to nothing. */
        failureCode: z.string().nullable(),
      }),
    ),
  })
  .openapi('UnmatchedMoney');
