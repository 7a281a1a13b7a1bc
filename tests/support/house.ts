/**
 * One whole house for a test file, in this process: a database schema, a sandbox, a worker and an API of its own, on the
 * servers that `npm test` brings up.
 */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { sql } from 'kysely';
import { assembleActivityDeps } from '../../activities/assemble.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { startOutboxRelay } from '../../activities/outbox-relay.ts';
import { publishShippedRulebooks } from '../../activities/shipped-rulebooks.ts';
import { type Db, openDatabase } from '../../db/database.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import type { PolicyValues } from '../../domain/policy.ts';
import { type Config, loadConfig } from '../../platform/config.ts';
import { createLogger } from '../../platform/log.ts';
import { completeGatewayKeys, createDevelopmentKeys, readDataKeys } from '../../platform/keys.ts';
import type { WorkflowBundle } from '../../platform/temporal/bundle.ts';
import { connectTemporal } from '../../platform/temporal/client.ts';
import { type FastForwardOutcome, fastForward } from '../../platform/temporal/fast-forward.ts';
import { connectWorkerToTemporal } from '../../platform/temporal/worker-connection.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { openWorld, type World } from '../../tools/teller/world.ts';
import { loanWorkflowId, queueName, servicingWorkflowId } from '../../workflows/ids.ts';
import { openDoor, type OpenDoor, serveApi } from './house-api.ts';
import { captureTemporalLog } from './house-log.ts';
import { publishHastyPolicy, publishPolicy } from './house-policy.ts';
import { type Crew, hireCrew } from './house-worker.ts';
import { type RawHistory, readRawHistory } from './raw-history.ts';

export interface HouseOptions {
  /** Policy values that differ from the shipped ones; published as version 2 and in force from the start. */
  readonly policy?: Partial<PolicyValues>;
  /** Keeps the bureaus' quotas, which are lifted otherwise. */
  readonly rateLimits?: boolean;
  /** How long an accepted payment takes to settle at the sandbox's bank; 100 ms unless told. */
  readonly settleMs?: number;
  /** Where summaries and scores are kept; in the process unless told. */
  readonly redisUrl?: string;
  /** A DATA_KEYS_FILE to seal with, where histories must be readable later; fresh keys without it. */
  readonly dataKeysFile?: string;
  /** Where PostgreSQL and Temporal are, by the variables' names; what `npm test` says unless told. */
  readonly servers?: Readonly<Record<string, string>>;
  /** The bundle that new loans run on; the one that `npm test` built unless told. */
  readonly bundle?: WorkflowBundle;
}

export interface House {
  readonly world: World;
  readonly client: Client;
  readonly db: Db;
  readonly sandbox: Sandbox;
  readonly config: Config;
  readonly deps: ActivityDeps;
  /** Every line that API, activities and the Temporal SDK have logged. */
  readonly logged: readonly string[];
  /** Takes the worker off its queues, once what it has in hand is done. */
  stopWorker(): Promise<void>;
  /** Puts a worker on the queues again; another bundle becomes the version that new loans run on. */
  startWorker(current?: WorkflowBundle, kept?: readonly WorkflowBundle[]): Promise<void>;
  /** Lets time pass for the origination of one application, in milliseconds of its own clock. */
  fastForward(applicationId: string, ms: number): Promise<FastForwardOutcome>;
  /** Lets time pass for the servicing of one loan, in milliseconds of its own clock. */
  fastForwardLoan(loanId: string, ms: number): Promise<FastForwardOutcome>;
  /** The origination's history as the server holds it, payloads sealed. */
  historyOf(applicationId: string): Promise<RawHistory>;
  /** The history of the newest run of a loan's servicing. */
  servicingHistoryOf(loanId: string): Promise<RawHistory>;
  close(): Promise<void>;
}

/** What `npm test` tells a test about its servers. @throws when the test runs without them */
export function testServer(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const value = env[name];
  if (value === undefined || value === '')
    throw new Error(
      `${name} is not set: run this test by \`npm test\`, which brings up the servers.`,
    );
  return value;
}

/** The workflow bundle that the test run has built. */
export function testBundle(): WorkflowBundle {
  const codePath = testServer('TEST_WORKFLOW_BUNDLE');
  return { codePath, buildId: basename(codePath, '.js') };
}

/** Waits for every piece of work, and then throws what the first failing one threw: nothing is left half closed. */
async function allDone(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const one of work) await one().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

interface Foundation {
  readonly folder: string;
  readonly door: OpenDoor;
  readonly sandbox: Sandbox;
  readonly config: Config;
}

