/**
 * `npm run bench -- fraud-graph`: how long it takes to find the ring around an application among a million links, beside a
 * bare look-up by primary key on the same server in the same run. `BENCH_DATABASE_URL` names a server; without it one is
 * started for the run and removed again.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { type RawBuilder, sql } from 'kysely';
import { type Db, openDatabase } from '../../db/database.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import { findGraph } from '../../db/queries/fraud-graph.ts';
import { GRAPH_NODES_MOST, HUB_CAP, summariseGraph } from '../../domain/fraud-graph.ts';
import { startServer } from '../../tests/ports/postgres.ts';
import { percentile } from './in-flight.ts';
import { type Result, result, writeResults } from './results.ts';

const APPLICATIONS = 160_000;
const LINKS = 1_000_000;
/** Every so many applications one belongs to a ring of five that share a device and a card. */
const RINGED = 400;
const RANDOM_SAMPLES = 500;
const HUB_SAMPLES = 50;
const RING_SAMPLES = 50;
const BOUNDS = { hubCap: HUB_CAP, nodesMost: GRAPH_NODES_MOST };

/** Values of one kind: which application has which, as SQL over its number `n`. */
interface Skew {
  readonly kind: string;
  /** Two that differ are two values. */
  readonly value: string;
  readonly where?: string;
}

/**
 * As in life: nearly everybody has a device, number and card of their own, families share an address, colleagues their
 * employer's telephone (of which a few are hubs of thousands), and contacts are shared by few.
 */
const SKEWS: readonly Skew[] = [
  {
    kind: 'DEVICE',
    value: `case when n % ${RINGED} < 5 then 'ring' || n / ${RINGED} else 'own' || n end`,
  },
  { kind: 'MOBILE', value: `'own' || n` },
  {
    kind: 'CARD',
    value: `case when n % ${RINGED} < 5 then 'ring' || n / ${RINGED} else 'own' || n end`,
  },
  { kind: 'ADDRESS', value: `'home' || n / 3` },
  {
    kind: 'EMPLOYER_PHONE',
    value: `case when n % 8 = 0 then 'hub' || n % 32 else 'firm' || n / 12 end`,
  },
  { kind: 'CONTACT', value: `'kin' || (n::bigint * 7919) % 120000` },
  { kind: 'CONTACT', value: `'friend' || (n::bigint * 104729) % 140000`, where: `n % 4 = 0` },
];

const statement = (text: string): RawBuilder<unknown> => sql.raw(text);

async function seed(db: Db): Promise<number> {
  const rows = `generate_series(0, ${APPLICATIONS - 1}) n`;
  const id = (what: string) => `md5('${what}' || n)::uuid`;
  await statement(`insert into applicants (id, kind, identity_index)
    select ${id('p')}, 'PERSON', decode(md5('i' || n), 'hex') from ${rows}`).execute(db);
  await statement(`insert into applications (id, owner_subject, applicant_kind, stage, applicant_id)
    select ${id('a')}, 'bench', 'PERSON', 'FRAUD', ${id('p')} from ${rows}`).execute(db);
  for (const { kind, value, where } of SKEWS) {
    await statement(`insert into fraud_links (application_id, applicant_id, kind, value_index)
      select ${id('a')}, ${id('p')}, '${kind}', decode(md5('${kind}' || ${value}), 'hex') from ${rows}
       ${where === undefined ? '' : `where ${where}`}`).execute(db);
  }
  await statement('vacuum analyze fraud_links').execute(db);
  const { rows: counted } = await sql<{
    n: number;
  }>`select count(*)::int as n from fraud_links`.execute(db);
  return counted[0]?.n ?? 0;
}

async function idsOf(db: Db, numbers: readonly number[]): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select md5('a' || n)::uuid as id from unnest(${numbers}::int[]) n`.execute(db);
  return rows.map((row) => row.id);
}

async function timed(ids: readonly string[], ask: (id: string) => Promise<unknown>) {
  const times: number[] = [];
  for (const id of ids) {
    const began = performance.now();
    await ask(id);
    times.push(performance.now() - began);
  }
  return times.sort((one, other) => one - other);
}

const bare = (db: Db) => async (id: string) =>
  await db.selectFrom('applications').select('stage').where('id', '=', id).execute();

function lines(
  title: string,
  times: readonly number[],
  baseline: readonly number[],
): readonly Result[] {
  const p = (of: readonly number[], share: number) => percentile(of, share);
  return [
    result(`${title}, p50`, p(times, 0.5), 'ms', p(baseline, 0.5)),
    result(`${title}, p95`, p(times, 0.95), 'ms', p(baseline, 0.95)),
    result(`${title}, max`, p(times, 1), 'ms', p(baseline, 1)),
  ];
}

async function measure(db: Db, say: (line: string) => void): Promise<readonly Result[]> {
  const began = performance.now();
  const links = await seed(db);
  say(`${links} links seeded in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  if (links < LINKS) throw new Error(`${links} links are fewer than ${LINKS}`);
  const random = await idsOf(
    db,
    Array.from({ length: RANDOM_SAMPLES }, () => randomInt(APPLICATIONS)),
  );
  const inHubs = await idsOf(
    db,
    Array.from({ length: HUB_SAMPLES }, () => 8 * randomInt(APPLICATIONS / 8)),
  );
  const inRings = await idsOf(
    db,
    Array.from({ length: RING_SAMPLES }, () => RINGED * randomInt(APPLICATIONS / RINGED) + 1),
  );
  const sizes: string[] = [];
  const ring = async (id: string) => {
    const graph = summariseGraph(id, await findGraph(db, id, BOUNDS));
    sizes.push(
      `${graph.persons} people, ${graph.nodes.length} nodes${graph.truncated ? ', cut' : ''}`,
    );
  };
  // The first calls plan and warm the caches of both.
  await timed(random.slice(0, 20), bare(db));
  await timed(random.slice(0, 20), ring);
  sizes.length = 0;
  const baseline = await timed(random, bare(db));
  const results = [
    ...lines('ring of a random application', await timed(random, ring), baseline),
    ...lines('ring of one in a hub', await timed(inHubs, ring), baseline),
    ...lines('ring of one in a ring of five', await timed(inRings, ring), baseline),
  ];
  say(`found, for example: ${sizes.slice(-5).join(' · ')}`);
  return results;
}

/** Seeds a schema of its own, measures, prints and keeps the results in bench/fraud-graph.json. */
export async function benchFraudGraph(say: (line: string) => void): Promise<void> {
  const given = process.env['BENCH_DATABASE_URL'];
  const server = given === undefined ? await startServer() : { url: given, stop: async () => {} };
  const schema = `bench_graph_${randomBytes(4).toString('hex')}`;
  const db = openDatabase({ url: server.url, schema, poolMax: 2 }, () => {});
  try {
    await migrateToLatest(db, schema);
    const results = await measure(db, say);
    for (const { name, value, unit, baseline, ratio } of results)
      say(
        `${name.padEnd(38)} ${value} ${unit}   look-up by key ${baseline} ${unit}   ratio ${ratio}`,
      );
    const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
    writeResults(join(root, 'bench', 'fraud-graph.json'), results);
  } finally {
    await sql`drop schema ${sql.ref(schema)} cascade`.execute(db);
    await db.destroy();
    await server.stop();
  }
}
