/** Overdue metrics over the API: sums of month ends without persons, shown only while they agree with the ledger to the fen. */
import {
  bucketsAt,
  disbursementAgreement,
  disbursementDays,
  firstPaymentCells,
  lossFigures,
  metricsAgreement,
  newestMonthEnd,
  rollFlows,
  totalsBeyond,
  totalsByBucket,
  totalsByTier,
  vintageCells,
} from '../../db/queries/reads/metrics.ts';
import { addDays, addMonthsClamped } from '../../domain/calendar.ts';
import { NON_PERFORMING } from '../../domain/classification.ts';
import {
  type DefinitionCode,
  definitionsOf,
  DPD_THRESHOLDS,
  FPD_THRESHOLDS,
  percentOf,
  rollRates,
} from '../../domain/metrics.ts';
import { sumFen } from '../../domain/money.ts';
import { businessDate } from '../../platform/clock.ts';
import type { AppContext } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer } from '../schemas/common.ts';
import {
  cohortQuery,
  disbursementView,
  firstPaymentView,
  monthQuery,
  overdueView,
  rollView,
  spanOfDays,
  vintageView,
} from '../schemas/metrics.ts';

const tags = ['metrics'];
/** Beyond these days a span is two questions. */
const MOST_DAYS = 400;

const overdue = defineRoute('GET /v1/metrics/overdue', {
  summary: 'Overdue rates, buckets, classes, NPL, charge-off and recovery at a month end',
  tags,
  request: { query: monthQuery },
  responses: { 200: jsonAnswer('The metrics, with their definitions', overdueView) },
});
const roll = defineRoute('GET /v1/metrics/roll-rates', {
  summary: 'Roll rates between two month ends, and every flow between buckets',
  tags,
  request: { query: monthQuery },
  responses: { 200: jsonAnswer('The roll rates', rollView) },
});
const vintage = defineRoute('GET /v1/metrics/vintage', {
  summary: 'Vintage by month of payout and month on book',
  tags,
  request: { query: cohortQuery },
  responses: { 200: jsonAnswer('The table', vintageView) },
});
const firstPayment = defineRoute('GET /v1/metrics/first-payment-default', {
  summary: 'First-payment default by month of payout',
  tags,
  request: { query: cohortQuery },
  responses: { 200: jsonAnswer('The shares', firstPaymentView) },
});
const disbursement = defineRoute('GET /v1/metrics/disbursement', {
  summary: 'Principal paid out and sent back, by day',
  tags,
  request: { query: spanOfDays },
  responses: { 200: jsonAnswer('The days', disbursementView) },
});

const definitions = (codes: readonly DefinitionCode[]) =>
  definitionsOf(codes).map((definition) => ({ ...definition }));

const endOf = (month: string): string => addDays(addMonthsClamped(`${month}-01`, 1), -1);
const endBefore = (monthEnd: string): string => addDays(`${monthEnd.slice(0, 7)}-01`, -1);

/**
 * The month's end that is meant, once its figures agree with the books.
 * @throws ApiProblem NOT_FOUND when it was not taken, METRICS_DISAGREE when a figure is not the ledger's
 */
async function agreedMonthEnd(c: AppContext, month: string | undefined): Promise<string> {
  const { db, now } = c.get('deps');
  const on = month === undefined ? await newestMonthEnd(db, businessDate(now())) : endOf(month);
  if (on === undefined) throw new ApiProblem('NOT_FOUND');
  const found = await metricsAgreement(db, on);
  if (!found.taken) throw new ApiProblem('NOT_FOUND');
  const agrees =
    found.differing === 0 &&
    found.principalFen === found.ledgerPrincipalFen &&
    found.writtenOffFen === found.ledgerWrittenOffFen;
  if (!agrees) throw new ApiProblem('METRICS_DISAGREE');
  return on;
}

