/** A whole house for one test file whose API and worker are real processes; sandbox, PostgreSQL and Temporal outlive them. */
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import { type Db, openDatabase } from '../../db/database.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import { completeGatewayKeys, createDevelopmentKeys, readDataKeys } from '../../platform/keys.ts';
import { connectTemporal } from '../../platform/temporal/client.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { openWorld, type World } from '../../tools/teller/world.ts';
import { publishHastyPolicy } from '../support/house-policy.ts';
import { testServer } from '../support/house.ts';
import { type Child, createChild } from './child.ts';

export interface ProcessHouse {
  readonly world: World;
  readonly sandbox: Sandbox;
  readonly client: Client;
  readonly db: Db;
  readonly api: Child;
  readonly worker: Child;
  /** Where the worker finds bundles: `current` names the one that new loans run on, the others are kept ones. */
  readonly bundleDir: string;
  readonly deployment: string;
  /** Ends every process, drops the schema and removes the data. */
  close(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Makes `codePath` the bundle that new loans run on. */
export async function useBundle(bundleDir: string, codePath: string): Promise<string> {
  const buildId = basename(codePath, '.js');
  await cp(codePath, join(bundleDir, basename(codePath)));
  await writeFile(join(bundleDir, 'current'), buildId);
  return buildId;
}

interface Places {
  readonly folder: string;
  readonly schema: string;
  readonly port: number;
  readonly sandbox: Sandbox;
  readonly keys: Readonly<Record<string, string>>;
}

function environmentOf({ folder, schema, port, sandbox, keys }: Places): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    ...keys,
    DATABASE_URL: testServer('TEST_DATABASE_URL'),
    DATABASE_SCHEMA: schema,
    TEMPORAL_ADDRESS: testServer('TEST_TEMPORAL_ADDRESS'),
    TASK_QUEUE_PREFIX: `${schema}-`,
    WORKER_DEPLOYMENT: schema,
    WORKFLOW_BUNDLE_DIR: join(folder, 'bundles'),
    OBJECT_STORE_DIR: join(folder, 'objects'),
    API_PORT: String(port),
    API_PUBLIC_URL: `http://127.0.0.1:${port}`,
    GATEWAY_URL: sandbox.url,
    AUTH_ISSUER: `${sandbox.url}/idp`,
    AUTH_JWKS_URL: `${sandbox.url}/idp/jwks`,
    AUTH_AUDIENCE: 'xindai-api',
    BUREAU_RATE_PBOC: '100',
    BUREAU_RATE_BAIHANG: '100',
  };
}

/** Opens the house with its API running and its worker not yet started, on the bundle of the test run. */
export async function openProcessHouse(): Promise<ProcessHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'xindai-crash-'));
  const schema = `crash_${randomBytes(6).toString('hex')}`;
  const port = await freePort();
  const { GATEWAY_KEYS_FILE, DATA_KEYS_FILE, SANDBOX_CLIENTS_FILE } = await createDevelopmentKeys(
    join(folder, 'keys'),
  );
  const sandbox = await createSandbox({
    dataFolder: join(folder, 'sandbox'),
    clientsFile: SANDBOX_CLIENTS_FILE,
    callbackUrl: `http://127.0.0.1:${port}/v1/webhooks`,
    rateLimits: false,
    settleMs: 100,
  });
  await completeGatewayKeys(GATEWAY_KEYS_FILE, sandbox.publishedKeys);
  const keys = { GATEWAY_KEYS_FILE, DATA_KEYS_FILE };
  const env = environmentOf({ folder, schema, port, sandbox, keys });
  const db = openDatabase(
    { url: testServer('TEST_DATABASE_URL'), schema, poolMax: 4 },
    () => undefined,
  );
  await migrateToLatest(db, schema);
  await publishHastyPolicy(db);
  const temporal = await connectTemporal(
    { temporal: { address: testServer('TEST_TEMPORAL_ADDRESS'), namespace: 'default' } },
    readDataKeys(DATA_KEYS_FILE, 'test').payloads,
  );
  const bundleDir = join(folder, 'bundles');
  await useBundle(bundleDir, testServer('TEST_WORKFLOW_BUNDLE'));
  const api = createChild('api/server.ts', env);
  const worker = createChild('activities/worker.ts', env);
  await api.start();
  return {
    world: openWorld(`http://127.0.0.1:${port}`, sandbox.url),
    sandbox,
    client: temporal.client,
    db,
    api,
    worker,
    bundleDir,
    deployment: schema,
    close: async () => {
      await Promise.all([api.kill(), worker.kill()]);
      await endWorkflows(temporal.client, `${schema}-loan`);
      await temporal.close();
      await sandbox.close();
      await sql`drop schema ${sql.ref(schema)} cascade`.execute(db);
      await db.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ends what the house leaves behind in the Temporal server that other tests use too. */
async function endWorkflows(client: Client, taskQueue: string): Promise<void> {
  const query = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query }))
    await client.workflow
      .getHandle(workflowId)
      .terminate('the test is over')
      .catch(() => undefined);
  const sweep = `${taskQueue.slice(0, -'loan'.length)}draft-sweep`;
  await client.schedule
    .getHandle(sweep)
    .delete()
    .catch(() => undefined);
}
