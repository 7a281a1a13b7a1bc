/** One read of an application's evidence by itself, with and without a cache, on loans that a bench has just made. */
import { assembleActivityDeps } from '../../activities/assemble.ts';
import { scorerOf } from '../../activities/compiled.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { readScore, readSummary } from '../../activities/evidence-cache.ts';
import { pinnedOf } from '../../activities/pinned.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { readScoredVariables } from '../../db/queries/score.ts';
import { unscored } from '../../domain/score.ts';
import {
  type Cache,
  createCache,
  groupOfPerson,
  NO_CACHE,
  openCache,
} from '../../platform/cache.ts';
import { createMemoryStore } from '../../platform/cache-store.ts';
import { businessDate } from '../../platform/clock.ts';
import { loadConfig } from '../../platform/config.ts';
import type { BenchHouse } from './house.ts';
import { percentile } from './in-flight.ts';
import { type Result, result } from './results.ts';

const LOANS = 100;

interface Times {
  readonly summary: number;
  readonly score: number;
}

/** Milliseconds of one read of the summary and of the score, within a transaction as the chapters read them. */
async function timed(deps: ActivityDeps, id: string): Promise<Times> {
  return await deps.db.transaction().execute(async (tx) => {
    const pinned = await pinnedOf(deps, tx, id);
    const cipher = await deps.vault.of(tx, id);
    const form = await loadForm(tx, cipher, id);
    const scored = await readScoredVariables(tx, cipher, id, 1);
    if (form === null || scored === undefined) throw new Error(`${id} was never scored`);
    const { variables, variablesSm3 } = scored;
    const of = { pinned, identity: form.identity, asOf: businessDate(new Date()) };
    const began = performance.now();
    const { standing } = await readSummary(deps, tx, cipher, of);
    const read = performance.now();
    await readScore(deps, cipher, standing, { pinned, variablesSm3 }, () => {
      const score = scorerOf(pinned.rules.scorecard);
      return score?.(variables) ?? unscored('NONE@1');
    });
    return { summary: read - began, score: performance.now() - read };
  });
}

async function ids(deps: ActivityDeps): Promise<readonly string[]> {
  const rows = await deps.db
    .selectFrom('scores')
    .select('application_id')
    .where('complete', '=', true)
    .limit(LOANS)
    .execute();
  return rows.map((row) => row.application_id);
}

const median = (times: readonly Times[], of: keyof Times): number =>
  percentile(
    times.map((one) => one[of]).toSorted((a, b) => a - b),
    0.5,
  );

/** Measures by turns, loan by loan, so that what else the machine does strikes each way alike. */
export async function measureReads(
  house: BenchHouse,
  redisUrl: string,
): Promise<readonly Result[]> {
  const deps = assembleActivityDeps(loadConfig(house.env));
  const caches: Readonly<Record<string, Cache>> = {
    without: NO_CACHE,
    'in the process': createCache(createMemoryStore(2 ** 25)),
    'in Redis': openCache({ redisUrl, megabytes: 1 }, () => undefined),
  };
  const first = new Map<string, Times[]>();
  const again = new Map<string, Times[]>();
  try {
    const [warm, ...loans] = await ids(deps);
    for (const [name, cache] of Object.entries(caches)) {
      // The first read of a process is of cold code, and Redis is still being connected to.
      for (let n = 0; n < 20; n += 1) if (warm !== undefined) await timed({ ...deps, cache }, warm);
      first.set(name, []);
      again.set(name, []);
    }
    // What the house's own worker kept of these loans would be found as well.
    for (const id of loans) {
      const { applicant_id: applicant } = (await pinnedOf(deps, deps.db, id)).application;
      await caches['in Redis']?.forget(groupOfPerson(deps.vault, applicant));
      for (const [name, cache] of Object.entries(caches)) {
        first.get(name)?.push(await timed({ ...deps, cache }, id));
        again.get(name)?.push(await timed({ ...deps, cache }, id));
      }
    }
  } finally {
    for (const cache of Object.values(caches)) cache.close();
    deps.cache.close();
    deps.vault.close();
    await deps.db.destroy();
  }
  const bare = again.get('without') ?? [];
  return ['in the process', 'in Redis'].flatMap((name) =>
    (['summary', 'score'] as const).flatMap((kind) => [
      result(
        `cache ${name}: one ${kind} kept anew, p50`,
        median(first.get(name) ?? [], kind),
        'ms',
        median(bare, kind),
      ),
      result(
        `cache ${name}: one ${kind} served, p50`,
        median(again.get(name) ?? [], kind),
        'ms',
        median(bare, kind),
      ),
    ]),
  );
}
