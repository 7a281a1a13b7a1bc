/**
 * `npm run fuzz [-- --examples N]`: sends what schemathesis makes of the OpenAPI document to an API on loopback, in every
 * role, and fails on a 5xx and on an answer that the document does not have.
 *
 * The API is the real one on a database of its own; the loans behind it are played, so that what Temporal refuses is not
 * among the answers. Schemathesis comes from PyPI into a virtual environment in the cache folder.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listen } from '../../api/listen.ts';
import { ROLES } from '../../domain/authority.ts';
import { createApp } from '../../api/app.ts';
import { openWorld, type World } from '../../tests/api/world.ts';

const VERSION = '4.32.5';
const HOME = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'xindai',
  'schemathesis',
);
const PROGRAM = join(HOME, 'bin', 'schemathesis');
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];
const ROLE_SECONDS = 600;
const say = (line: string): void => void process.stdout.write(`[fuzz] ${line}\n`);

function run(program: string, args: readonly string[], seconds: number): Promise<number> {
  return new Promise((resolve) => {
    // It keeps failing examples in the folder it runs in.
    const cwd = existsSync(HOME) ? HOME : tmpdir();
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    const timer = setTimeout(() => child.kill('SIGTERM'), seconds * 1_000);
    child.once('error', () => resolve(1));
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
  });
}

/** @throws Error one sentence, when schemathesis cannot be had */
async function prepare(): Promise<void> {
  if (existsSync(PROGRAM)) return;
  const made = await run('python3', ['-m', 'venv', HOME], 120);
  const pip = join(HOME, 'bin', 'pip');
  const got = made === 0 ? await run(pip, ['install', '-q', `schemathesis==${VERSION}`], 600) : 1;
  if (got !== 0) throw new Error(`schemathesis ${VERSION} cannot be installed into ${HOME}.`);
}

interface Counts {
  requests: number;
  readonly byStatus: Map<number, number>;
}

/** Serves the world on loopback and counts its answers. */
async function serve(world: World, counts: Counts) {
  // A provider that is there, so that what cannot be answered without one is not taken for a failure of ours.
  const provider = {
    ...world.deps.signIn.provider,
    begin: async () => ({
      url: new URL('https://id.bank.test/authorize'),
      secrets: { state: 's', nonce: 'n', verifier: 'v' },
    }),
  };
  const app = createApp({ ...world.deps, signIn: { ...world.deps.signIn, provider } });
  return await listen({
    host: '127.0.0.1',
    port: 0,
    fetch: async (request, env) => {
      const answer = await app.fetch(request, env);
      counts.requests += 1;
      counts.byStatus.set(answer.status, (counts.byStatus.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500) say(`${answer.status} ${request.method} ${request.url}`);
      return answer;
    },
  });
}

function argumentsFor(url: string, token: string | null, examples: number): readonly string[] {
  return [
    'run',
    `${url}/openapi.json`,
    '--url',
    url,
    '--checks',
    CHECKS.join(','),
    '--phases',
    'coverage,fuzzing',
    '--max-examples',
    String(examples),
    // Threads of one CPython share a counter that parsing by two of them confuses: an error of its own, not of ours.
    '--workers',
    '1',
    '--suppress-health-check',
    'all',
    '--warnings',
    'off',
    '--continue-on-failure',
    '--seed',
    '1',
    ...(token === null ? [] : ['-H', `Authorization: Bearer ${token}`]),
  ];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { examples: { type: 'string', default: '5' }, roles: { type: 'string' } },
  });
  const asked = values.roles?.split(',');
  await prepare();
  const world = await openWorld();
  const counts: Counts = { requests: 0, byStatus: new Map() };
  const server = await serve(world, counts);
  const failed: string[] = [];
  try {
    for (const role of [null, ...ROLES]) {
      const name = role ?? 'nobody';
      if (asked !== undefined && !asked.includes(name)) continue;
      const before = counts.requests;
      const options = { expiresIn: '3h' };
      const token = role === null ? null : await world.token(`fuzz-${role}`, [role], options);
      const url = `http://127.0.0.1:${server.port}`;
      const args = argumentsFor(url, token, Number(values.examples));
      if ((await run(PROGRAM, args, ROLE_SECONDS)) !== 0) failed.push(name);
      say(`${name}: ${counts.requests - before} requests`);
    }
  } finally {
    await server.close();
    await world.close();
  }
  const statuses = [...counts.byStatus].sort(([one], [other]) => one - other);
  const broken = statuses.filter(([status]) => status >= 500 && status !== 503);
  say(`${counts.requests} requests: ${statuses.map(([code, n]) => `${code} × ${n}`).join(', ')}`);
  for (const line of world.logged.filter(({ err }) => err !== undefined).slice(0, 20)) {
    say(
      `logged: ${String(line['message'])} ${line['err'] instanceof Error ? (line['err'].stack ?? '') : ''}`,
    );
  }
  say(failed.length === 0 ? 'nothing undocumented' : `not as documented: ${failed.join(', ')}`);
  return failed.length === 0 && broken.length === 0 ? 0 : 1;
}

// The embedded PostgreSQL ends the process by itself once it has stopped, with a code of its own.
process.exit(await main());
