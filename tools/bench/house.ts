/** A house of its own for one bench: own ports and data in a folder that goes, quotas of the outside lifted. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { prepareDataFolder } from '../start/data-folder.ts';
import { publicUrls } from '../start/environment.ts';
import { type House, xindai } from '../start/house.ts';
import { freePort } from '../start/ports.ts';
import { preparePostgres } from '../start/postgres.ts';
import { endAbandoned, RunFile } from '../start/run-file.ts';
import { readSettings, type StartSettings } from '../start/settings.ts';
import { bringUp } from '../start/story.ts';
import { Supervisor } from '../start/supervisor.ts';

/** A running house and where to find its parts. */
export interface BenchHouse {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly dataKeysFile: string;
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  /** What its processes are started with. */
  readonly env: NodeJS.ProcessEnv;
  /** Process ids by name: `postgres` is its first process. */
  pids(): Readonly<Record<string, number>>;
  /** Stops everything and removes its data; with `keep` it stays, for the one who looks at the logs. */
  stop(options?: { readonly keep: boolean }): Promise<void>;
}

const runRecord = z.object({ children: z.record(z.string(), z.object({ pid: z.number() })) });

const PREFIX = 'xindai-bench-';
const PROFILER = new URL('./profiler.mjs', import.meta.url).href;

/** What would lead the bench to another house than its own. */
const LED =
  /^(DATABASE_|TEMPORAL_|XINDAI_|POSTGRES_|API_|CODEC_|SANDBOX_|GATEWAY_|AUTH_|OBJECT_|WORKER_|TASK_|DATA_KEYS_|KEY_SERVICE_|SIGN_IN_|BUREAU_|METRICS_|CACHE_|REDIS_URL$)/;

/**
 * Brings up PostgreSQL, Temporal (SQLite file with the write-ahead log), sandbox, worker, API and codec server, as
 * `npm start` does, with statistics of every SQL statement.
 * @param profileFolder where each process writes what its processor time went to; undefined leaves that out
 * @param settings variables that this house differs by
 * @throws StartFailure when a part does not come up; the others are stopped again
 */
export async function startBenchHouse(
  root: string,
  temporalCli: string,
  profileFolder: string | undefined,
  say: (line: string) => void,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchHouse> {
  await sweepAbandoned(say);
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  // PostgreSQL, started by root, runs as a user who must be able to enter.
  chmodSync(folder, 0o711);
  prepareDataFolder(folder);
  const env = { ...(await environment(folder, profileFolder)), ...settings };
  const start = readSettings(root, temporalCli, env);
  const postgres = await preparePostgres({ dataDir: folder, port: 1, fast: false, say });
  countStatements(postgres.folder);
  const runFile = new RunFile(folder);
  await runFile.takeOver(say);
  const supervisor = new Supervisor(runFile, join(folder, 'logs'), say);
  const stop = async ({ keep } = { keep: false }) => {
    await supervisor.stop();
    if (keep) return;
    rmSync(join(postgres.folder, '..'), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const house: House = { ...xindai(root), sample: undefined };
    const running = await bringUp({ settings: start, house, supervisor, runFile, say });
    return { ...places(start, running), folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends what a killed bench left running, and removes its data with the logs that a failed one kept. */
async function sweepAbandoned(say: (line: string) => void): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith(PREFIX) || !existsSync(join(folder, 'run.json'))) continue;
    if (!(await endAbandoned(folder, say))) continue;
    const shelter = join(folder, 'postgres-home');
    if (existsSync(shelter))
      rmSync(readFileSync(shelter, 'utf8').trim(), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
    say(`removed ${folder}, left over from an earlier bench`);
  }
}

function places(settings: StartSettings, env: NodeJS.ProcessEnv) {
  const urls = publicUrls(settings);
  const file = join(settings.dataDir, 'run.json');
  return {
    env,
    databaseUrl: env.DATABASE_URL ?? '',
    temporalAddress: env.TEMPORAL_ADDRESS ?? '',
    dataKeysFile: env.DATA_KEYS_FILE ?? '',
    apiUrl: urls.api,
    sandboxUrl: urls.sandbox,
    pids: () => {
      const { children } = runRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
      return Object.fromEntries(Object.entries(children).map(([name, { pid }]) => [name, pid]));
    },
  };
}

async function environment(
  folder: string,
  profileFolder: string | undefined,
): Promise<NodeJS.ProcessEnv> {
  const kept = Object.entries(process.env).filter(([name]) => !LED.test(name));
  const port = async () => String(await freePort());
  return {
    ...Object.fromEntries(kept),
    XINDAI_DATA: folder,
    API_PORT: await port(),
    CODEC_PORT: await port(),
    SANDBOX_PORT: await port(),
    TEMPORAL_PORT: await port(),
    TEMPORAL_UI_PORT: await port(),
    SANDBOX_RATE_LIMITS: 'off',
    BUREAU_RATE_PBOC: '10000',
    BUREAU_RATE_BAIHANG: '10000',
    LOG_LEVEL: 'warn',
    ...(profileFolder === undefined
      ? {}
      : { XINDAI_PROFILE: profileFolder, NODE_OPTIONS: `--import=${PROFILER}` }),
  };
}

function countStatements(postgresFolder: string): void {
  const lines = [
    "shared_preload_libraries = 'pg_stat_statements'",
    'pg_stat_statements.track = top',
    'pg_stat_statements.max = 5000',
  ];
  appendFileSync(join(postgresFolder, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
}
