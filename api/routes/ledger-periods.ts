/** Closing months of the books: one person of finance proposes, another closes, and neither while something stands against it. */
import type { Tx } from '../../db/database.ts';
import {
  closeMonth,
  hasOpenMonthBefore,
  hasOpenReconciliation,
  type LedgerMonth,
  listMonths,
  lockMonth,
  proposeMonth,
  readMonth,
} from '../../db/queries/ledger-periods.ts';
import { allowLongLook, findDifferences } from '../../db/queries/ledger-watch.ts';
import { trialBalance } from '../../db/queries/reads/ledger.ts';
import { addDays, addMonthsClamped } from '../../domain/calendar.ts';
import { sumFen } from '../../domain/money.ts';
import { businessDate } from '../../platform/clock.ts';
import { recordDeed } from '../audit.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { CLOSE_BLOCKERS, type CloseBlocker } from '../ledger-problems.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer, jsonBody } from '../schemas/common.ts';
import { monthList, monthParam, monthView } from '../schemas/ledger.ts';
import { noBody } from '../schemas/money.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['ledger'];
const MOST_MONTHS = 120;
const MOST_DIFFERENCES = 100;
/** Both steps look at every journal; a large book takes minutes, and whoever closes a month waits for it. */
const LOOK_WITHIN_SECONDS = 300;
const request = { params: monthParam, body: jsonBody(noBody) };
const shown = { 200: jsonAnswer('The month', monthView) };

const list = defineRoute('GET /v1/ledger/periods', {
  summary: 'Months that are proposed for closing or closed, newest first',
  tags,
  responses: { 200: jsonAnswer('The months', monthList) },
});
const propose = defineRoute('POST /v1/ledger/periods/{month}/propose', {
  summary: 'Propose to close a month that is over',
  tags,
  request,
  responses: shown,
});
const close = defineRoute('POST /v1/ledger/periods/{month}/close', {
  summary: 'Close a month that another person proposed; nothing is posted into it any more',
  description:
    'Refused while the trial balance does not add up, a loan or a payout and the books do not agree, claims are not accrued, a case of reconciliation is open or an earlier month is.',
  tags,
  request,
  responses: shown,
});

const viewOf = ({ month, proposedBy, proposedAt, closedBy, closedAt }: LedgerMonth) => ({
  month: month.slice(0, 7),
  state: closedAt === null ? ('PROPOSED' as const) : ('CLOSED' as const),
  proposedBy,
  proposedAt: iso(proposedAt),
  closedBy,
  closedAt: isoOrNull(closedAt),
});

/** Everything that stands against closing the month at this moment. */
async function blockersOf(tx: Tx, month: string, today: string): Promise<readonly CloseBlocker[]> {
  const next = addMonthsClamped(month, 1);
  if (next > today) return ['MONTH_RUNNING'];
  const lastDay = addDays(next, -1);
  const rows = await trialBalance(tx, lastDay);
  const balanced =
    sumFen(rows.map((row) => row.debitFen)) === sumFen(rows.map((row) => row.creditFen));
  const different = await findDifferences(tx, {
    accruedBefore: next,
    payoutPatienceSeconds: 0,
    most: MOST_DIFFERENCES,
  });
  return [
    ...((await hasOpenMonthBefore(tx, month)) ? (['EARLIER_MONTH_OPEN'] as const) : []),
    ...((await hasOpenReconciliation(tx, lastDay)) ? (['RECONCILIATION_OPEN'] as const) : []),
    ...(balanced ? [] : (['TRIAL_BALANCE_DIFFERS'] as const)),
    ...new Set(different.map(({ kind }) => kind)),
  ];
}

/** @throws ApiProblem MONTH_NOT_CLOSABLE with everything that stands against it */
async function refuseBlocked(c: AppContext, tx: Tx, month: string): Promise<void> {
  const blockers = await blockersOf(tx, month, businessDate(c.get('deps').now()));
  if (blockers.length === 0) return;
  const errors = blockers.map((code) => ({ pointer: '', code, ...CLOSE_BLOCKERS[code] }));
  throw new ApiProblem('MONTH_NOT_CLOSABLE', { errors });
}

async function deed(c: AppContext, tx: Tx, month: string, act: 'propose' | 'close') {
  await recordDeed(c, tx, {
    action: `ledger-period.${act}`,
    subjectKind: 'ledger-period',
    subjectId: month.slice(0, 7),
    result: 'DONE',
  });
}

async function standing(tx: Tx, month: string) {
  const row = await readMonth(tx, month);
  if (row === undefined) throw new ApiProblem('NO_PROPOSAL');
  return row;
}

async function proposeOf(c: AppContext, month: string): Promise<LedgerMonth> {
  const { db } = c.get('deps');
  const { subject } = callerOf(c);
  return await db.transaction().execute(async (tx) => {
    await allowLongLook(tx, LOOK_WITHIN_SECONDS);
    await refuseBlocked(c, tx, month);
    if (await proposeMonth(tx, month, subject)) await deed(c, tx, month, 'propose');
    return await standing(tx, month);
  });
}

async function closeOf(c: AppContext, month: string): Promise<LedgerMonth> {
  const { db } = c.get('deps');
  const { subject } = callerOf(c);
  return await db.transaction().execute(async (tx) => {
    const proposal = await standing(tx, month);
    if (proposal.proposedBy === subject) throw new ApiProblem('FOUR_EYES');
    // Said again by the same person it is the same act.
    if (proposal.closedBy === subject) return proposal;
    await allowLongLook(tx, LOOK_WITHIN_SECONDS);
    await lockMonth(tx, month);
    await refuseBlocked(c, tx, month);
    if (!(await closeMonth(tx, month, subject))) throw new ApiProblem('MONTH_CLOSED');
    await deed(c, tx, month, 'close');
    return await standing(tx, month);
  });
}

const firstDay = (month: string): string => `${month}-01`;

export function registerLedgerPeriods(app: App): void {
  app.openapi(list, async (c) => {
    const rows = await listMonths(c.get('deps').db, MOST_MONTHS);
    return c.json({ items: rows.map(viewOf) }, 200);
  });

  app.openapi(propose, async (c) =>
    c.json(viewOf(await proposeOf(c, firstDay(c.req.valid('param').month))), 200),
  );

  app.openapi(close, async (c) =>
    c.json(viewOf(await closeOf(c, firstDay(c.req.valid('param').month))), 200),
  );
}
