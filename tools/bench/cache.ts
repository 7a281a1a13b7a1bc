/**
 * `npm run bench -- cache`: what keeping bureau summaries and scores is worth on straight loans, off, in the process and
 * in Redis: hit rate, statements and opened reports a loan, time in the chapters that read evidence; and one read by itself.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRedisServer, whyNoRedis } from '../../tests/support/redis-server.ts';
import { findTemporalCli } from '../setup/temporal-cli.mjs';
import { freePort } from '../start/ports.ts';
import { measureReads } from './cache-reads.ts';
import { readCallsOf, readStages, readStatements, resetStatements } from './counters.ts';
import { type BenchHouse, startBenchHouse } from './house.ts';
import { runInFlight } from './in-flight.ts';
import { type Draft, openLoans } from './loans.ts';
import { type Result, result, table, writeResults } from './results.ts';

type Say = (line: string) => void;

const WARM_UP = 10;
const LOANS = 60;
/** Few, so that the time in a stage is work and not waiting for the processor. */
const IN_FLIGHT = 4;
/** Every opening of an application's reports asks this, and gets a row a report. */
const OPENING = 'distinct on ("e"."bureau")';
/** The chapters that read the evidence. */
const CHAPTERS = ['FRAUD', 'SCORE', 'DECIDE'];

type Events = Readonly<Record<string, number>>;

/** What happened in the worker's cache so far, as `kind event`. */
async function cacheEvents(metricsUrl: string): Promise<Events> {
  const text = await (await fetch(metricsUrl)).text();
  const lines = text.matchAll(/^xindai_cache_total\{kind="(\w+)",event="(\w+)"[^}]*\} (\d+)$/gm);
  return Object.fromEntries(
    [...lines].map(([, kind, event, n]) => [`${kind} ${event}`, Number(n)]),
  );
}

interface Measured {
  readonly statements: number;
  readonly opened: number;
  readonly phaseMs: number;
  readonly perSecond: number;
  readonly events: Events;
}

async function measureLoans(house: BenchHouse, metricsUrl: string, say: Say): Promise<Measured> {
  const loans = await openLoans(house);
  try {
    say(`filling in ${LOANS + WARM_UP} applications`);
    const drafts: Draft[] = [];
    const variants = Array.from({ length: LOANS + WARM_UP }, (_, at) => at + 1);
    await runInFlight(variants, 4, async (variant) => {
      drafts.push(await loans.prepare(variant));
    });
    await runInFlight(drafts.slice(0, 1), 1, (draft) => loans.run(draft));
    await runInFlight(drafts.slice(1, WARM_UP), IN_FLIGHT, (draft) => loans.run(draft));
    const measured = drafts.slice(WARM_UP);
    const before = await cacheEvents(metricsUrl);
    await resetStatements(house.databaseUrl);
    const run = await runInFlight(measured, IN_FLIGHT, (draft) => loans.run(draft));
    const { queries } = await readStatements(house.databaseUrl);
    const { rows } = await readCallsOf(house.databaseUrl, OPENING);
    const ids = measured.map(({ id }) => id);
    const stages = await readStages(house.databaseUrl, ids);
    const after = await cacheEvents(metricsUrl);
    return {
      statements: queries / LOANS,
      opened: rows / LOANS,
      phaseMs: stages
        .filter(({ stage }) => CHAPTERS.includes(stage))
        .reduce((sum, { meanMs }) => sum + meanMs, 0),
      perSecond: run.perSecond,
      events: Object.fromEntries(
        Object.entries(after).map(([name, n]) => [name, n - (before[name] ?? 0)]),
      ),
    };
  } finally {
    await loans.stop();
  }
}

/** Share of the reads that were served, in percent; waiting for another one's making counts as served. */
function hitRate(events: Events, kind: string): number {
  const of = (event: string): number => events[`${kind} ${event}`] ?? 0;
  const served = of('hit') + of('wait');
  return (100 * served) / Math.max(1, served + of('miss'));
}

function compare(name: string, one: Measured, off: Measured): readonly Result[] {
  const titled = (title: string) => `cache ${name}: ${title}`;
  return [
    result(titled('summaries served'), hitRate(one.events, 'summary'), '%'),
    result(titled('scores served'), hitRate(one.events, 'score'), '%'),
    result(titled('database statements'), one.statements, 'statements/loan', off.statements),
    result(titled('reports opened'), one.opened, 'reports/loan', off.opened),
    result(titled('fraud, score and decide'), one.phaseMs, 'ms/loan', off.phaseMs),
    result(titled('throughput, 4 in flight'), one.perSecond, 'loans/s', off.perSecond),
  ];
}

type Settings = Readonly<Record<string, string>>;

async function inHouse<T>(
  settings: Settings,
  say: Say,
  work: (house: BenchHouse, metricsUrl: string) => Promise<T>,
): Promise<T> {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const cli = await findTemporalCli({ dataDir: join(root, '.data') });
  const port = String(await freePort());
  const house = await startBenchHouse(root, cli, undefined, say, {
    ...settings,
    METRICS_PORT: port,
  });
  try {
    return await work(house, `http://127.0.0.1:${port}/metrics`);
  } finally {
    await house.stop();
  }
}

/** Runs the measurements in three houses of their own and adds them to bench/results.json. */
export async function benchCache(say: Say): Promise<void> {
  const why = whyNoRedis();
  const loans = (settings: Settings) =>
    inHouse(settings, say, (house, url) => measureLoans(house, url, say));
  say('without a cache');
  const off = await loans({ CACHE_MEGABYTES: '0' });
  say('in the process');
  const inProcess = await loans({});
  const results = [...compare('in the process', inProcess, off)];
  if (why !== null) say(`Redis is not measured: ${why}`);
  else {
    const server = await startRedisServer();
    try {
      say('in Redis');
      await inHouse({ REDIS_URL: server.url }, say, async (house, url) => {
        results.push(...compare('in Redis', await measureLoans(house, url, say), off));
        results.push(...(await measureReads(house, server.url)));
      });
    } finally {
      await server.kill();
    }
  }
  process.stdout.write(`\n${table(results, ['with the cache', 'without'])}\n`);
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  writeResults(join(root, 'bench', 'results.json'), results);
}
