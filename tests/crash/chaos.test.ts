/** A short run of `npm run chaos`: whatever is killed, every loan is paid once or not at all, and nothing acknowledged is lost. */
import { describe, expect, test } from 'vitest';
import { PARTS } from '../../tools/playhouse/house.ts';
import { planChaos } from '../../tools/chaos/plan.ts';
import { killsInAll, runChaos } from '../../tools/chaos/run.ts';
import { testBundle, testServer } from '../support/house.ts';

const PLAN = { seed: 'short', seconds: 120, gap: [2, 3] } as const;

describe('the plan of a run', () => {
  test('follows from its seed, and another seed plans another run', () => {
    expect(planChaos(PLAN)).toEqual(planChaos(PLAN));
    expect(planChaos(PLAN)).not.toEqual(planChaos({ ...PLAN, seed: 'other' }));
  });

  test('kills every process about as often, at the gaps that were asked for', () => {
    const kills = planChaos(PLAN).filter((event) => event.at === 'KILL');
    const counts = PARTS.map((part) => kills.filter((kill) => kill.part === part).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const times = [0, ...kills.map(({ afterMs }) => afterMs)];
    for (const [at, afterMs] of times.slice(1).entries()) {
      expect(afterMs - (times[at] ?? 0)).toBeGreaterThanOrEqual(2_000);
      expect(afterMs - (times[at] ?? 0)).toBeLessThanOrEqual(3_000);
    }
  });
});

test('loans are paid exactly once and nothing is lost while one process after the other is killed', async () => {
  const told: string[] = [];
  // Six kills, of each process one, while all of the loans are on their way.
  const report = await runChaos({
    loans: 6,
    seed: 'short',
    seconds: 11,
    gap: [1, 2],
    atOnce: 6,
    settleSeconds: 90,
    temporalCli: testServer('TEST_TEMPORAL_CLI'),
    bundle: testBundle().codePath,
    say: (line) => told.push(line),
  });
  const broken = report.checks.filter(({ against }) => against.length > 0);
  expect(broken, told.join('\n')).toEqual([]);
  expect(report.acknowledged).toBe(6);
  expect(report.paid).toBeGreaterThan(0);
  expect(killsInAll(report)).toBeGreaterThan(2);
}, 240_000);
