/** What the views of monitoring count is what was decided, and an alert is raised once a day and cause. */
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDecisions } from '../../activities/monitoring/check.ts';
import { countDecisions } from '../../activities/monitoring/count.ts';
import { addRiskMetrics } from '../../activities/monitoring/metrics.ts';
import { openAreaDatabases } from '../../db/access/pools.ts';
import { openDatabase } from '../../db/database.ts';
import {
  type DecisionMeasure,
  readScoreDrift,
  readWindows,
  recordMeasure,
  setThresholds,
} from '../../db/queries/monitoring.ts';
import { addDays } from '../../domain/calendar.ts';
import { DEFAULT_THRESHOLDS, monitorsOf, windowsOn } from '../../domain/monitoring.ts';
import { businessDate } from '../../platform/clock.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { application, refusal } from './rows.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const TODAY = businessDate(new Date());
const LIMITS = { ...DEFAULT_THRESHOLDS, minimumDecisions: 20, ruleHits: 5 };
const log = pino({ level: 'silent' });

/** Measures of so many decisions of one day. */
async function decided(
  count: number,
  strategy: string,
  daysAgo: number,
  of: Partial<DecisionMeasure> = {},
): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const applicationId = await application(database.db, 'OFFER');
    await database.db.transaction().execute((tx) =>
      recordMeasure(tx, {
        applicationId,
        round: 1,
        day: addDays(TODAY, -daysAgo),
        versions: {
          product: { code: 'P', version: 1 },
          policy: { code: 'P', version: 1 },
          scorecard: { code: 'C', version: 1 },
          strategy: { code: strategy, version: 1 },
        },
        outcome: 'APPROVE',
        leaning: 'APPROVE',
        grade: 'B',
        total: 600,
        rules: { K01: 'MISS', K02: 'NOT_EVALUABLE' },
        bands: { housing: 'OWN' },
        ...of,
      }),
    );
  }
}

async function monitored(strategy: string) {
  const counts = await readWindows(database.db, windowsOn(TODAY, LIMITS));
  return monitorsOf(counts).find(({ strategyCode }) => strategyCode === strategy);
}

describe('the views', () => {
  it('count outcomes, rules, scores and bands of both windows as they were decided', async () => {
    await decided(6, 'COUNTED', 30);
    await decided(2, 'COUNTED', 7, { rules: { K01: 'HIT' } });
    await decided(3, 'COUNTED', 6, { outcome: 'DECLINE', total: 559, rules: { K01: 'HIT' } });
    await decided(1, 'COUNTED', 0);
    // Before the baseline: not counted.
    await decided(4, 'COUNTED', 120, { outcome: 'DECLINE' });
    expect(await monitored('COUNTED')).toMatchObject({
      decisions: { before: 8, now: 4 },
      outcomes: [
        { outcome: 'APPROVE', before: 1, now: 0.25 },
        { outcome: 'DECLINE', before: 0, now: 0.75 },
      ],
      rules: [
        { rule: 'K01', hits: { before: 2, now: 3 }, before: 0.25, now: 0.75 },
        { rule: 'K02', hits: { before: 0, now: 0 } },
      ],
    });
    const unknown = await database.db
      .selectFrom('monitoring_rules')
      .select(['rule', 'decisions', 'not_evaluable'])
      .where('strategy_code', '=', 'COUNTED')
      .where('day', '=', TODAY)
      .orderBy('rule')
      .execute();
    expect(unknown).toEqual([
      { rule: 'K01', decisions: 1, not_evaluable: 0 },
      { rule: 'K02', decisions: 1, not_evaluable: 1 },
    ]);
  });

  it('say the same of days that were counted for good, and count a late decision on the day it came', async () => {
    const before = await monitored('COUNTED');
    const counted: string[] = [];
    const areas = openAreaDatabases({ ...database.options, poolMax: 1 }, () => {});
    for (;;) {
      const days = await countDecisions({ db: areas.of('worker', null) });
      if (days.length === 0) break;
      counted.push(...days);
    }
    await areas.close();
    expect(counted).toEqual([120, 30, 7, 6].map((ago) => addDays(TODAY, -ago)));
    expect(await monitored('COUNTED')).toEqual(before);
    await decided(1, 'LATE', 30);
    expect((await monitored('LATE'))?.decisions).toEqual({ before: 0, now: 1 });
  });

  it('have the drift of scores by hand: 8 of 600 before; 3 of 540 and 1 of 600 now', async () => {
    const drift = (await readScoreDrift(database.db)).find(
      (row) => row.strategy_code === 'COUNTED',
    );
    expect(drift).toMatchObject({ baseline: 8, current: 4 });
    // Band 540: 0.75 against half a case of eight; band 600: 0.25 against 1.
    const byHand = (0.75 - 0.0625) * Math.log(0.75 / 0.0625) + (0.25 - 1) * Math.log(0.25);
    expect(drift?.psi).toBeCloseTo(byHand, 5);
    expect((await monitored('COUNTED'))?.scores[0]?.psi).toBeCloseTo(byHand, 10);
  });

  it('count a review against the score’s side as an override, of the last round alone', async () => {
    const reviewed = async (
      to: 'OFFER' | 'DECLINED',
      leaning: 'APPROVE' | 'DECLINE',
      round: number,
    ) => {
      const applicationId = await application(database.db, to);
      await database.db.transaction().execute(async (tx) => {
        for (let one = 1; one <= round; one += 1)
          await recordMeasure(tx, {
            applicationId,
            round: one,
            day: TODAY,
            versions: {
              product: { code: 'P', version: 1 },
              policy: { code: 'P', version: 1 },
              scorecard: { code: 'C', version: 1 },
              strategy: { code: 'REVIEWED', version: 1 },
            },
            outcome: 'REFER',
            leaning,
            grade: 'C',
            total: 570,
            rules: {},
            bands: {},
          });
        await tx
          .insertInto('journey_events')
          .values({
            application_id: applicationId,
            number: 9,
            from_stage: 'REVIEW',
            to_stage: to,
            actor_kind: 'human',
            actor: 'r',
            reason: 'X',
            cause: 'c',
            versions: '{}',
          })
          .execute();
      });
    };
    await reviewed('OFFER', 'APPROVE', 1);
    await reviewed('DECLINED', 'APPROVE', 2);
    await reviewed('OFFER', 'DECLINE', 1);
    expect((await monitored('REVIEWED'))?.overrides).toEqual({
      reviews: 3,
      overridden: 2,
      rate: 2 / 3,
    });
  });

  it('are read by risk, who sees every decision counted and no single one', async () => {
    const areas = openAreaDatabases({ ...database.options, poolMax: 1 }, () => {});
    const risk = areas.of('risk', 'officer');
    const counted = await risk.selectFrom('monitoring_outcomes').selectAll().execute();
    expect(counted.length).toBeGreaterThan(0);
    expect(await refusal(risk.selectFrom('decision_measures').selectAll().execute())).toBe('42501');
    expect(await refusal(risk.selectFrom('experiment_assignments').selectAll().execute())).toBe(
      '42501',
    );
    const apply = areas.of('apply', 'owner');
    expect(await refusal(apply.selectFrom('monitoring_outcomes').selectAll().execute())).toBe(
      '42501',
    );
    await areas.close();
  });
});

