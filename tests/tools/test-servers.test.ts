/**
 * The servers that `npm test` brings up: on ports and data of their own, and never left behind.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { stillRuns } from '../../tools/start/process-identity.ts';
import { temporalAnswers } from '../../tools/start/temporal.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const temporalCli = process.env.TEST_TEMPORAL_CLI ?? join(root, '.data', 'tools', 'temporal');
const serversLine = z.object({
  TEST_DATABASE_URL: z.string(),
  TEST_TEMPORAL_ADDRESS: z.string(),
  folder: z.string(),
});
const identity = z.object({ pid: z.number(), startedAt: z.string() });
const runRecord = z.object({ children: z.record(z.string(), identity) });

let temporary: string;
let running: ChildProcess[];

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'xindai-servers-'));
  chmodSync(temporary, 0o711);
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((child) => end(child, 'SIGTERM')));
  rmSync(temporary, { recursive: true, force: true });
});

/** Starts the servers in a process of their own, with a temporary folder of its own. */
async function start() {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(here, 'fixtures', 'test-servers.ts')],
    {
      cwd: root,
      env: { ...process.env, TMPDIR: temporary, FIXTURE_TEMPORAL_CLI: temporalCli },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  running.push(child);
  let output = '';
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const found = /^SERVERS (.*)$/m.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(output)));
  });
  const servers = serversLine.parse(JSON.parse(line));
  const record = readFileSync(join(servers.folder, 'data', 'run.json'), 'utf8');
  return { child, output, servers, children: runRecord.parse(JSON.parse(record)).children };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

test('PostgreSQL and Temporal answer, two runs side by side do not meet, and an end leaves nothing', async () => {
  const [first, second] = [await start(), await start()];
  expect(second.servers.TEST_DATABASE_URL).not.toBe(first.servers.TEST_DATABASE_URL);
  for (const { servers } of [first, second]) {
    const client = new Client({ connectionString: servers.TEST_DATABASE_URL });
    await client.connect();
    const { rows } = await client.query('select 1 as one');
    await client.end();
    expect(rows).toEqual([{ one: 1 }]);
    expect(await temporalAnswers(servers.TEST_TEMPORAL_ADDRESS, 'default')).toBe(true);
  }
  await end(first.child, 'SIGTERM');
  expect(Object.values(first.children).some(stillRuns)).toBe(false);
  expect(existsSync(first.servers.folder)).toBe(false);
  expect(Object.values(second.children).every(stillRuns)).toBe(true);
});

test('what a killed run left behind is ended by the next one', async () => {
  const killed = await start();
  await end(killed.child, 'SIGKILL');
  expect(Object.values(killed.children).every(stillRuns)).toBe(true);
  const next = await start();
  expect(next.output).toContain('left over from a run that was killed');
  expect(Object.values(killed.children).some(stillRuns)).toBe(false);
  expect(existsSync(killed.servers.folder)).toBe(false);
});
