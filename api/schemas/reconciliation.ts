/** What is said about the reconciliation with the bank: days, cases, and what two people make of them. */
import { z } from '@hono/zod-openapi';
import { amountFen, askedDay, day, instant, reasonCode } from './common.ts';

const count = z.number().int();

export const reconciliationList = z
  .object({
    items: z.array(
      z.object({
        day,
        statementId: z.uuid(),
        /** SM3 of the bank's file, hex. */
        sm3: z.string(),
        lineCount: count,
        inFen: amountFen,
        outFen: amountFen,
        /** False while the day was not over when the file was fetched. */
        final: z.boolean(),
        counts: z.object({
          matched: count,
          amountDiffers: count,
          oursOnly: count,
          theirsOnly: count,
          unsettled: count,
          matchedFen: count,
        }),
        openCases: count,
        at: instant,
      }),
    ),
  })
  .openapi('Reconciliations');

export const reconciliationOrder = z.strictObject({ day: askedDay }).openapi('ReconciliationOrder');

export const reconciliationBegun = z
  .object({ day, workflowId: z.string() })
  .openapi('ReconciliationBegun');

const CASE_STATES = ['OPEN', 'PROPOSED', 'RESOLVED'] as const;

export const reconciliationCase = z
  .object({
    id: z.uuid(),
    day,
    kind: z.enum(['OURS_ONLY', 'THEIRS_ONLY', 'AMOUNT_DIFFERS', 'FILE_CHANGED', 'FILE_UNREADABLE']),
    why: z.string(),
    ourSource: z.string().nullable(),
    ourId: z.string().nullable(),
    ourFen: amountFen.nullable(),
    theirFen: amountFen.nullable(),
    bankReference: z.string().nullable(),
    requestNo: z.string().nullable(),
    loanReference: z.string().nullable(),
    /** The role on whose desk it lies, or whoever proposed what becomes of it. */
    owner: z.string(),
    state: z.enum(CASE_STATES),
    action: z.string().nullable(),
    reason: z.string().nullable(),
    proposedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    openedAt: instant,
    resolvedAt: instant.nullable(),
  })
  .openapi('ReconciliationCase');

export const reconciliationCases = z
  .object({ items: z.array(reconciliationCase) })
  .openapi('ReconciliationCases');

export const reconciliationCaseFilter = z.object({
  state: z.enum(CASE_STATES).optional(),
  day: askedDay.optional(),
});

export const reconciliationResolution = z
  .strictObject({
    action: z.enum(['BANK_CORRECTS', 'BOOKED_BY_HAND', 'ACCEPTED', 'NOT_OURS']),
    reason: reasonCode,
  })
  .openapi('ReconciliationResolution');
