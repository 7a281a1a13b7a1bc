/** Parked loans many at once: what fails alike, and retries of a list that two people agree on. */
import { randomUUID } from 'node:crypto';
import type { z } from '@hono/zod-openapi';
import {
  type BulkCount,
  casesToRetry,
  countBulkRetry,
  decideBulkRetry,
  listBulkRetries,
  listFailures,
  lockBulkRetry,
  proposeBulkRetry,
  readBulkRetry,
} from '../../db/queries/bulk-retries.ts';
import type { FailureFilter } from '../../db/schema/operations.ts';
import { recordDeed } from '../audit.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { noBody } from '../schemas/money.ts';
import {
  bulkRetryList,
  bulkRetryRequest,
  bulkRetryView,
  failureFilter,
  failureList,
} from '../schemas/operations.ts';
import { iso } from '../times.ts';

const tags = ['operations'];
const MOST_GROUPS = 200;
const MOST_RETRIES = 50;
const shown = { 200: jsonAnswer('The retry', bulkRetryView) };

const failures = defineRoute('GET /v1/operations/failures', {
  summary: 'What fails now, grouped by step, code, stage and product: the blast radius',
  tags,
  request: { query: failureFilter },
  responses: { 200: jsonAnswer('The groups, largest first', failureList) },
});
const propose = defineRoute('POST /v1/operations/bulk-retries', {
  summary: 'Propose to retry every open case of a group, or see which they would be',
  description:
    'With `dryRun` nothing is kept. Otherwise the list as it stands is proposed, and nothing is retried before another person approves.',
  tags,
  request: { body: jsonBody(bulkRetryRequest) },
  responses: shown,
});
const list = defineRoute('GET /v1/operations/bulk-retries', {
  summary: 'Retries of many loans, newest first',
  tags,
  responses: { 200: jsonAnswer('The retries', bulkRetryList) },
});
const read = defineRoute('GET /v1/operations/bulk-retries/{id}', {
  summary: 'One retry with what became of it',
  tags,
  request: { params: idParam },
  responses: shown,
});
const approve = defineRoute('POST /v1/operations/bulk-retries/{id}/approve', {
  summary: "Approve another person's list; its loans are sent on one after the other",
  description:
    'Stops itself once more than a fifth of at least five loans has failed at the same step again. A payout is asked about at the bank before anything is sent.',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: shown,
});
const reject = defineRoute('POST /v1/operations/bulk-retries/{id}/reject', {
  summary: "Reject another person's list",
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: shown,
});

const QUEUE_OF_STEP: Readonly<Record<string, string>> = {
  verify: 'identity',
  bureau: 'bureau',
  contract: 'paper',
  sign: 'signing',
  disburse: 'bank',
};
const queueOf = (step: string): string => {
  if (step === 'undo.revoke-certificate') return 'signing';
  return QUEUE_OF_STEP[step.split('.')[0] ?? ''] ?? 'loan';
};

function filterOf(said: z.infer<typeof failureFilter>): FailureFilter {
  const { step = null, failureCode = null, stage = null, productCode = null } = said;
  return { step, failureCode, stage, productCode };
}

function saidOf({ step, failureCode, stage, productCode }: FailureFilter) {
  return failureFilter.parse({
    ...(step === null ? {} : { step }),
    ...(failureCode === null ? {} : { failureCode }),
    ...(stage === null ? {} : { stage }),
    ...(productCode === null ? {} : { productCode }),
  });
}

type BulkRow = NonNullable<Awaited<ReturnType<typeof readBulkRetry>>>;

const viewOf = (row: BulkRow, count: BulkCount): z.infer<typeof bulkRetryView> => ({
  id: row.id,
  state: row.state,
  waitsFor: row.state === 'PROPOSED' ? 'SECOND_PERSON' : null,
  filter: saidOf(row.filter),
  cap: row.cap,
  reason: row.reason,
  proposedBy: row.proposed_by,
  decidedBy: row.decided_by,
  ...count,
  cases: [],
});