async function overdueOf(c: AppContext, month: string | undefined) {
  const { db } = c.get('deps');
  const on = await agreedMonthEnd(c, month);
  const [all, buckets, tiers, loss] = await Promise.all([
    totalsBeyond(db, on, [-1, ...DPD_THRESHOLDS]),
    totalsByBucket(db, on),
    totalsByTier(db, on),
    lossFigures(db, on, endBefore(on)),
  ]);
  const [whole, ...beyond] = all;
  if (whole === undefined) throw new Error('a total is missing');
  const byBalance = (fen: number) => percentOf(fen, whole.principalFen);
  const bad = tiers.filter(({ tier }) => NON_PERFORMING.includes(tier));
  const badFen = sumFen(bad.map(({ principalFen }) => principalFen));
  return {
    monthEnd: on,
    loans: whole.loans,
    principalFen: whole.principalFen,
    rates: beyond.map(({ moreThan, ...totals }) => ({
      moreThanDays: moreThan,
      ...totals,
      byBalance: byBalance(totals.principalFen),
      byCount: percentOf(totals.loans, whole.loans),
      byOverdueAmount: byBalance(totals.overdueFen),
    })),
    buckets: buckets.map((one) => ({ ...one, byBalance: byBalance(one.principalFen) })),
    tiers: tiers.map((one) => ({ ...one, byBalance: byBalance(one.principalFen) })),
    nonPerforming: {
      loans: bad.reduce((total, { loans }) => total + loans, 0),
      principalFen: badFen,
      byBalance: byBalance(badFen),
    },
    chargeOff: { ...loss, percent: percentOf(loss.writtenOffFen, loss.openingFen) },
    definitions: definitions(['DPD', 'BUCKETS', 'OVERDUE_RATE', 'NPL', 'CHARGE_OFF']),
  };
}

async function rollOf(c: AppContext, month: string | undefined) {
  const on = await agreedMonthEnd(c, month);
  const before = await agreedMonthEnd(c, endBefore(on).slice(0, 7));
  const flows = await rollFlows(c.get('deps').db, on, before);
  const buckets = await bucketsAt(c.get('deps').db, on);
  return {
    monthEnd: on,
    monthEndBefore: before,
    rates: rollRates(flows, buckets).map((rate) => ({ ...rate })),
    flows: flows.map((flow) => ({ ...flow })),
    definitions: definitions(['ROLL_RATE', 'BUCKETS']),
  };
}

/** Cohorts from two years before the month's end on, unless told. */
async function cohortsOf(
  c: AppContext,
  query: {
    readonly month?: string | undefined;
    readonly from?: string | undefined;
    readonly to?: string | undefined;
  },
) {
  const on = await agreedMonthEnd(c, query.month);
  const to = `${query.to ?? on.slice(0, 7)}-01`;
  const from = query.from === undefined ? addMonthsClamped(to, -24) : `${query.from}-01`;
  if (from > to) throw new ApiProblem('SPAN_INVALID');
  return { on, from, to };
}

function registerSnapshots(app: App): void {
  app.openapi(overdue, async (c) => c.json(await overdueOf(c, c.req.valid('query').month), 200));
  app.openapi(roll, async (c) => c.json(await rollOf(c, c.req.valid('query').month), 200));
}

function registerCohorts(app: App): void {
  app.openapi(vintage, async (c) => {
    const span = await cohortsOf(c, c.req.valid('query'));
    const rows = await vintageCells(c.get('deps').db, span);
    const cells = rows.map(({ cohort, ...cell }) => ({
      cohort: cohort.slice(0, 7),
      ...cell,
      current30: percentOf(cell.current30Fen, cell.disbursedFen),
      current90: percentOf(cell.current90Fen, cell.disbursedFen),
      ever30: percentOf(cell.ever30Fen, cell.disbursedFen),
      ever90: percentOf(cell.ever90Fen, cell.disbursedFen),
    }));
    return c.json({ monthEnd: span.on, cells, definitions: definitions(['VINTAGE']) }, 200);
  });

  app.openapi(firstPayment, async (c) => {
    const span = await cohortsOf(c, c.req.valid('query'));
    const rows = await firstPaymentCells(c.get('deps').db, span, FPD_THRESHOLDS);
    const cells = rows.map(({ cohort, ...cell }) => ({
      cohort: cohort.slice(0, 7),
      ...cell,
      byCount: percentOf(cell.defaulted, cell.loans),
      byAmount: percentOf(cell.defaultedFen, cell.disbursedFen),
    }));
    return c.json({ monthEnd: span.on, cells, definitions: definitions(['FPD', 'DPD']) }, 200);
  });
}

export function registerMetrics(app: App): void {
  registerSnapshots(app);
  registerCohorts(app);

  app.openapi(disbursement, async (c) => {
    const { db, now } = c.get('deps');
    const { to = businessDate(now()), ...said } = c.req.valid('query');
    const from = said.from ?? `${to.slice(0, 8)}01`;
    if (from > to || addDays(from, MOST_DAYS) < to) throw new ApiProblem('SPAN_INVALID');
    const { ledgerFen, loansFen } = await disbursementAgreement(db);
    if (ledgerFen !== loansFen) throw new ApiProblem('METRICS_DISAGREE');
    const days = (await disbursementDays(db, { from, to })).map((one) => ({ ...one }));
    return c.json({ from, to, days, definitions: definitions(['DISBURSEMENT']) }, 200);
  });
}
