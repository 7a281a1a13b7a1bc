/**
 * `npm run bench -- hot-rules`: how long after its effective time a version of the strategy decides, while applications
 * come in at two workers and nothing is restarted; and whether the former version is taken up by any that came later.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client as TemporalClient } from '@temporalio/client';
import { Client } from 'pg';
import { z } from 'zod';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { readDataKeys } from '../../platform/keys.ts';
import { connectTemporal } from '../../platform/temporal/client.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { findTemporalCli } from '../setup/temporal-cli.mjs';
import { data, openWorld } from '../teller/world.ts';
import { type BenchHouse, startBenchHouse } from './house.ts';
import { percentile, runInFlight } from './in-flight.ts';
import { type Draft, openLoans } from './loans.ts';
import { result, table, writeResults } from './results.ts';

type Say = (line: string) => void;

const ROUNDS = 10;
/** One application every so often, from some time before the effective time to some time behind it. */
const EVERY_MS = 60;
const PER_ROUND = 16;
const LEAD_MS = 1_000;
const BEFORE_MS = 500;

/** Speaks to the API as one person of risk. */
type Speak = (route: string, json: unknown) => Promise<Readonly<Record<string, unknown>>>;

async function personOf(house: BenchHouse, role: string, subject: string): Promise<Speak> {
  const issued = await fetch(`${house.sandboxUrl}/_admin/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ role, subject, ttlSeconds: 3_600 }),
  });
  const { token } = z.object({ token: z.string() }).parse(await issued.json());
  return async (route, json) => {
    const answer = await fetch(`${house.apiUrl}${route}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': randomUUID(),
      },
      body: JSON.stringify(json),
    });
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return z.record(z.string(), z.unknown()).parse(await answer.json());
  };
}

interface Proposal {
  readonly id: string;
  readonly version: number;
  readonly documentSm3: string;
}

/** Versions that wait for their second person; on an empty house, where no backtest is asked for yet. */
async function propose(officer: Speak, count: number): Promise<readonly Proposal[]> {
  const proposals: Proposal[] = [];
  const [first, ...rest] = STRATEGY_V2.knockouts;
  if (first === undefined) throw new Error('the strategy has no knockouts');
  for (let at = 0; at < count; at += 1) {
    const document = {
      ...STRATEGY_V2,
      knockouts: [{ ...first, en: `${first.en} ${at}` }, ...rest],
    };
    const reason = 'BENCH';
    const made = await officer('/v1/rule-drafts', {
      kind: 'STRATEGY',
      code: STRATEGY_V2.id,
      document,
      reason,
    });
    const id = String(made['id']);
    for (const verb of ['check', 'propose'])
      await officer(`/v1/rule-drafts/${id}/${verb}`, { reason });
    proposals.push({
      id,
      version: Number(made['version']),
      documentSm3: String(made['documentSm3']),
    });
  }
  return proposals;
}

interface Admitted {
  readonly id: string;
  readonly version: number;
  /** Milliseconds of the database's clock at which the admission began, against the effective time. */
  readonly afterMs: number;
}

/** Schedules one version and submits applications around its effective time. */
async function round(
  house: BenchHouse,
  database: Client,
  approve: (effectiveFrom: string) => Promise<unknown>,
  drafts: readonly Draft[],
): Promise<readonly Admitted[]> {
  const world = openWorld(house.apiUrl, house.sandboxUrl);
  const effective = Date.now() + LEAD_MS;
  await approve(new Date(effective).toISOString());
  await sleep(Math.max(0, effective - BEFORE_MS - Date.now()));
  const submitted = drafts.map(async ({ id, subject, evidenceVersion }, at) => {
    await sleep(at * EVERY_MS);
    await data(world.as('applicant', subject).applications.submit(id, { evidenceVersion }));
  });
  await Promise.all(submitted);
  const { rows } = await database.query<Admitted>(
    `select id, (pinned -> 'strategy' ->> 'version')::int as version,
            extract(epoch from submitted_at - to_timestamp($1::float8 / 1000))::float8 * 1000 as "afterMs"
       from applications where id = any($2::uuid[]) order by submitted_at`,
    [effective, drafts.map(({ id }) => id)],
  );
  return rows;
}