async function show(c: AppContext, id: string) {
  const { db } = c.get('deps');
  const row = await readBulkRetry(db, id);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  return viewOf(row, await countBulkRetry(db, id));
}

async function wouldRetry(
  c: AppContext,
  said: z.infer<typeof bulkRetryRequest>,
): Promise<z.infer<typeof bulkRetryView>> {
  const { subject } = callerOf(c);
  const filter = filterOf(said.filter);
  const cases = await casesToRetry(c.get('deps').db, filter, subject, said.cap);
  return {
    id: null,
    state: 'DRY_RUN',
    waitsFor: null,
    filter: said.filter,
    cap: said.cap,
    reason: said.reason,
    proposedBy: subject,
    decidedBy: null,
    listed: cases.length,
    sent: 0,
    leftOut: 0,
    failed: 0,
    cases: [...cases],
  };
}

async function put(c: AppContext, said: z.infer<typeof bulkRetryRequest>): Promise<string> {
  const { subject } = callerOf(c);
  const id = randomUUID();
  const { cap, reason } = said;
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const bulk = { id, filter: filterOf(said.filter), cap, reason, by: subject };
      const listed = await proposeBulkRetry(tx, bulk);
      await recordDeed(c, tx, {
        action: 'bulk-retry.propose',
        subjectKind: 'bulk-retry',
        subjectId: id,
        result: 'DONE',
        reason,
        detail: { ...said.filter, cap, listed },
      });
    });
  return id;
}

async function decide(c: AppContext, id: string, state: 'RUNNING' | 'REJECTED'): Promise<void> {
  const { db, desk } = c.get('deps');
  const { subject } = callerOf(c);
  await db.transaction().execute(async (tx) => {
    const row = await lockBulkRetry(tx, id);
    if (row === undefined) throw new ApiProblem('NOT_FOUND');
    // Said again by the same person it is the same act, and starts at most the same workflow.
    if (row.state === state && row.decided_by === subject) return;
    if (row.proposed_by === subject) throw new ApiProblem('FOUR_EYES');
    if (!(await decideBulkRetry(tx, id, subject, state))) throw new ApiProblem('NO_PROPOSAL');
    await recordDeed(c, tx, {
      action: state === 'RUNNING' ? 'bulk-retry.approve' : 'bulk-retry.reject',
      subjectKind: 'bulk-retry',
      subjectId: id,
      result: 'DONE',
    });
  });
  if (state === 'RUNNING') await desk.retryMany(id);
}

export function registerOperations(app: App): void {
  app.openapi(failures, async (c) => {
    const { db, desk } = c.get('deps');
    const groups = await listFailures(db, filterOf(c.req.valid('query')), MOST_GROUPS);
    const items = groups.map(({ since, latest, sample, ...group }) => ({
      ...group,
      taskQueue: queueOf(group.step),
      since: iso(since),
      latest: iso(latest),
      sample: [...sample],
    }));
    return c.json({ items, parkedWorkflows: await desk.countParked() }, 200);
  });

  app.openapi(propose, async (c) => {
    const said = c.req.valid('json');
    const view = said.dryRun ? await wouldRetry(c, said) : await show(c, await put(c, said));
    return c.json(view, 200);
  });

  app.openapi(list, async (c) => {
    const { db } = c.get('deps');
    const rows = await listBulkRetries(db, MOST_RETRIES);
    const items = await Promise.all(
      rows.map(async (row) => viewOf(row, await countBulkRetry(db, row.id))),
    );
    return c.json({ items }, 200);
  });

  app.openapi(read, async (c) => c.json(await show(c, c.req.valid('param').id), 200));

  app.openapi(approve, async (c) => {
    const { id } = c.req.valid('param');
    await decide(c, id, 'RUNNING');
    return c.json(await show(c, id), 200);
  });

  app.openapi(reject, async (c) => {
    const { id } = c.req.valid('param');
    await decide(c, id, 'REJECTED');
    return c.json(await show(c, id), 200);
  });
}
