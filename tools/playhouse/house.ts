/** A whole Xindai of its own for chaos and rehearsals: every part a process with a recorded id, on free ports, in a folder under tmp. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { type Db, openDatabase } from '../../db/database.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import { readDataKeys } from '../../platform/keys.ts';
import { buildWorkflowBundle } from '../../platform/temporal/bundle.ts';
import { connectTemporal } from '../../platform/temporal/client.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { prepareDataFolder } from '../start/data-folder.ts';
import { childEnvironment } from '../start/environment.ts';
import { xindai } from '../start/house.ts';
import { freePort, somebodyListens } from '../start/ports.ts';
import { preparePostgres } from '../start/postgres.ts';
import { identify, stillRuns } from '../start/process-identity.ts';
import { RunFile } from '../start/run-file.ts';
import type { ServicePlan } from '../start/service.ts';
import type { StartSettings } from '../start/settings.ts';
import { Supervisor } from '../start/supervisor.ts';
import { temporalPlan } from '../start/temporal.ts';
import { PREFIX, sweepAbandoned } from '../test/servers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NAMESPACE = 'default';
const SCHEMA = 'xindai';
/** A killed process is started again at once; one that does not come up is tried a little later. */
const BACK_OFF_MS = [200, 500, 1_000, 2_000];
const READY_WITHIN_MS = 120_000;

/** The processes of the house, by the names they are recorded under. */
export const PARTS = ['worker', 'worker-2', 'api', 'sandbox', 'postgres', 'temporal'] as const;
export type Part = (typeof PARTS)[number];

export interface PlayhouseOptions {
  /** The `temporal` program. */
  readonly temporalCli: string;
  /** Code of a workflow bundle that is built already; built from the sources otherwise. */
  readonly bundle?: string;
  /** Told of everything that starts and ends. */
  readonly say: (line: string) => void;
  /** How many workers; one or two. */
  readonly workers: 1 | 2;
  /** Variables that the processes run with beside the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Playhouse {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly taskQueuePrefix: string;
  /** Connections of our own, for what is checked: not the API's and not the worker's. */
  readonly db: Db;
  readonly client: Client;
  readonly logDir: string;
  /** SIGKILL to exactly the process that is recorded for this part. @returns false when none runs at this moment */
  kill(part: Part): boolean;
  /** Waits until every part runs and answers. @throws when one does not within two minutes */
  allUp(): Promise<void>;
  /** Stops everything and removes the folder. */
  close(): Promise<void>;
}

