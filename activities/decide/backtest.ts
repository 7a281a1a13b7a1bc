/** The steps of a backtest: laid out in parts, each part decided batch by batch behind a cursor, and reported at the end. */
import { Context } from '@temporalio/activity';
import { addTallies, type BacktestTerms, emptyTally } from '../../domain/backtest.ts';
import { backtestReport } from '../../domain/backtest-report.ts';
import { parseScorecard } from '../../domain/scorecard-parse.ts';
import { parseStrategy } from '../../domain/strategy-parse.ts';
import type { Db } from '../../db/database.ts';
import {
  concludeBacktest,
  countRecorded,
  failBacktest as recordFailure,
  layOutParts,
  movePart,
  readBacktestTask,
  readParts,
  recordedDecisions,
} from '../../db/queries/backtests.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { createDeciders, decideBatchAgain, type TriedRules } from './decide-again.ts';

export interface BacktestInput {
  readonly backtestId: string;
}

/** Rows of one batch: what is decided between two looks at other work, some hundredths of a second. */
const BATCH = 500;

/** Ids are random, so that each half of them is about half of the applications. */
const PARTS = [
  {
    part: 1,
    after: '00000000-0000-0000-0000-000000000000',
    until: '7fffffff-ffff-ffff-ffff-ffffffffffff',
  },
  {
    part: 2,
    after: '7fffffff-ffff-ffff-ffff-ffffffffffff',
    until: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  },
] as const;

type BacktestDeps = Pick<ActivityDeps, 'db' | 'vault'>;

async function taskOf(db: Db, id: string) {
  const task = await readBacktestTask(db, id);
  if (task === undefined) throw finalFailure('NOT_FOUND');
  const terms: BacktestTerms = { lgdPercent: task.lgd_percent, sampleLimit: task.sample_limit };
  return { ...task, terms, range: { from: task.decided_from, until: task.decided_until } };
}

/** Counts what there is to decide and lays out the parts. Gives their numbers. */
export async function beginBacktest(
  { db }: Pick<ActivityDeps, 'db'>,
  { backtestId }: BacktestInput,
): Promise<readonly number[]> {
  const { range } = await taskOf(db, backtestId);
  const total = await countRecorded(db, range);
  await db.transaction().execute((tx) => layOutParts(tx, backtestId, total, PARTS, emptyTally()));
  return PARTS.map(({ part }) => part);
}

function rulesOf(task: { readonly strategy: unknown; readonly scorecard: unknown }): TriedRules {
  const strategy = parseStrategy(task.strategy);
  const scorecard = parseScorecard(task.scorecard);
  if (!strategy.ok || !scorecard.ok) throw finalFailure('DOCUMENT_INVALID');
  return { strategy: strategy.strategy, scorecard: scorecard.scorecard };
}

/**
 * Decides one part again, from where it stands to its end. What was counted and how far it is are written together, so
 * that a worker that takes over counts nothing twice.
 */
export async function decidePart(
  deps: BacktestDeps,
  { backtestId, part }: BacktestInput & { readonly part: number },
  beat: () => void,
): Promise<void> {
  const { range, terms, ...task } = await taskOf(deps.db, backtestId);
  const rules = rulesOf(task);
  const deciderOf = createDeciders(rules);
  const found = (await readParts(deps.db, backtestId)).find((one) => one.part === part);
  if (found === undefined) throw finalFailure('NOT_FOUND');
  let { after: before, tally, state } = found;
  while (state === 'RUNNING') {
    const from = { ...range, after: before, upTo: found.until, most: BATCH };
    const batch = await recordedDecisions(deps.db, from);
    await decideBatchAgain(deps, rules, deciderOf, batch, tally, terms);
    const done = batch.length < BATCH;
    const after = batch.at(-1)?.applicationId ?? before;
    const progress = { id: backtestId, part, before, after, decided: batch.length, tally, done };
    // Whoever moved the part meanwhile goes on with it; this attempt begins anew where it stands.
    if (!(await movePart(deps.db, progress))) throw new Error('the part is in other hands');
    if (done) state = 'DONE';
    before = after;
    beat();
  }
}

export async function runBacktestPart(
  deps: ActivityDeps,
  input: BacktestInput & { readonly part: number },
): Promise<void> {
  const context = Context.current();
  await decidePart(deps, input, () => {
    context.heartbeat();
    context.cancellationSignal.throwIfAborted();
  });
}

/** Adds the parts up and writes the report. */
export async function finishBacktest(
  { db }: Pick<ActivityDeps, 'db'>,
  { backtestId }: BacktestInput,
): Promise<void> {
  const { terms } = await taskOf(db, backtestId);
  const parts = await readParts(db, backtestId);
  if (parts.length === 0 || parts.some(({ state }) => state !== 'DONE'))
    throw finalFailure('PARTS_OPEN');
  const tally = parts.reduce((sum, part) => addTallies(sum, part.tally, terms), emptyTally());
  await concludeBacktest(db, backtestId, backtestReport(tally, terms));
}

/** Ends a backtest that cannot go on, under a code. */
export async function failBacktest(
  { db }: Pick<ActivityDeps, 'db'>,
  { backtestId, code }: BacktestInput & { readonly code: string },
): Promise<void> {
  await recordFailure(db, backtestId, code);
}
