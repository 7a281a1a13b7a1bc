/**
 * The supervisor behind `npm start`, driven as a process over stand-in programs with real PostgreSQL and Temporal.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../tools/start/ports.ts';
import { endProcess, identify, stillRuns } from '../../tools/start/process-identity.ts';
import type { ProcessIdentity } from '../../tools/start/process-identity.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const temporalCli = process.env.TEST_TEMPORAL_CLI ?? join(root, '.data', 'tools', 'temporal');

interface Recorded {
  postgresPort: number;
  supervisor?: ProcessIdentity;
  children: Record<string, ProcessIdentity>;
}

/** One supervisor process with what it printed so far. */
class Run {
  readonly child: ChildProcess;
  output = '';
  readonly ended: Promise<number | null>;

  constructor(env: Record<string, string>, args: readonly string[]) {
    this.child = spawn(process.execPath, [...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('utf8');
      });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** Waits until a text is printed; a process that ends before is a failure with its output. */
  async says(text: string): Promise<void> {
    const over = this.ended.then(() => 'over');
    while (!this.output.includes(text)) {
      if ((await Promise.race([over, wait(20)])) === 'over' && !this.output.includes(text))
        throw new Error(`ended without saying "${text}":\n${this.output}`);
    }
  }
}

let data: string;
let env: Record<string, string>;
let runs: Run[];

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'xindai-start-'));
  // Started by root, PostgreSQL runs as another user, who must be able to enter the folder.
  chmodSync(data, 0o755);
  const variables = ['API_PORT', 'CODEC_PORT', 'SANDBOX_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT'];
  const ports = await distinctPorts(variables.length);
  env = {
    XINDAI_DATA: data,
    TEMPORAL_CLI: temporalCli,
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
    POSTGRES_PORT: '0',
    npm_lifecycle_event: '',
    ...Object.fromEntries(variables.map((name, n) => [name, String(ports[n])])),
  };
  runs = [];
});

afterEach(async () => {
  for (const run of runs) run.child.kill('SIGTERM');
  await Promise.all(runs.map((run) => run.ended));
  if (existsSync(join(data, 'run.json')))
    for (const child of Object.values(recorded().children)) await endProcess(child, 'SIGKILL', 0);
  rmSync(home(), { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
});

/** Where PostgreSQL's files are: in the data folder, or elsewhere when the checkout is one that only root may enter. */
function home(): string {
  const memory = join(data, 'postgres-home');
  return existsSync(memory) ? readFileSync(memory, 'utf8').trim() : data;
}

async function distinctPorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) found.add(await freePort());
  return [...found];
}

const fixture = ['--import', 'tsx', join(here, 'fixtures', 'start.ts')];

function start(more: Record<string, string> = {}, args: readonly string[] = fixture): Run {
  const run = new Run({ ...env, ...more }, args);
  runs.push(run);
  return run;
}

function recorded(): Recorded {
  return JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'));
}

/** None when the start did not come as far as a record. */
function recordedChildren(): Recorded['children'] {
  return existsSync(join(data, 'run.json')) ? recorded().children : {};
}

async function started(): Promise<number> {
  const password = readFileSync(join(home(), 'postgres-password'), 'utf8').trim();
  const port = recorded().postgresPort;
  const client = new Client({
    connectionString: `postgresql://xindai:${password}@127.0.0.1:${port}/xindai`,
  });
  await client.connect();
  const { rows } = await client.query('select count(*)::int as n from started');
  await client.end();
  return rows[0].n;
}

