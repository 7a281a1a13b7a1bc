/**
 * Embedded PostgreSQL: makes its data folder once, and says how to run it.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { StartFailure } from './failure.ts';
import { choosePostgresHome } from './postgres-home.ts';
import type { PostgresHome } from './postgres-home.ts';
import type { ServicePlan } from './service.ts';

/** The database and its owner. */
const NAME = 'xindai';
/** Recovery after a kill may take a while on a slow disk. */
const READY_WITHIN_MS = 120_000;

/** How an embedded PostgreSQL is to be run. */
export interface PostgresOptions {
  /** The project's data folder; the cluster goes into `postgres` under it. */
  readonly dataDir: string;
  readonly port: number;
  /** For tests: no waiting for the disk. A crash of the machine may then lose data, which tests do not mind. */
  readonly fast: boolean;
  readonly say: (line: string) => void;
  /** Aborted when the start is given up: a cluster that is being made is then made no further, and is gone. */
  readonly cancelled?: AbortSignal;
}

/** A PostgreSQL that can be started, and its address. */
export interface PreparedPostgres {
  readonly plan: ServicePlan;
  /** `postgresql://…` with the password. */
  readonly url: string;
  readonly folder: string;
}

/**
 * Makes the cluster when there is none, and answers how to run it.
 * @throws StartFailure when it cannot be made
 */
export async function preparePostgres(options: PostgresOptions): Promise<PreparedPostgres> {
  const home = choosePostgresHome(options.dataDir, options.say);
  const folder = join(home.base, 'postgres');
  const passwordFile = join(home.base, 'postgres-password');
  if (!existsSync(folder)) await makeCluster(home, folder, passwordFile, options);
  const password = readPassword(passwordFile, folder);
  const url = `postgresql://${NAME}:${password}@127.0.0.1:${options.port}/${NAME}`;
  const plan: ServicePlan = {
    name: 'postgres',
    command: join(home.programs, 'bin', 'postgres'),
    args: ['-D', folder, '-p', String(options.port), ...settings(options.fast)],
    env: serverEnvironment(),
    cwd: '/',
    ...(home.user === undefined ? {} : { user: home.user }),
    stopSignal: 'SIGINT',
    readyWithinMs: READY_WITHIN_MS,
    ready: () => databaseAnswers(url),
  };
  return { plan, url, folder };
}

/** Server settings: loopback only, no socket files, and room for several processes' pools. */
function settings(fast: boolean): string[] {
  const common = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  return [...common, ...(fast ? careless : [])].flatMap((setting) => ['-c', setting]);
}

/** Makes the cluster beside its place and moves it there, so that a cut-off attempt leaves nothing half-made. */
async function makeCluster(
  home: PostgresHome,
  folder: string,
  passwordFile: string,
  { fast, cancelled }: PostgresOptions,
): Promise<void> {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  const handed = join(partial, '..', 'postgres-password.partial');
  writeFileSync(handed, `${password}\n`, { mode: 0o600 });
  if (home.user !== undefined)
    for (const path of [partial, handed]) chownSync(path, home.user.uid, home.user.gid);
  const args = [
    `--pgdata=${partial}`,
    `--username=${NAME}`,
    `--pwfile=${handed}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(fast ? ['--no-sync'] : []),
  ];
  const { code, output } = await runInitdb(home, args, cancelled);
  if (code !== 0) {
    rmSync(partial, { recursive: true, force: true });
    rmSync(handed, { force: true });
    const reason = output.trim().split('\n').at(-1) ?? '';
    throw new StartFailure(`PostgreSQL's data folder ${folder} could not be made: ${reason}`);
  }
  renameSync(handed, passwordFile);
  renameSync(partial, folder);
}

/** Runs initdb until it and the server that it feeds have let go of its output, so that nobody writes afterwards. */
function runInitdb(
  home: PostgresHome,
  args: readonly string[],
  cancelled: AbortSignal | undefined,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(join(home.programs, 'bin', 'initdb'), [...args], {
      cwd: '/',
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      ...home.user,
    });
    const giveUp = () => void child.kill('SIGTERM');
    cancelled?.addEventListener('abort', giveUp, { once: true });
    if (cancelled?.aborted === true) giveUp();
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => {
      cancelled?.removeEventListener('abort', giveUp);
      resolve({ code, output });
    });
  });
}

function readPassword(passwordFile: string, folder: string): string {
  try {
    return readFileSync(passwordFile, 'utf8').trim();
  } catch {
    throw new StartFailure(
      `PostgreSQL's data is in ${folder} but its password file ${passwordFile} is missing: put it back, or move the data folder away to begin anew.`,
    );
  }
}

/** Our environment without the variables by which PostgreSQL's programs would be led elsewhere. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

/** Whether the server takes connections; the first time it also makes our database. */
async function databaseAnswers(url: string): Promise<boolean> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new Client({
    connectionString: maintenance.href,
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query('select 1 from pg_database where datname = $1', [NAME]);
    if (found.rowCount === 0) await client.query(`create database ${NAME}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
