/** What a run cost: processor time by process, SQL statements, and the histories it left. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Client as TemporalClient } from '@temporalio/client';
import { Client } from 'pg';
import { LOOK_MARK } from './loans.ts';

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Milliseconds of processor time by name of process. */
export type ProcessorTime = Readonly<Record<string, number>>;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function stat(pid: string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]),
    };
  } catch {
    return undefined;
  }
}

/**
 * Processor time used so far by processes and their children, and by this one as `bench`.
 * Empty but for `bench` where there is no /proc.
 */
export function processorTime(pids: Readonly<Record<string, number>>): ProcessorTime {
  const { user, system } = process.cpuUsage();
  const own = { bench: (user + system) / 1_000 };
  if (process.platform !== 'linux') return own;
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => stat(name) ?? []);
  const used = Object.entries(pids).map(([name, pid]) => {
    const family = all.filter((one) => one.pid === pid || one.parent === pid);
    return [name, family.reduce((sum, { ticks }) => sum + ticks, 0) * TICK_MS] as const;
  });
  return { ...Object.fromEntries(used), ...own };
}

/** What was used between two readings. */
export function between(before: ProcessorTime, after: ProcessorTime): ProcessorTime {
  const used = Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]);
  return Object.fromEntries(used) as ProcessorTime;
}

/** SQL statements as the server counted them; each is one round trip of the extended protocol. */
export interface Statements {
  /** Everything but BEGIN, COMMIT and ROLLBACK. */
  readonly queries: number;
  readonly transactionControl: number;
  /** The most frequent ones, for the one who looks where the trips go. */
  readonly most: readonly { readonly calls: number; readonly query: string }[];
}

/** Starts counting anew. */
export async function resetStatements(databaseUrl: string): Promise<void> {
  await ask(databaseUrl, async (database) => {
    await database.query('create extension if not exists pg_stat_statements');
    await database.query('select pg_stat_statements_reset()');
  });
}

export async function readStatements(databaseUrl: string): Promise<Statements> {
  return await ask(databaseUrl, async (database) => {
    const { rows } = await database.query<{ query: string; calls: string }>(
      `select query, sum(calls) as calls from pg_stat_statements
       where query not like $1 and query not like '%pg_stat_statements%' group by query order by 2 desc`,
      [`%${LOOK_MARK}%`],
    );
    const counted = rows.map(({ query, calls }) => ({ query, calls: Number(calls) }));
    const isControl = ({ query }: { query: string }) => /^(begin|commit|rollback)/i.test(query);
    const sum = (some: typeof counted) => some.reduce((total, { calls }) => total + calls, 0);
    return {
      queries: sum(counted.filter((one) => !isControl(one))),
      transactionControl: sum(counted.filter(isControl)),
      most: counted.slice(0, 12),
    };
  });
}

/** How often the statements that contain `part` were asked since the counting began, and how many rows they gave. */
export async function readCallsOf(
  databaseUrl: string,
  part: string,
): Promise<{ readonly calls: number; readonly rows: number }> {
  return await ask(databaseUrl, async (database) => {
    const { rows } = await database.query<{ calls: string; rows: string }>(
      `select coalesce(sum(calls), 0) as calls, coalesce(sum(rows), 0) as rows from pg_stat_statements
       where position($1 in query) > 0 and query not like '%pg_stat_statements%'`,
      [part],
    );
    const [found] = rows;
    return { calls: Number(found?.calls ?? 0), rows: Number(found?.rows ?? 0) };
  });
}

/** Seconds the loans stood in each stage on average, from the record. */
export async function readStages(
  databaseUrl: string,
  ids: readonly string[],
): Promise<readonly { readonly stage: string; readonly meanMs: number }[]> {
  return await ask(databaseUrl, async (database) => {
    const { rows } = await database.query<{ stage: string; ms: string }>(
      `select stage, avg(ms) as ms from (
         select from_stage as stage, number,
           extract(epoch from at - lag(at) over (partition by application_id order by number)) * 1000 as ms
         from xindai.journey_events where application_id = any($1)
       ) stood where ms is not null group by stage order by min(number)`,
      [ids],
    );
    return rows.map(({ stage, ms }) => ({ stage, meanMs: Number(ms) }));
  });
}

async function ask<T>(databaseUrl: string, work: (database: Client) => Promise<T>): Promise<T> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}

/** Events and bytes of histories. */
export interface Histories {
  readonly events: { readonly mean: number; readonly max: number };
  readonly bytes: { readonly mean: number; readonly max: number };
  /** How often each type of event stands in the first of them, by its name. */
  readonly types: Readonly<Record<string, number>>;
}

export async function readHistories(
  client: TemporalClient,
  workflowIds: readonly string[],
): Promise<Histories> {
  const events: number[] = [];
  const bytes: number[] = [];
  for (const workflowId of workflowIds) {
    const { historyLength, historySize } = await client.workflow.getHandle(workflowId).describe();
    events.push(historyLength);
    bytes.push(historySize ?? 0);
  }
  const [first] = workflowIds;
  const types = first === undefined ? {} : await typesOf(client, first);
  return { events: meanAndMax(events), bytes: meanAndMax(bytes), types };
}

function meanAndMax(values: readonly number[]): { readonly mean: number; readonly max: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, max: Math.max(...values) };
}

/** What a bare workflow must have as many of as a loan. */
const SHAPE = [
  'activityTaskScheduledEventAttributes',
  'markerRecordedEventAttributes',
  'workflowExecutionUpdateAcceptedEventAttributes',
  'timerStartedEventAttributes',
  'startChildWorkflowExecutionInitiatedEventAttributes',
] as const;

async function typesOf(client: TemporalClient, workflowId: string) {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const count = (name: (typeof SHAPE)[number]) =>
    (events ?? []).filter((event) => (event[name] ?? null) !== null).length;
  return Object.fromEntries(
    SHAPE.map((name) => [name.replace('EventAttributes', ''), count(name)]),
  );
}
