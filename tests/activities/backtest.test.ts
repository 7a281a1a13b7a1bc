/** A backtest decides recorded applications as they would be decided one by one, once each, and guesses nothing. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginBacktest, decidePart, finishBacktest } from '../../activities/decide/backtest.ts';
import { erasePerson } from '../../activities/keys/erase.ts';
import type { BacktestReport } from '../../domain/backtest-report.ts';
import { compileStrategy } from '../../domain/decide.ts';
import { fen } from '../../domain/money.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { policyOf } from '../../domain/policy.ts';
import { PERSONAL_CREDIT } from '../../domain/products.ts';
import { oddsAt } from '../../domain/score.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { STRATEGY_V1 } from '../../domain/strategy-v1.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import {
  failBacktest,
  finishedBacktest,
  movePart,
  readBacktest,
  readParts,
  startBacktest,
} from '../../db/queries/backtests.ts';
import { SEEDED_AT, type SeededApplication, seedScored } from '../../tools/bench/backtest/seed.ts';
import { finalCode, openWorkplace, type Workplace } from './workplace.ts';

const TRIED = {
  ...STRATEGY_V2,
  version: 9,
  cutoffs: { autoApproveFrom: 650, autoDeclineBelow: 600 },
};
/** More than a batch of each half, so that a part has more than one. */
const COUNT = 1_300;
const SM3 = 'a'.repeat(64);

let place: Workplace;
/** The first thousand of the seeded applications. */
let seeded: readonly SeededApplication[];
beforeAll(async () => {
  place = await openWorkplace();
  const { db, keyService } = place.deps;
  seeded = await seedScored(db, keyService, { count: COUNT, seed: 11 });
});
afterAll(async () => await place.close());

async function started(strategy: unknown = TRIED, from = SEEDED_AT): Promise<string> {
  const id = randomUUID();
  await startBacktest(place.deps.db, {
    id,
    draftId: null,
    strategy,
    strategySm3: SM3,
    scorecard: SCORECARD_V1,
    scorecardSm3: 'b'.repeat(64),
    decidedFrom: from,
    decidedUntil: new Date(from.getTime() + 1_000),
    sampleLimit: 1_000,
    lgdPercent: 60,
    startedBy: 'risk-1',
  });
  return id;
}

async function reported(backtestId: string): Promise<BacktestReport> {
  await finishBacktest(place.deps, { backtestId });
  const report = (await readBacktest(place.deps.db, backtestId))?.report;
  if (report == null) throw new Error('there is no report');
  return report;
}

async function run(strategy?: unknown): Promise<BacktestReport> {
  const backtestId = await started(strategy);
  for (const part of await beginBacktest(place.deps, { backtestId }))
    await decidePart(place.deps, { backtestId, part }, () => undefined);
  return await reported(backtestId);
}

const policy = policyOf(POLICY_ROWS, '2026-06-01', PERSONAL_CREDIT.lenderType);
const decide = compileStrategy({
  strategy: TRIED,
  scorecard: SCORECARD_V1,
  product: PERSONAL_CREDIT,
  policy,
});
const again = ({ variables, gaps, amountFen, termMonths }: SeededApplication) =>
  decide({
    variables,
    gaps,
    request: { amountFen: fen(amountFen), termMonths, wantsPerson: false },
  });

