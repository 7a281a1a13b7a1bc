/**
 * `npm run bench`: how many loans a second this machine carries to the money, and what one costs, beside a bare workflow
 * of the same shape on the same server. `--loans N --in-flight N` change the size; `--profile FOLDER`
 * writes processor profiles, which Chrome's developer tools open. `npm run bench -- PART` measures one part: see
 * parts.ts.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import { readDataKeys } from '../../platform/keys.ts';
import { connectTemporal } from '../../platform/temporal/client.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { findTemporalCli } from '../setup/temporal-cli.mjs';
import { bareWorkflowId, startBare } from './bare.ts';
import {
  between,
  type Histories,
  type ProcessorTime,
  processorTime,
  readHistories,
  readStages,
  readStatements,
  resetStatements,
  type Statements,
} from './counters.ts';
import { type BenchHouse, startBenchHouse } from './house.ts';
import { percentile, type Run, runInFlight } from './in-flight.ts';
import { openLoans } from './loans.ts';
import { benchPart } from './parts.ts';
import { type Result, result, table, writeResults } from './results.ts';

/** Pieces that run before the measurement, so that no code is cold. */
const WARM_UP = 20;

/** How much is measured. */
interface Size {
  readonly count: number;
  readonly inFlight: number;
  /** Folder for processor profiles of every process (`--profile`); a profiled run measures nothing else. */
  readonly profileFolder: string | undefined;
}

/** What is known of loans or of bare workflows after their run. */
interface Measured {
  readonly run: Run;
  readonly used: ProcessorTime;
  readonly histories: Histories;
}

interface MeasuredLoans extends Measured {
  readonly prepared: Run;
  readonly statements: Statements;
  /** Acts that had to be sent again, by what the API had said. */
  readonly sentAgain: Readonly<Record<string, number>>;
  readonly stages: Awaited<ReturnType<typeof readStages>>;
}

const say = (line: string): void => {
  process.stdout.write(`[bench] ${line}\n`);
};

async function measureLoans(
  house: BenchHouse,
  client: Client,
  { count, inFlight }: Size,
): Promise<MeasuredLoans> {
  const loans = await openLoans(house);
  try {
    say(`filling in ${count + WARM_UP} applications`);
    const drafts: Awaited<ReturnType<typeof loans.prepare>>[] = [];
    const variants = Array.from({ length: count + WARM_UP }, (_, at) => at + 1);
    const prepared = await runInFlight(variants, 4, async (variant) => {
      drafts.push(await loans.prepare(variant));
    });
    // The first goes alone: it loads rules and fonts, which is not what is measured here.
    await runInFlight(drafts.slice(0, 1), 1, (draft) => loans.run(draft));
    await runInFlight(drafts.slice(1, WARM_UP), inFlight, (draft) => loans.run(draft));
    const measured = drafts.slice(WARM_UP);
    say(`${count} loans, ${inFlight} in flight`);
    await resetStatements(house.databaseUrl);
    const before = processorTime(house.pids());
    const run = await runInFlight(measured, inFlight, (draft) => loans.run(draft));
    const used = between(before, processorTime(house.pids()));
    const statements = await readStatements(house.databaseUrl);
    const ids = measured.map(({ id }) => id);
    const histories = await readHistories(client, ids.map(loanWorkflowId));
    const stages = await readStages(house.databaseUrl, ids);
    const sentAgain = loans.sentAgain();
    return { prepared, run, used, statements, sentAgain, stages, histories };
  } finally {
    await loans.stop();
  }
}

async function measureBare(
  house: BenchHouse,
  client: Client,
  { count, inFlight }: Size,
): Promise<Measured> {
  const bare = await startBare(house, client);
  try {
    const named = (prefix: string, length: number) =>
      Array.from({ length }, (_, at) => `${prefix}-${at}`);
    await runInFlight(named('warm', WARM_UP), inFlight, (id) => bare.run(id));
    say(`${count} bare workflows, ${inFlight} in flight`);
    const pids = { ...house.pids(), 'bare worker': bare.pid };
    const before = processorTime(pids);
    const ids = named('bare', count);
    const run = await runInFlight(ids, inFlight, (id) => bare.run(id));
    const used = between(before, processorTime(pids));
    return { run, used, histories: await readHistories(client, ids.map(bareWorkflowId)) };
  } finally {
    await bare.stop();
  }
}

