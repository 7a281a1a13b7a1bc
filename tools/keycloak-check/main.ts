/**
 * `npm run keycloak-check`: signs staff in at a real Keycloak, started from its Maven distribution, and says what held.
 *
 * Keycloak, PostgreSQL, Temporal, the sandbox (for the gateway's keys alone) and the API run on loopback ports of their
 * own in a folder of their own, and are ended one by one. Needs Java 17, Maven and unzip.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTemporalCli } from '../setup/temporal-cli.mjs';
import { StartFailure } from '../start/failure.ts';
import { completeKeys, prepareKeys } from '../start/keys.ts';
import { freePort } from '../start/ports.ts';
import { preparePostgres } from '../start/postgres.ts';
import { Service, type ServicePlan } from '../start/service.ts';
import { temporalPlan } from '../start/temporal.ts';
import { unpackKeycloak } from './archive.ts';
import { walk } from './flow.ts';
import { issuerOf, makeRealm } from './realm.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CLIENT_ID = 'xindai-console';
const say = (line: string): void => void process.stdout.write(`[keycloak-check] ${line}\n`);
const secret = (): string => randomBytes(18).toString('base64url');

/** What was started, so that it can be ended in the other order. */
class Children {
  private readonly services: Service[] = [];
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async start(plan: ServicePlan): Promise<void> {
    const service = new Service(plan, {
      logFile: join(this.folder, `${plan.name}.log`),
      say,
      onProcess: () => undefined,
    });
    this.services.push(service);
    await service.start();
    say(`${plan.name} is up`);
  }

  async stop(): Promise<void> {
    for (const service of this.services.reverse()) await service.stop();
  }
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return answer?.ok === true;
}

interface Keycloak {
  readonly url: string;
  readonly admin: { readonly name: string; readonly password: string };
}

async function startKeycloak(children: Children, folder: string): Promise<Keycloak> {
  const home = await unpackKeycloak(folder, say);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const admin = { name: 'check', password: secret() };
  await children.start({
    name: 'keycloak',
    command: join(home, 'bin', 'kc.sh'),
    args: ['start-dev', `--http-port=${port}`, '--http-host=127.0.0.1', '--db=dev-mem'],
    env: {
      ...process.env,
      KC_BOOTSTRAP_ADMIN_USERNAME: admin.name,
      KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
    },
    cwd: home,
    stopSignal: 'SIGTERM',
    readyWithinMs: 300_000,
    ready: () => answers(`${url}/realms/master`),
  });
  return { url, admin };
}

function nodeService(name: string, script: string, env: NodeJS.ProcessEnv): ServicePlan {
  const args = ['--import', 'tsx', join(ROOT, script)];
  const common = { cwd: ROOT, stopSignal: 'SIGTERM', readyWithinMs: 120_000 } as const;
  return { name, command: process.execPath, args, env, ...common, ready: 'message' };
}

/** The stores that the API needs, with nothing in them. Gives the variables that name them. */
async function startStores(
  children: Children,
  folder: string,
): Promise<{ readonly DATABASE_URL: string; readonly TEMPORAL_ADDRESS: string }> {
  const postgres = await preparePostgres({
    dataDir: folder,
    port: await freePort(),
    fast: true,
    say,
  });
  await children.start(postgres.plan);
  const port = await freePort();
  const cli = await findTemporalCli({ dataDir: folder });
  await children.start(temporalPlan({ cli, port, searchAttributes: [], cwd: folder }));
  return { DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
}

/** Starts the API against the realm; gives its address. */
async function startApi(
  children: Children,
  folder: string,
  port: number,
  ofIssuer: NodeJS.ProcessEnv,
): Promise<void> {
  const keysFolder = join(folder, 'keys');
  const keys = await prepareKeys(keysFolder);
  const sandboxPort = await freePort();
  const stores = await startStores(children, folder);
  const own = {
    ...process.env,
    ...keys,
    ...stores,
    ...ofIssuer,
    NODE_ENV: 'development',
    API_PORT: String(port),
    API_PUBLIC_URL: `http://127.0.0.1:${port}`,
    GATEWAY_URL: `http://127.0.0.1:${sandboxPort}`,
    OBJECT_STORE_DIR: join(folder, 'objects'),
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_DATA: join(folder, 'sandbox'),
  };
  await children.start(nodeService('sandbox', 'sandbox/server.ts', own));
  await completeKeys(keysFolder, own.GATEWAY_URL);
  const { openDatabase } = await import('../../db/database.ts');
  const { migrateToLatest } = await import('../../db/migrator.ts');
  const database = { url: stores.DATABASE_URL, schema: 'xindai', poolMax: 1 };
  const db = openDatabase(database, () => undefined);
  await migrateToLatest(db, database.schema);
  await db.destroy();
  await children.start(nodeService('api', 'api/server.ts', own));
}

async function check(children: Children, folder: string): Promise<boolean> {
  const keycloak = await startKeycloak(children, folder);
  const port = await freePort();
  const apiUrl = `http://127.0.0.1:${port}`;
  const issuer = issuerOf(keycloak.url);
  const client = { id: CLIENT_ID, secret: secret() };
  const known = { password: `Aa1-${secret()}`, otpSecret: secret() };
  await makeRealm({ keycloakUrl: keycloak.url, admin: keycloak.admin, apiUrl, client, ...known });
  const secretFile = join(folder, 'client-secret');
  writeFileSync(secretFile, client.secret, { mode: 0o600 });
  await startApi(children, folder, port, {
    AUTH_ISSUER: issuer,
    AUTH_JWKS_URL: `${issuer}/protocol/openid-connect/certs`,
    SIGN_IN_CLIENT_ID: client.id,
    SIGN_IN_CLIENT_SECRET_FILE: secretFile,
  });
  const findings = await walk({ apiUrl, issuer, ...known });
  for (const { what, holds, seen } of findings)
    say(holds ? `holds: ${what}` : `FAILS: ${what} (seen: ${seen})`);
  return findings.every(({ holds }) => holds);
}

const folder = mkdtempSync(join(tmpdir(), 'xindai-keycloak-'));
// PostgreSQL runs as a user of its own when we are root, and must be able to enter.
chmodSync(folder, 0o755);
const children = new Children(folder);
try {
  const held = await check(children, folder);
  say(held ? 'everything held' : 'not everything held');
  process.exitCode = held ? 0 : 1;
} catch (error) {
  if (!(error instanceof StartFailure) && !(error instanceof Error)) throw error;
  say(`could not be done: ${error.message}`);
  process.exitCode = 1;
} finally {
  await children.stop();
  rmSync(folder, { recursive: true, force: true });
}