/** Raises a house. @throws StartFailure when a part does not come up; what was started is stopped again */
export async function openPlayhouse(options: PlayhouseOptions): Promise<Playhouse> {
  await sweepAbandoned(options.say);
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  // PostgreSQL, started by root, runs as a user who must be able to enter.
  chmodSync(folder, 0o711);
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  prepareDataFolder(dataDir);
  const runFile = new RunFile(dataDir);
  await runFile.takeOver(options.say);
  const supervisor = new Supervisor(runFile, join(dataDir, 'logs'), options.say);
  const site: Site = { folder, dataDir, runFile, supervisor, options };
  try {
    return await raise(site);
  } catch (error) {
    await supervisor.stop();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Site {
  readonly folder: string;
  readonly dataDir: string;
  readonly runFile: RunFile;
  readonly supervisor: Supervisor;
  readonly options: PlayhouseOptions;
}

async function chooseSettings({ dataDir, options }: Site): Promise<StartSettings> {
  const { PATH, HOME } = process.env;
  const ports: number[] = [];
  while (ports.length < 6) {
    const port = await freePort();
    if (!ports.includes(port)) ports.push(port);
  }
  const [api = 0, codec = 0, sandbox = 0, temporal = 0, temporalUi = 0, postgres = 0] = ports;
  return {
    root: ROOT,
    dataDir,
    ports: { api, codec, sandbox, temporal, temporalUi, postgres },
    databaseUrl: undefined,
    temporalAddress: undefined,
    temporalNamespace: NAMESPACE,
    temporalCli: options.temporalCli,
    env: {
      PATH,
      HOME,
      LOG_LEVEL: 'warn',
      DATABASE_SCHEMA: SCHEMA,
      SANDBOX_RATE_LIMITS: 'off',
      SANDBOX_SETTLE_MS: '100',
      BUREAU_RATE_PBOC: '100',
      BUREAU_RATE_BAIHANG: '100',
      ...options.env,
    },
  };
}

/** Puts the bundle where the workers look for it, so that a worker that starts again need not build it. */
async function layBundle(dataDir: string, given: string | undefined): Promise<void> {
  const outDir = join(dataDir, 'bundles');
  mkdirSync(outDir, { recursive: true });
  const workflowsPath = join(ROOT, 'workflows', 'index.ts');
  const codePath = given ?? (await buildWorkflowBundle({ workflowsPath, outDir })).codePath;
  if (given !== undefined) cpSync(given, join(outDir, basename(given)));
  writeFileSync(join(outDir, 'current'), basename(codePath, '.js'));
}

/** @param part the name of the process; `worker-2` runs the same program as `worker` */
function nodePlan(part: 'sandbox' | 'worker' | 'worker-2' | 'api', env: NodeJS.ProcessEnv) {
  const { programs } = xindai(ROOT);
  const program = part === 'worker-2' ? programs.worker : programs[part];
  return {
    name: part,
    command: process.execPath,
    args: [...(process.env['H5PROF'] ? ['--cpu-prof','--cpu-prof-interval','2000','--cpu-prof-dir=/tmp/h5/prof-'+part] : []), '--import', 'tsx', program],
    env,
    cwd: ROOT,
    stopSignal: 'SIGTERM',
    readyWithinMs: READY_WITHIN_MS,
    ready: 'message',
    backOffMs: BACK_OFF_MS,
  } satisfies ServicePlan;
}

async function raise(site: Site): Promise<Playhouse> {
  const { dataDir, supervisor, options } = site;
  const settings = await chooseSettings(site);
  const { ports } = settings;
  const keysFolder = join(dataDir, 'keys');
  const house = xindai(ROOT);
  const keyFiles = await house.prepareKeys(keysFolder);
  // Not the careless settings of tests: what is committed must outlive a kill of the server.
  const postgres = await preparePostgres({
    dataDir,
    port: ports.postgres,
    fast: false,
    say: options.say,
  });
  const temporalAddress = `127.0.0.1:${ports.temporal}`;
  const env = childEnvironment(settings, { databaseUrl: postgres.url, temporalAddress, keyFiles });
  const sandboxUrl = `http://127.0.0.1:${ports.sandbox}`;
  const temporal = temporalPlan({
    cli: options.temporalCli,
    port: ports.temporal,
    databaseFile: join(dataDir, 'temporal.db'),
    searchAttributes: SEARCH_ATTRIBUTES,
    cwd: dataDir,
  });
  const db = openDatabase({ url: postgres.url, schema: SCHEMA, poolMax: 6 }, () => undefined);
  await Promise.all([
    supervisor
      .start({ ...postgres.plan, backOffMs: BACK_OFF_MS })
      .then(() => migrateToLatest(db, SCHEMA)),
    supervisor
      .start(nodePlan('sandbox', env))
      .then(() => house.completeKeys(keysFolder, sandboxUrl)),
    supervisor.start({ ...temporal, backOffMs: BACK_OFF_MS }),
    layBundle(dataDir, options.bundle),
  ]);
  await Promise.all([
    supervisor.start(nodePlan('worker', env)),
    ...(options.workers === 2 ? [supervisor.start(nodePlan('worker-2', env))] : []),
    supervisor.start(nodePlan('api', env)),
  ]);
  const payloads = readDataKeys(keyFiles['DATA_KEYS_FILE'] ?? '', 'development').payloads;
  const connected = await connectTemporal(
    { temporal: { address: temporalAddress, namespace: NAMESPACE } },
    payloads,
  );
  const addresses = [ports.api, ports.sandbox, ports.postgres, ports.temporal];
  return {
    apiUrl: `http://127.0.0.1:${ports.api}`,
    sandboxUrl,
    taskQueuePrefix: env['TASK_QUEUE_PREFIX'] ?? '',
    db,
    client: connected.client,
    logDir: join(dataDir, 'logs'),
    kill: (part) => killRecorded(site.runFile, part),
    allUp: () => waitForAll(site, addresses),
    close: async () => {
      await connected.close();
      await db.destroy();
      await supervisor.stop();
      rmSync(join(postgres.folder, '..'), { recursive: true, force: true });
      rmSync(site.folder, { recursive: true, force: true });
    },
  };
}

function killRecorded(runFile: RunFile, part: Part): boolean {
  const recorded = runFile.child(part);
  if (recorded === undefined || !stillRuns(recorded)) return false;
  process.kill(recorded.pid, 'SIGKILL');
  return true;
}

async function waitForAll({ runFile, options }: Site, ports: readonly number[]): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  const wanted = PARTS.filter((part) => options.workers === 2 || part !== 'worker-2');
  for (;;) {
    const runs = wanted.every((part) => {
      const recorded = runFile.child(part);
      return recorded !== undefined && identify(recorded.pid)?.startedAt === recorded.startedAt;
    });
    const listens = await Promise.all(ports.map((port) => somebodyListens(`127.0.0.1:${port}`)));
    if (runs && listens.every(Boolean)) return;
    if (Date.now() > deadline) throw new Error('not every part of the house came up again');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
