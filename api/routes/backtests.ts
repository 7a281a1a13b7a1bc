/** Backtests: a version of the strategy is tried on recorded decisions before anybody approves it. */
import type { z } from '@hono/zod-openapi';
import { listBacktests, readBacktest, startBacktest } from '../../db/queries/backtests.ts';
import { recordDeed } from '../audit.ts';
import { documentsOf } from '../backtest-documents.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { backtestList, backtestView, type NewBacktest, newBacktest } from '../schemas/backtests.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { iso } from '../times.ts';

const LIST_MOST = 100;
const DAY_MS = 86_400_000;
const tags = ['rules'];

const create = defineRoute('POST /v1/backtests', {
  summary: 'Try a version of the strategy on decisions that were made',
  description:
    'Decides the last decision of each application again on its recorded inputs, in the background; nothing is changed by it.',
  tags,
  request: { body: jsonBody(newBacktest) },
  responses: { 202: jsonAnswer('The backtest, which has begun', backtestView) },
});
const list = defineRoute('GET /v1/backtests', {
  summary: 'Backtests, newest first, without their reports',
  tags,
  responses: { 200: jsonAnswer('The backtests', backtestList) },
});
const read = defineRoute('GET /v1/backtests/{id}', {
  summary: 'Read a backtest: how far it is, and its report once it is done',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The backtest', backtestView) },
});

type Summary = Awaited<ReturnType<typeof listBacktests>>[number];

function summaryOf(row: Summary) {
  return {
    id: row.id,
    strategy: {
      draftId: row.draft_id,
      code: row.strategy_code,
      version: row.strategy_version,
      sm3: row.strategy_sm3,
    },
    from: iso(row.decided_from),
    until: iso(row.decided_until),
    state: row.state,
    total: row.total,
    failureCode: row.failure_code,
    startedBy: row.started_by,
    startedAt: iso(row.started_at),
    finishedAt: row.finished_at === null ? null : iso(row.finished_at),
  };
}

async function view(c: AppContext, id: string): Promise<z.input<typeof backtestView>> {
  const row = await readBacktest(c.get('deps').db, id);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  const { report } = row;
  return {
    ...summaryOf(row),
    scorecard: { name: row.scorecard_name, sm3: row.scorecard_sm3 },
    sampleLimit: row.sample_limit,
    decided: row.decided,
    report:
      report === null
        ? null
        : {
            ...report,
            segments: [...report.segments],
            unreadable: { ...report.unreadable },
            samples: {
              swapIn: [...report.samples.swapIn],
              swapOut: [...report.samples.swapOut],
              unreadable: [...report.samples.unreadable],
            },
          },
  };
}

/** The instant at which a day begins in Shanghai, which has no summer time. */
const beginOf = (date: string): Date => new Date(`${date}T00:00:00+08:00`);

async function start(c: AppContext, asked: NewBacktest): Promise<string> {
  const { db, backtests } = c.get('deps');
  const id = derivedId(actKeyOf(c), 'backtest');
  const decidedFrom = beginOf(asked.from);
  const decidedUntil = new Date(beginOf(asked.to).getTime() + DAY_MS);
  if (decidedUntil <= decidedFrom) throw new ApiProblem('BACKTEST_RANGE_EMPTY');
  await db.transaction().execute(async (tx) => {
    const documents = await documentsOf(tx, asked);
    const { lgdPercent, sampleLimit } = asked;
    const startedBy = callerOf(c).subject;
    const terms = { id, lgdPercent, sampleLimit, startedBy, decidedFrom, decidedUntil };
    await startBacktest(tx, { ...terms, ...documents });
    await recordDeed(c, tx, {
      action: 'backtest.start',
      subjectKind: 'backtest',
      subjectId: id,
      result: 'DONE',
      detail: { strategySm3: documents.strategySm3, scorecardSm3: documents.scorecardSm3 },
    });
  });
  await backtests.begin({ backtestId: id });
  return id;
}

export function registerBacktests(app: App): void {
  app.openapi(create, async (c) => c.json(await view(c, await start(c, c.req.valid('json'))), 202));

  app.openapi(list, async (c) => {
    const rows = await listBacktests(c.get('deps').db, LIST_MOST);
    return c.json({ items: rows.map(summaryOf) }, 200);
  });

  app.openapi(read, async (c) => c.json(await view(c, c.req.valid('param').id), 200));
}
