/** What is said about the books: trial balance, account lines, journals, months, differences. */
import { z } from '@hono/zod-openapi';
import { ACCOUNTS, type AccountCode } from '../../domain/ledger-chart.ts';
import { FINDING_KINDS } from '../../db/schema/ledger.ts';
import { amountFen, askedDay, askedMonth, day, instant, pageOf, pageQuery } from './common.ts';

/** An amount in fen that may be negative. */
const signed = z.number().int();

const codes = Object.values(ACCOUNTS);
export const accountCode = z.enum(codes).openapi({ example: '1303' });

export const accountParam = z.object({
  code: z
    .string()
    .refine((text): text is AccountCode => (codes as readonly string[]).includes(text)),
});

export const monthParam = z.object({ month: askedMonth });

export const dayQuery = z.object({ on: askedDay.optional() });

export const spanQuery = pageQuery.extend({ from: askedDay.optional(), to: askedDay.optional() });

export const trialBalanceView = z
  .object({
    on: day,
    accounts: z.array(
      z.object({
        code: accountCode,
        nameZh: z.string(),
        nameEn: z.string(),
        kind: z.enum(['ASSET', 'LIABILITY', 'EQUITY', 'INCOME', 'EXPENSE']),
        normalSide: z.enum(['DEBIT', 'CREDIT']),
        debitFen: amountFen,
        creditFen: amountFen,
        /** On the account's normal side; negative where it stands on the other. */
        balanceFen: signed,
      }),
    ),
    debitFen: amountFen,
    creditFen: amountFen,
    balanced: z.boolean(),
  })
  .openapi('TrialBalance');

const lineView = z.object({
  journalId: z.number().int(),
  /** Place of the line in its journal. */
  line: z.number().int(),
  event: z.string(),
  eventKey: z.string(),
  loanId: z.uuid().nullable(),
  occurredOn: day,
  postedOn: day,
  /** Debit positive, credit negative. */
  amountFen: signed,
});

export const accountLinesView = pageOf(lineView)
  .extend({ code: accountCode, from: day, to: day, openingFen: signed, closingFen: signed })
  .openapi('AccountLines');

export const loanJournalsView = z
  .object({
    loanId: z.uuid(),
    /** What the loan's accounts hold. */
    balances: z.object({
      principalFen: signed,
      interestFen: signed,
      feeFen: signed,
      penaltyFen: signed,
      unappliedFen: signed,
    }),
    journals: z.array(
      z.object({
        id: z.number().int(),
        event: z.string(),
        eventKey: z.string(),
        occurredOn: day,
        postedOn: day,
        recordedAt: instant,
        lines: z.array(z.object({ account: accountCode, amountFen: signed })),
      }),
    ),
  })
  .openapi('LoanJournals');

export const monthView = z
  .object({
    month: z.string(),
    state: z.enum(['PROPOSED', 'CLOSED']),
    proposedBy: z.string(),
    proposedAt: instant,
    closedBy: z.string().nullable(),
    closedAt: instant.nullable(),
  })
  .openapi('LedgerMonth');

export const monthList = z.object({ items: z.array(monthView) }).openapi('LedgerMonths');

export const findingList = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        kind: z.enum(FINDING_KINDS),
        subjectId: z.string(),
        loanId: z.uuid().nullable(),
        /** Books less record, in fen by part, or what else tells of it. */
        figures: z.record(z.string(), z.number()),
        foundAt: instant,
        seenAt: instant,
      }),
    ),
  })
  .openapi('LedgerFindings');