/** A further worker beside the one of the house. */
function startWorker(root: string, house: BenchHouse): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', join(root, 'activities', 'worker.ts')], {
    cwd: root,
    env: { ...process.env, ...house.env },
    stdio: 'ignore',
  });
}

/** How many of these applications each worker admitted, by the worker's name. */
async function admittedBy(
  client: TemporalClient,
  admissions: readonly Admitted[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { id } of admissions) {
    const { events } = await client.workflow.getHandle(loanWorkflowId(id)).fetchHistory();
    const first = (events ?? []).find(
      (event) => event.workflowTaskCompletedEventAttributes != null,
    );
    const name = first?.workflowTaskCompletedEventAttributes?.identity ?? 'unknown';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

async function prepareDrafts(
  house: BenchHouse,
  count: number,
  say: Say,
): Promise<readonly Draft[]> {
  const loans = await openLoans(house);
  try {
    say(`filling in ${count} applications`);
    const drafts: Draft[] = [];
    const variants = Array.from({ length: count }, (_, at) => at + 1);
    await runInFlight(variants, 4, async (variant) => {
      drafts.push(await loans.prepare(variant));
    });
    return drafts;
  } finally {
    await loans.stop();
  }
}

async function measure(house: BenchHouse, client: TemporalClient, say: Say) {
  const officer = await personOf(house, 'risk-officer', 'bench-officer');
  const approver = await personOf(house, 'risk-approver', 'bench-approver');
  const proposals = await propose(officer, ROUNDS);
  const drafts = await prepareDrafts(house, ROUNDS * PER_ROUND, say);
  const database = new Client({ connectionString: house.databaseUrl });
  await database.connect();
  await database.query('set search_path to xindai');
  const delays: number[] = [];
  const late: Admitted[] = [];
  const all: Admitted[] = [];
  let before = 0;
  try {
    for (const [at, { id, version, documentSm3 }] of proposals.entries()) {
      const some = drafts.slice(at * PER_ROUND, (at + 1) * PER_ROUND);
      const approve = (effectiveFrom: string) =>
        approver(`/v1/rule-drafts/${id}/approve`, { documentSm3, effectiveFrom, reason: 'BENCH' });
      const admitted = await round(house, database, approve, some);
      const onNew = admitted.filter((one) => one.version === version);
      const [first] = onNew;
      if (first !== undefined) delays.push(first.afterMs);
      late.push(...admitted.filter((one) => one.version !== version && one.afterMs > 0));
      all.push(...onNew);
      before += admitted.length - onNew.length;
    }
    delays.sort((one, other) => one - other);
    return { delays, late, before, by: await admittedBy(client, all), admissions: all.length };
  } finally {
    await database.end();
  }
}

/** Runs the measurement in a house of its own and adds it to bench/results.json. */
export async function benchHotRules(say: Say): Promise<void> {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const cli = await findTemporalCli({ dataDir: join(root, '.data') });
  const house = await startBenchHouse(root, cli, undefined, say);
  const second = startWorker(root, house);
  try {
    const keys = readDataKeys(house.dataKeysFile, 'development');
    const at = { temporal: { address: house.temporalAddress, namespace: 'default' } };
    const temporal = await connectTemporal(at, keys.payloads);
    const { delays, late, before, by, admissions } = await measure(house, temporal.client, say);
    await temporal.close();
    say(
      `${delays.length} of ${ROUNDS} versions took effect; ${before} admissions before, ${admissions} on them`,
    );
    say(`by worker: ${[...by].map(([name, n]) => `${name} ${n}`).join(', ')}`);
    const results = [
      result('hot rules: first admission on the new version, p50', percentile(delays, 0.5), 'ms'),
      result('hot rules: first admission on the new version, p99', percentile(delays, 0.99), 'ms'),
      result('hot rules: admissions on the old version after its time', late.length, 'admissions'),
      result('hot rules: workers that took it up', by.size, 'processes'),
    ];
    process.stdout.write(`\n${table(results)}\n`);
    writeResults(join(root, 'bench', 'results.json'), results);
  } finally {
    second.kill('SIGTERM');
    await house.stop();
  }
}
