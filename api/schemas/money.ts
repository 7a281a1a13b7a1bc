/** What is said about loans, payouts and the bank's notices. */
import { z } from '@hono/zod-openapi';
import { PAYOUT_STATES } from '../../domain/disburse.ts';
import { amountFen, day, instant, pageOf, reasonCode } from './common.ts';

const instalment = z
  .object({
    number: z.number().int(),
    dueDate: day,
    principalFen: amountFen,
    interestFen: amountFen,
    feeFen: amountFen,
    penaltyFen: amountFen,
    /** Last day without penalty interest. */
    payableUntil: day,
    paidPrincipalFen: amountFen,
    paidInterestFen: amountFen,
    paidFeeFen: amountFen,
    paidPenaltyFen: amountFen,
  })
  .openapi('Instalment');

export const loanSummary = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    number: z.string(),
    state: z.enum(['ACTIVE', 'OVERDUE', 'SETTLED', 'RETURNED']),
    principalFen: amountFen,
    /** Percent a year, as a decimal string. */
    annualRate: z.string(),
    termMonths: z.number().int(),
    method: z.string(),
    /** Which payout of its contract it is the note of, from 1. */
    tranche: z.number().int(),
    disbursedOn: day,
    daysPastDue: z.number().int(),
    settledAt: instant.nullable(),
    settledReason: z.enum(['PAID', 'PREPAID', 'COOLING_OFF']).nullable(),
  })
  .openapi('LoanSummary');

export const loanView = loanSummary
  .extend({
    balances: z.object({
      principalFen: amountFen,
      interestFen: amountFen,
      feeFen: amountFen,
      penaltyFen: amountFen,
      totalFen: amountFen,
      /** Money of the borrower that the next due date takes. */
      heldFen: amountFen,
    }),
    scheduleVersion: z.number().int(),
    instalments: z.array(instalment),
    repayments: z.array(
      z.object({
        bankReference: z.string(),
        amountFen,
        unallocatedFen: amountFen,
        receivedOn: day,
        valueOn: day.openapi({
          description: 'From which it counts: the bank’s day, where its notice came later',
        }),
      }),
    ),
  })
  .openapi('Loan');

export const loanPageView = pageOf(loanSummary).openapi('LoanPageOfList');

export const payoutView = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    contractId: z.uuid(),
    /** Which payout of the contract it is, from 1; attempts of one count by themselves. */
    tranche: z.number().int(),
    attempt: z.number().int(),
    requestNo: z.string(),
    amountFen,
    state: z.enum(PAYOUT_STATES),
    /** The maker whose release waits, or waited, for a checker. */
    firstReleasedBy: z.string().nullable(),
    /** `SECOND_RELEASE` while one person has released and another is to confirm. */
    waitsFor: z.literal('SECOND_RELEASE').nullable(),
    releasedBy: z.string().nullable(),
    bankReference: z.string().nullable(),
    failureCode: z.string().nullable(),
    createdAt: instant,
    sentAt: instant.nullable(),
    settledAt: instant.nullable(),
    returnedAt: instant.nullable(),
    /** What one person proposed after a refusal, waiting for another. */
    proposal: z
      .object({
        action: z.enum(['RETRY', 'CANCEL']),
        proposedBy: z.string(),
        reason: z.string(),
        approvedBy: z.string().nullable(),
      })
      .nullable(),
  })
  .openapi('Payout');

export const trancheList = z
  .object({
    items: z.array(
      z.object({
        number: z.number().int(),
        principalFen: amountFen,
        /** What the borrower receives. */
        advancedFen: amountFen,
        /** Not paid before this day. */
        earliestOn: day,
        state: z.enum(['PLANNED', 'DRAWING', 'PAID', 'GIVEN_UP']),
        /** The loan note, once it is paid. */
        loan: z.object({ id: z.uuid(), number: z.string(), disbursedOn: day }).nullable(),
        givenUp: z
          .object({ as: z.enum(['BORROWER', 'LENDER']), reason: z.string(), at: instant })
          .nullable(),
      }),
    ),
  })
  .openapi('TrancheList');

export const tranchesGivenUp = z.strictObject({ reason: reasonCode }).openapi('TranchesGivenUp');

export const payoutPage = pageOf(payoutView).openapi('PayoutPage');

export const payoutResolution = z
  .strictObject({ action: z.enum(['RETRY', 'CANCEL']), reason: reasonCode })
  .openapi('PayoutResolution');

export const noBody = z.strictObject({}).openapi('NoBody');

const reference = z.string().regex(/^[\x21-\x7e]{1,128}$/);

/** How the bank tells what became of a transfer, or that a borrower paid. */
export const bankNotice = z
  .object({
    noticeId: reference,
    kind: z.enum(['TRANSFER_SETTLED', 'REPAYMENT']),
    requestNo: reference.optional(),
    status: reference,
    amountFen,
    bankReference: reference,
    loanReference: reference.optional(),
    occurredAt: z.iso.datetime({ offset: true }),
  })
  .openapi('BankNotice');
export type BankNotice = z.infer<typeof bankNotice>;

export const noticeTaken = z
  .object({ noticeId: z.string(), outcome: z.enum(['FORWARDED', 'UNMATCHED']) })
  .openapi('NoticeTaken');
