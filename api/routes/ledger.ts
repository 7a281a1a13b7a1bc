/** The books as finance and oversight read them: trial balance, account lines, a loan's journals, what differs. */
import { z } from 'zod';
import { openFindings } from '../../db/queries/ledger-watch.ts';
import {
  accountBalances,
  accountLines,
  loanJournals,
  trialBalance,
} from '../../db/queries/reads/ledger.ts';
import { readLoan } from '../../db/queries/reads/money.ts';
import { balancesOf } from '../../domain/ledger.ts';
import { subtractFen, sumFen } from '../../domain/money.ts';
import { businessDate } from '../../platform/clock.ts';
import { ApiProblem } from '../problem-response.ts';
import { visible } from '../ownership.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer } from '../schemas/common.ts';
import {
  accountLinesView,
  accountParam,
  dayQuery,
  findingList,
  loanJournalsView,
  spanQuery,
  trialBalanceView,
} from '../schemas/ledger.ts';
import { iso } from '../times.ts';

const tags = ['ledger'];
const MOST_FINDINGS = 1_000;

const balance = defineRoute('GET /v1/ledger/trial-balance', {
  summary: 'Every account with its turnover and balance at the end of a day, today unless told',
  tags,
  request: { query: dayQuery },
  responses: { 200: jsonAnswer('The trial balance', trialBalanceView) },
});
const lines = defineRoute('GET /v1/ledger/accounts/{code}/lines', {
  summary: 'Lines of an account as they were booked, from the first of the month unless told',
  tags,
  request: { params: accountParam, query: spanQuery },
  responses: {
    200: jsonAnswer('A page, with the balances around the days asked for', accountLinesView),
  },
});
const journals = defineRoute('GET /v1/loans/{id}/journals', {
  summary: 'Every journal of a loan, and what its accounts hold',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The journals', loanJournalsView) },
});
const findings = defineRoute('GET /v1/ledger/findings', {
  summary: 'What the books and the record do not agree on, oldest first',
  tags,
  responses: { 200: jsonAnswer('The open differences', findingList) },
});

const place = z.strictObject({
  journalId: z.number().int().positive(),
  line: z.number().int().positive(),
});
type Place = z.infer<typeof place>;

/** @throws ApiProblem CURSOR_INVALID */
function readPlace(text: string | undefined): Place | null {
  if (text === undefined) return null;
  try {
    return place.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new ApiProblem('CURSOR_INVALID', { cause });
  }
}

const writePlace = ({ journalId, line }: Place): string =>
  Buffer.from(JSON.stringify({ journalId, line }), 'utf8').toString('base64url');

type BalanceLine = Awaited<ReturnType<typeof trialBalance>>[number];

function trialBalanceOf(on: string, rows: readonly BalanceLine[]) {
  const debitFen = sumFen(rows.map((row) => row.debitFen));
  const creditFen = sumFen(rows.map((row) => row.creditFen));
  const accounts = rows.map((row) => ({
    ...row,
    balanceFen:
      row.normalSide === 'DEBIT'
        ? subtractFen(row.debitFen, row.creditFen)
        : subtractFen(row.creditFen, row.debitFen),
  }));
  return { on, accounts, debitFen, creditFen, balanced: debitFen === creditFen };
}

function registerAccounts(app: App): void {
  app.openapi(balance, async (c) => {
    const { db, now } = c.get('deps');
    const { on = businessDate(now()) } = c.req.valid('query');
    return c.json(trialBalanceOf(on, await trialBalance(db, on)), 200);
  });

  app.openapi(lines, async (c) => {
    const { db, now } = c.get('deps');
    const { code } = c.req.valid('param');
    const { cursor, limit, to = businessDate(now()), ...said } = c.req.valid('query');
    const span = { from: said.from ?? `${to.slice(0, 8)}01`, to };
    if (span.from > span.to) throw new ApiProblem('SPAN_INVALID');
    const rows = await accountLines(db, code, span, readPlace(cursor), limit);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const next = rows.length > limit && last !== undefined ? writePlace(last) : null;
    const items = [...page];
    return c.json({ code, ...span, ...(await accountBalances(db, code, span)), items, next }, 200);
  });
}

export function registerLedger(app: App): void {
  registerAccounts(app);

  app.openapi(journals, async (c) => {
    const { db } = c.get('deps');
    const loan = visible(c, await readLoan(db, c.req.valid('param').id));
    const rows = await loanJournals(db, loan.id);
    const balances = balancesOf(rows.flatMap((row) => row.lines));
    const items = rows.map(({ recordedAt, lines: booked, ...row }) => ({
      ...row,
      recordedAt: iso(recordedAt),
      lines: [...booked],
    }));
    return c.json({ loanId: loan.id, balances, journals: items }, 200);
  });

  app.openapi(findings, async (c) => {
    const rows = await openFindings(c.get('deps').db, MOST_FINDINGS);
    const items = rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      subjectId: row.subject_id,
      loanId: row.loan_id,
      figures: { ...row.figures },
      foundAt: iso(row.found_at),
      seenAt: iso(row.seen_at),
    }));
    return c.json({ items }, 200);
  });
}