describe('npm start', () => {
  test('brings everything up, prints one table, and an end signal leaves no child behind', async () => {
    const run = start();
    await run.says('What runs where');
    const children = Object.values(recorded().children);
    expect(children).toHaveLength(6);
    expect(children.every(stillRuns)).toBe(true);
    expect(run.output).toContain('the sample was taken with --sample');
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(children.some(stillRuns)).toBe(false);
    expect(recorded().children).toEqual({});
  });

  test('a program that crashes is started again and the crash is told in one line', async () => {
    const run = start();
    await run.says('What runs where');
    const before = await (await fetch(`http://127.0.0.1:${env.API_PORT}/pid`)).text();
    await fetch(`http://127.0.0.1:${env.API_PORT}/crash`).catch(() => undefined);
    await run.says('api runs again');
    expect(run.output).toContain('api ended (exit code 7); starting it again');
    const after = await (await fetch(`http://127.0.0.1:${env.API_PORT}/pid`)).text();
    expect(after).not.toBe(before);
    expect(recorded().children.api?.pid).toBe(Number(after));
  });

  test('after kill -9 of the supervisor the next start ends what was left over and keeps the data', async () => {
    const first = start();
    await first.says('What runs where');
    const left = recorded().children;
    first.child.kill('SIGKILL');
    await first.ended;
    expect(left.postgres !== undefined && stillRuns(left.postgres)).toBe(true);
    const second = start();
    await second.says('What runs where');
    expect(second.output).toContain('ended postgres (pid ');
    expect(second.output).toContain('ended temporal (pid ');
    expect(Object.values(left).some(stillRuns)).toBe(false);
    expect(await started()).toBe(2);
    expect(second.output).not.toContain('the sample was taken');
  });

  test.skipIf(process.platform !== 'linux')(
    'when npm is killed above its shell, the supervisor ends and the next start follows it',
    async () => {
      // A node process that runs a shell that runs the supervisor stands for npm.
      const command = `"${process.execPath}" --import tsx "${join(here, 'fixtures', 'start.ts')}"; true`;
      const npm = `require('node:child_process').spawn('sh', ['-c', process.argv[1]], { stdio: 'inherit' });`;
      const first = start({ npm_lifecycle_event: 'start' }, ['--eval', npm, '--', command]);
      await first.says('What runs where');
      const left = recorded();
      first.child.kill('SIGKILL');
      const second = start();
      await second.says('What runs where');
      expect(left.supervisor !== undefined && stillRuns(left.supervisor)).toBe(false);
      expect(Object.values(left.children).some(stillRuns)).toBe(false);
      expect(second.output).not.toContain('left over');
    },
  );

  test('a second start on the same data is refused and the first one runs on', async () => {
    const first = start();
    await first.says('What runs where');
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output).toContain('Xindai already runs on this data');
    expect(Object.values(recorded().children).every(stillRuns)).toBe(true);
  });

  test('a port in use is one sentence that names its variable, exit code 1, and nothing is started', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(Number(env.SANDBOX_PORT), '127.0.0.1', resolve);
    });
    try {
      const run = start();
      expect(await run.ended).toBe(1);
      const sentences = run.output
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('['));
      expect(sentences).toEqual([
        `Port ${env.SANDBOX_PORT} (sandbox) is in use by another program: stop that one, or choose another port by SANDBOX_PORT.`,
      ]);
      expect(existsSync(join(data, 'postgres'))).toBe(false);
    } finally {
      other.close();
    }
  });

  test('a program that does not come up is one sentence with its reason, and the rest is stopped again', async () => {
    const run = start({ FIXTURE_FAIL: 'worker' });
    const seen = watchChildren();
    expect(await run.ended).toBe(1);
    expect(run.output).toMatch(
      /^worker did not start \(exit code 1\): worker refuses to start because the test says so\. Its log is .*worker\.log\.$/m,
    );
    expect([...seen.stop()].some((pid) => identify(pid) !== undefined)).toBe(false);
    expect(recorded().children).toEqual({});
  });

  test('a missing Temporal program is one sentence and exit code 1', async () => {
    const run = start({ TEMPORAL_CLI: '/nowhere/temporal' });
    expect(await run.ended).toBe(1);
    expect(run.output).toContain('temporal did not start (spawn /nowhere/temporal ENOENT)');
    // PostgreSQL's data was being made meanwhile: nobody may write there any more.
    expect(existsSync(join(home(), 'postgres.partial'))).toBe(false);
    expect(recorded().children).toEqual({});
  });

  test.each([
    [{ TEMPORAL_ADDRESS: '127.0.0.1:1' }, /^No Temporal server .* answers at 127\.0\.0\.1:1/m],
    [{ API_PORT: 'eighty' }, /^API_PORT is "eighty", which is no port number\.$/m],
    [{ API_PORT: '1', CODEC_PORT: '1' }, /^Port 1 .*(wanted twice|in use)/m],
  ])('%j is answered by one sentence and exit code 1', async (more, sentence) => {
    const run = start(more);
    expect(await run.ended).toBe(1);
    expect(run.output).toMatch(sentence);
    expect(recordedChildren()).toEqual({});
  });

  test('a data folder that cannot be made is one sentence and exit code 1', async () => {
    writeFileSync(join(data, 'file'), '');
    const run = start({ XINDAI_DATA: join(data, 'file', 'below') });
    expect(await run.ended).toBe(1);
    expect(run.output).toMatch(/^The data folder .* cannot be written \(ENOTDIR/);
    expect(run.output.trim().split('\n')).toHaveLength(1);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'as root under a folder that only root may enter, PostgreSQL lives elsewhere, is told, and is found again',
    async () => {
      chmodSync(data, 0o700);
      const first = start();
      await first.says('What runs where');
      expect(home()).not.toBe(data);
      expect(first.output).toContain(`so its data is in ${home()}`);
      first.child.kill('SIGTERM');
      await first.ended;
      const second = start();
      await second.says('What runs where');
      expect(await started()).toBe(2);
    },
  );

  test('damaged data is one sentence that quotes the server and exit code 1', async () => {
    const first = start();
    await first.says('What runs where');
    first.child.kill('SIGTERM');
    await first.ended;
    writeFileSync(join(home(), 'postgres', 'global', 'pg_control'), 'not a control file');
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output).toMatch(/^postgres did not start \(.+\): .*(FATAL|PANIC)/m);
    expect(recorded().children).toEqual({});
  });
});

/** Collects the process ids that the run record shows until it is stopped. */
function watchChildren(): { stop(): Set<number> } {
  const seen = new Set<number>();
  const timer = setInterval(() => {
    try {
      for (const { pid } of Object.values(recorded().children)) seen.add(pid);
    } catch {
      // The record is not there yet.
    }
  }, 10);
  return {
    stop() {
      clearInterval(timer);
      return seen;
    },
  };
}