function collect(loans: MeasuredLoans, bare: Measured, count: number): readonly Result[] {
  const p = (of: Measured, share: number) => percentile(of.run.durationsMs, share);
  const { statements } = loans;
  const ours = loans.histories;
  const theirs = bare.histories;
  return [
    result('throughput', loans.run.perSecond, 'loans/s', bare.run.perSecond),
    result('p50', p(loans, 0.5), 'ms', p(bare, 0.5)),
    result('p95', p(loans, 0.95), 'ms', p(bare, 0.95)),
    result('history events, mean', ours.events.mean, 'events', theirs.events.mean),
    result('history events, max', ours.events.max, 'events', theirs.events.max),
    result('history bytes, mean', ours.bytes.mean, 'bytes', theirs.bytes.mean),
    result('history bytes, max', ours.bytes.max, 'bytes', theirs.bytes.max),
    result('database statements', statements.queries / count, 'statements/loan'),
    result('begin and commit', statements.transactionControl / count, 'statements/loan'),
    result(
      'database round trips',
      (statements.queries + statements.transactionControl) / count,
      'statements/loan',
    ),
    result('drafts filled in', loans.prepared.perSecond, 'drafts/s'),
    ...processorResults(loans.used, bare.used, count),
  ];
}

/** The parts of the house; the sandbox is the outside world and the bench plays the people. */
const HOUSE = ['worker', 'temporal', 'api', 'postgres'] as const;

/** Processor time of each part, which other programs on the machine disturb far less than they do the clock. */
function processorResults(
  loans: ProcessorTime,
  bare: ProcessorTime,
  count: number,
): readonly Result[] {
  const theirs: ProcessorTime = { ...bare, worker: bare['bare worker'] ?? 0 };
  const each = (used: ProcessorTime, names: readonly string[]) =>
    names.reduce((sum, name) => sum + (used[name] ?? 0), 0) / count;
  const line = (title: string, names: readonly string[]) =>
    result(`processor: ${title}`, each(loans, names), 'ms/loan', each(theirs, names));
  return [
    line('the house', HOUSE),
    ...[...HOUSE, 'sandbox', 'bench'].map((name) => line(name, [name])),
  ];
}

function explain(loans: MeasuredLoans, bare: Measured): void {
  const [ours, theirs] = [loans.histories.types, bare.histories.types];
  const shape = Object.entries(ours).map(([name, n]) => `${name} ${n}/${theirs[name] ?? 0}`);
  say(`shape, loan/bare: ${shape.join(', ')}`);
  const stages = loans.stages.map(({ stage, meanMs }) => `${stage} ${meanMs.toFixed(0)}`);
  say(`mean ms in each stage: ${stages.join(', ')}`);
  say(`acts sent again: ${JSON.stringify(loans.sentAgain)}`);
  say('the most frequent statements (counted by pg_stat_statements):');
  for (const { calls, query } of loans.statements.most)
    say(`  ${String(calls).padStart(6)}  ${query.replace(/\s+/g, ' ').slice(0, 110)}`);
}

function readSize(): Size {
  const { values } = parseArgs({
    options: {
      loans: { type: 'string', default: '200' },
      'in-flight': { type: 'string', default: '50' },
      profile: { type: 'string' },
    },
  });
  return {
    count: Number(values.loans),
    inFlight: Number(values['in-flight']),
    profileFolder: values.profile,
  };
}

async function main(): Promise<void> {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const part = process.argv[2];
  if (part !== undefined && !part.startsWith('--')) return await benchPart(part, say);
  const size = readSize();
  const cli = await findTemporalCli({ dataDir: join(root, '.data') });
  const house = await startBenchHouse(root, cli, size.profileFolder, say);
  const interrupted = () => void house.stop().then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  try {
    const keys = readDataKeys(house.dataKeysFile, 'development');
    const at = { temporal: { address: house.temporalAddress, namespace: 'default' } };
    const temporal = await connectTemporal(at, keys.payloads);
    const loans = await measureLoans(house, temporal.client, size);
    const bare = await measureBare(house, temporal.client, size);
    await temporal.close();
    explain(loans, bare);
    const results = collect(loans, bare, size.count);
    process.stdout.write(`\n${table(results)}\n`);
    const path = join(root, 'bench', 'results.json');
    writeResults(path, results);
    say(`written to ${path}`);
  } catch (error) {
    say(`the house of this bench is kept for its logs: ${house.folder}`);
    await house.stop({ keep: true });
    throw error;
  }
  await house.stop();
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