describe('the metrics', () => {
  it('show what the views count, by strategy and arm, on the first scrape and without a person', async () => {
    const registry = new Registry();
    addRiskMetrics(registry, { db: database.db, log });
    const text = await registry.metrics();
    expect(text).toContain('xindai_decisions{strategy="COUNTED",arm="-",outcome="DECLINE"} 3');
    expect(text).toContain('xindai_rule_hit_rate{strategy="COUNTED",arm="-",rule="K01"} 0.75');
    expect(text).toMatch(/xindai_score_psi\{strategy="COUNTED",arm="-",scorecard="C@1"\} 2\.7/);
    expect(text).toMatch(/xindai_override_rate\{strategy="REVIEWED",arm="-"\} 0\.66/);
  });

  it('keep quiet and say so in the log while the database is away', async () => {
    const said: string[] = [];
    const registry = new Registry();
    const away = openDatabase(
      { url: 'postgresql://nobody@127.0.0.1:1/none', schema: 'none', poolMax: 1 },
      () => {},
    );
    addRiskMetrics(registry, {
      db: away,
      log: pino({}, { write: (line) => void said.push(line) }),
    });
    expect(await registry.metrics()).not.toContain('xindai_decisions{');
    expect(said.length).toBe(1);
    await away.destroy();
  });
});

describe('the check', () => {
  it('tells risk what moved past the thresholds, once a day and cause, on the trail and in the outbox', async () => {
    const set = await database.db
      .transaction()
      .execute((tx) =>
        setThresholds(tx, { after: 0, thresholds: LIMITS, setBy: 'x', reason: 'TEST' }),
      );
    expect(set).toBe(true);
    await decided(30, 'MOVED', 20);
    await decided(20, 'MOVED', 1, { outcome: 'DECLINE', rules: { K01: 'HIT' } });
    const { raised } = await checkDecisions({ db: database.db, log });
    const expected = [
      'OUTCOME_MIX/MOVED/-/APPROVE',
      'OUTCOME_MIX/MOVED/-/DECLINE',
      'RULE_HITS/MOVED/-/K01',
    ];
    expect(raised.filter((cause) => cause.includes('/MOVED/')).sort()).toEqual(expected);
    expect((await checkDecisions({ db: database.db, log })).raised).toEqual([]);
    const entries = await database.db
      .selectFrom('audit_entries')
      .select('action')
      .where('subject_id', '=', 'MOVED')
      .execute();
    expect(entries.map(({ action }) => action)).toEqual(Array(3).fill('monitoring.alert'));
    const owed = await database.db
      .selectFrom('outbox')
      .select('payload')
      .where('topic', '=', 'risk.alert')
      .execute();
    expect(owed.map(({ payload }) => payload['cause'])).toEqual(expect.arrayContaining(expected));
  });

  it('goes by the thresholds set last, of which no version is set twice', async () => {
    const again = await database.db
      .transaction()
      .execute((tx) =>
        setThresholds(tx, { after: 0, thresholds: LIMITS, setBy: 'y', reason: 'TEST' }),
      );
    expect(again).toBe(false);
    expect(await refusal(database.db.deleteFrom('monitoring_thresholds').execute())).toBe('23001');
  });
});