/** Keys, the API's port and the outside world: everything that the configuration names. */
async function layFoundation(options: HouseOptions): Promise<Foundation> {
  const folder = await mkdtemp(join(tmpdir(), 'xindai-house-'));
  const name = `house_${randomBytes(5).toString('hex')}`;
  const door = await openDoor();
  const keys = await prepareKeys(join(folder, 'keys'), options.dataKeysFile);
  const sandbox = await createSandbox({
    dataFolder: join(folder, 'sandbox'),
    clientsFile: keys.SANDBOX_CLIENTS_FILE,
    callbackUrl: `${door.url}/v1/webhooks`,
    callbackBackoffMs: 200,
    rateLimits: options.rateLimits ?? false,
    settleMs: options.settleMs ?? 100,
  });
  await completeGatewayKeys(keys.GATEWAY_KEYS_FILE, sandbox.publishedKeys);
  const rates =
    options.rateLimits === true ? {} : { BUREAU_RATE_PBOC: '1000', BUREAU_RATE_BAIHANG: '1000' };
  const config = loadConfig({
    ...keys,
    ...rates,
    ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
    NODE_ENV: 'test',
    LOG_LEVEL: 'debug',
    DATABASE_URL: testServer('TEST_DATABASE_URL', options.servers),
    DATABASE_SCHEMA: name,
    DATABASE_POOL_MAX: '8',
    TEMPORAL_ADDRESS: testServer('TEST_TEMPORAL_ADDRESS', options.servers),
    TASK_QUEUE_PREFIX: `${name}-`,
    WORKER_DEPLOYMENT: name,
    WORKFLOW_BUNDLE_DIR: dirname((options.bundle ?? testBundle()).codePath),
    API_PUBLIC_URL: door.url,
    AUTH_AUDIENCE: 'xindai-api',
    AUTH_ISSUER: `${sandbox.url}/idp`,
    AUTH_JWKS_URL: `${sandbox.url}/idp/jwks`,
    GATEWAY_URL: sandbox.url,
    STAFF_NOTICE_URL: `${sandbox.url}/staff-notices`,
    OBJECT_STORE_DIR: join(folder, 'objects'),
  });
  return { folder, door, sandbox, config };
}

async function prepareKeys(folder: string, dataKeysFile: string | undefined) {
  if (dataKeysFile !== undefined) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await copyFile(dataKeysFile, join(folder, 'data-keys.json'));
  }
  return { ...(await createDevelopmentKeys(folder)) };
}

/** Workflows that a test left waiting would be told for ever of a schema that is gone. */
async function endOpenWorkflows(client: Client, queue: string): Promise<void> {
  const query = `TaskQueue = '${queue}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query }))
    await client.workflow
      .getHandle(workflowId)
      .terminate('the test is over')
      .catch(() => undefined);
}

async function moveIn(
  { config, door, sandbox, folder }: Foundation,
  options: HouseOptions,
  logged: string[],
  endCapture: () => void,
): Promise<House> {
  const log = createLogger('worker', config, { write: (line) => void logged.push(line) });
  const db = openDatabase(config.database, () => undefined);
  await migrateToLatest(db, config.database.schema);
  const deps: ActivityDeps = { ...assembleActivityDeps(config), log };
  await publishHastyPolicy(deps.db);
  await publishShippedRulebooks(deps.db);
  if (options.policy !== undefined) await publishPolicy(deps.db, options.policy);
  const payloadKeys = readDataKeys(config.dataKeysFile, config.environment).payloads;
  const [temporal, connection] = await Promise.all([
    connectTemporal(config, payloadKeys),
    connectWorkerToTemporal(config),
  ]);
  const { client } = temporal;
  const areas = serveApi(door, { config, client, logged });
  const relay = startOutboxRelay(deps);
  let crew: Crew | undefined;
  const hire = async (current: WorkflowBundle, kept: readonly WorkflowBundle[]) => {
    crew = await hireCrew({ config, connection, payloadKeys, deps, client, current, kept });
  };
  const dismiss = async () => {
    await crew?.leave();
    crew = undefined;
  };
  await hire(options.bundle ?? testBundle(), []);
  const { taskQueuePrefix, namespace } = config.temporal;
  return {
    world: openWorld(door.url, sandbox.url),
    client,
    db,
    sandbox,
    config,
    deps,
    logged,
    stopWorker: dismiss,
    startWorker: (current = options.bundle ?? testBundle(), kept = []) => hire(current, kept),
    fastForward: (id, ms) => fastForward(client, loanWorkflowId(id), ms),
    fastForwardLoan: (id, ms) => fastForward(client, servicingWorkflowId(id), ms),
    historyOf: (id) => readRawHistory(client, namespace, loanWorkflowId(id)),
    servicingHistoryOf: (id) => readRawHistory(client, namespace, servicingWorkflowId(id)),
    close: () =>
      allDone([
        dismiss,
        () => relay.stop(),
        () => endOpenWorkflows(client, queueName(taskQueuePrefix, 'loan')),
        () => sandbox.close(),
        () => door.close(),
        () => areas.close(),
        () => closeConnection(connection),
        () => temporal.close(),
        () => sql`drop schema ${sql.ref(config.database.schema)} cascade`.execute(db),
        () => deps.ports.ocr.close(),
        async () => deps.cache.close(),
        () => deps.db.destroy(),
        () => db.destroy(),
        () => rm(folder, { recursive: true, force: true }),
        async () => endCapture(),
      ]),
  };
}

async function closeConnection(connection: NativeConnection): Promise<void> {
  await connection.close();
}

/** Opens a house. Close it in `afterAll`; a house that could not be opened leaves nothing behind but its scratch folder. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const logged: string[] = [];
  const endCapture = captureTemporalLog(logged);
  const foundation = await layFoundation(options);
  try {
    return await moveIn(foundation, options, logged, endCapture);
  } catch (error) {
    endCapture();
    await allDone([() => foundation.sandbox.close(), () => foundation.door.close()]);
    throw error;
  }
}