describe('a backtest', () => {
  it('finds who is swapped in and out as deciding one by one does', async () => {
    const report = await run();
    expect(report.total.compared).toBe(COUNT);
    const known = new Set(seeded.map(({ id }) => id));
    const swaps = (before: boolean) =>
      seeded
        .filter((one) => (one.decision.outcome === 'APPROVE') === before)
        .filter((one) => (again(one).outcome === 'APPROVE') !== before)
        .map(({ id }) => id)
        .sort();
    expect(swaps(false).length).toBeGreaterThan(0);
    expect(report.samples.swapIn.filter((id) => known.has(id))).toEqual(swaps(false));
    expect(report.samples.swapOut.filter((id) => known.has(id))).toEqual(swaps(true));
  });

  it('of the strategy that decided changes nothing, in the format of today and of before', async () => {
    for (const strategy of [STRATEGY_V2, STRATEGY_V1]) {
      const { total } = await run(strategy);
      expect([total.swapIn, total.swapOut]).toEqual([0, 0]);
      expect(total.after).toEqual(total.before);
    }
  });

  it('sums the loss that the odds of the scorecard let expect', async () => {
    const report = await run(STRATEGY_V2);
    const grade = report.segments.find(({ word, value }) => word === 'grade' && value === 'A');
    const odds = oddsAt(SCORECARD_V1, 740);
    // Every loan of grade A has at least these odds.
    expect(grade?.after.expectedLossPercent).toBeGreaterThan(0);
    expect(grade?.after.expectedLossPercent).toBeLessThanOrEqual((60 / (1 + odds)) * 1.0001);
  });

  it('goes on where a worker died, and counts nothing twice', async () => {
    const backtestId = await started();
    const [part = 0, other = 0] = await beginBacktest(place.deps, { backtestId });
    const die = () => {
      throw new Error('the worker is gone');
    };
    await expect(decidePart(place.deps, { backtestId, part }, die)).rejects.toThrow('gone');
    const [stopped] = await readParts(place.deps.db, backtestId);
    expect(stopped?.decided).toBe(500);
    // Laying the parts out again, as a retry would, leaves them where they stand.
    await beginBacktest(place.deps, { backtestId });
    for (const one of [part, other])
      await decidePart(place.deps, { backtestId, part: one }, () => undefined);
    const report = await reported(backtestId);
    expect(report.total).toEqual((await run()).total);
  });

  it('throws away what a worker counts that was taken for dead', async () => {
    const backtestId = await started();
    await beginBacktest(place.deps, { backtestId });
    const [part] = await readParts(place.deps.db, backtestId);
    if (part === undefined) throw new Error('there are no parts');
    const moved = {
      id: backtestId,
      part: part.part,
      before: part.after,
      after: '11111111-1111-4111-8111-111111111111',
      decided: 1,
      tally: part.tally,
      done: false,
    };
    expect(await movePart(place.deps.db, moved)).toBe(true);
    expect(await movePart(place.deps.db, moved)).toBe(false);
    expect((await readParts(place.deps.db, backtestId))[0]?.decided).toBe(1);
  });

  it('is not reported before its parts are done', async () => {
    const backtestId = await started();
    await beginBacktest(place.deps, { backtestId });
    expect(await finalCode(finishBacktest(place.deps, { backtestId }))).toBe('PARTS_OPEN');
  });

  it('of a document that does not parse is refused for good', async () => {
    const backtestId = await started({ ...TRIED, cutoffs: 'none' });
    const [part = 0] = await beginBacktest(place.deps, { backtestId });
    const running = decidePart(place.deps, { backtestId, part }, () => undefined);
    expect(await finalCode(running)).toBe('DOCUMENT_INVALID');
  });

  it('that is over does not change any more', async () => {
    const backtestId = await started();
    await failBacktest(place.deps.db, backtestId, 'FAILED');
    const change = place.deps.db
      .updateTable('backtests')
      .set({ failure_code: 'OTHER' })
      .where('id', '=', backtestId)
      .execute();
    await expect(change).rejects.toThrow('does not change');
  });

  it('counts for the check of a draft only when it is done and has seen decisions', async () => {
    const finished = (sm3: string) => finishedBacktest(place.deps.db, sm3);
    expect(await finished('c'.repeat(64))).toBeUndefined();
    const empty = await started(TRIED, new Date('2020-01-01T00:00:00Z'));
    for (const part of await beginBacktest(place.deps, { backtestId: empty }))
      await decidePart(place.deps, { backtestId: empty, part }, () => undefined);
    await reported(empty);
    expect((await finished(SM3))?.id).not.toBe(empty);
  });
});

describe('what cannot be read', () => {
  it('is counted and named by why, and not guessed: erased persons, broken seals, no inputs', async () => {
    const [erased, broken, other, without] = seeded;
    if (
      erased === undefined ||
      broken === undefined ||
      other === undefined ||
      without === undefined
    )
      throw new Error('too few were seeded');
    const { db } = place.deps;
    const people = { applicantId: erased.applicantId, proposedBy: 'a', approvedBy: 'b' };
    expect(await erasePerson(place.deps, people)).toMatchObject({ ok: true });
    const foreign = await db
      .selectFrom('scores')
      .select('sealed_variables')
      .where('application_id', '=', other.id)
      .executeTakeFirstOrThrow();
    await db
      .updateTable('scores')
      .set({ sealed_variables: foreign.sealed_variables })
      .where('application_id', '=', broken.id)
      .execute();
    const decision = await db
      .selectFrom('decisions')
      .selectAll()
      .where('application_id', '=', without.id)
      .executeTakeFirstOrThrow();
    // A later round that was refused before anything was scored.
    await db
      .insertInto('decisions')
      .values({
        ...decision,
        id: randomUUID(),
        round: 2,
        approvals: '[]',
        trace: '{}',
        versions: JSON.stringify(decision.versions),
      })
      .execute();
    const report = await run();
    expect(report.unreadable).toEqual({ ERASED: 1, UNREADABLE: 1, NO_INPUTS: 1 });
    expect(report.total.compared).toBe(COUNT - 3);
    expect(report.samples.unreadable).toEqual([erased.id, broken.id, without.id].sort());
  });
});
