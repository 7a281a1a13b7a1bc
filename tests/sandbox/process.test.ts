/** The sandbox as a process: says when it is ready, survives its own crash, stops when told, refuses a taken port. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishedKeys } from '../../sandbox/parts.ts';
import { admin, adminPost, APP_ID, call, KEY_ID, lenderKeys } from './caller.ts';

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly publishedKeys: PublishedKeys;
}

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'xindai-sandbox-'));
  await writeFile(
    path.join(folder, 'clients.json'),
    JSON.stringify({ [APP_ID]: { [KEY_ID]: lenderKeys.publicKey } }),
  );
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  await rm(folder, { recursive: true, force: true });
});

function spawn(environment: Record<string, string> = {}): ChildProcess {
  const child = fork('sandbox/server.ts', {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      SANDBOX_PORT: '0',
      SANDBOX_DATA: path.join(folder, 'data'),
      SANDBOX_CLIENTS_FILE: path.join(folder, 'clients.json'),
      SANDBOX_CALLBACK_URL: 'http://127.0.0.1:1/v1/webhooks',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  return child;
}

async function start(): Promise<Running> {
  const child = spawn();
  const [message] = await once(child, 'message');
  expect(message).toMatchObject({ ready: true });
  const url = `http://127.0.0.1:${message.port}`;
  return { child, url, publishedKeys: await admin<PublishedKeys>({ url }, 'keys') };
}

const exitOf = async (child: ChildProcess): Promise<unknown> => (await once(child, 'exit'))[0];
const pay = {
  requestNo: 'crash-1',
  amountFen: 700,
  toCard: '6222021234567890128',
  holderName: '示范人',
  purpose: 'loan',
};

describe('the process', () => {
  it('crashes after the write and before the answer; after a restart the payment stands and is not made twice', async () => {
    const first = await start();
    await adminPost(first, 'faults', { service: 'bank', operation: 'transfer', fault: 'crash' });
    const exit = exitOf(first.child);
    await expect(call(first, 'bank', 'transfer', pay)).rejects.toThrow();
    expect(await exit).toBe(86);
    const second = await start();
    expect(second.publishedKeys).toEqual(first.publishedKeys);
    expect(await call(second, 'bank', 'query', { requestNo: 'crash-1' })).toMatchObject({
      data: { status: 'PAID' },
    });
    expect(await call(second, 'bank', 'transfer', pay)).toMatchObject({
      code: '0000',
      data: { status: 'PAID' },
    });
    const books = await admin<{ payments: unknown[] }>(second, 'books');
    expect(books.payments).toHaveLength(1);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops with exit code 0 on %s', async (signal) => {
    const { child } = await start();
    const exit = exitOf(child);
    child.kill(signal);
    expect(await exit).toBe(0);
  });

  it('stops when its supervisor is gone', async () => {
    const { child } = await start();
    const exit = exitOf(child);
    child.disconnect();
    expect(await exit).toBe(0);
  });

  it('says in one sentence that its port is in use, and leaves with exit code 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const child = spawn({ SANDBOX_PORT: String(typeof address === 'object' ? address?.port : 0) });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await exitOf(child)).toBe(1);
    expect(said.trim()).toBe('The sandbox could not start: its port is in use.');
    taken.close();
  });

  it('names the file of callers that it cannot read', async () => {
    const child = spawn({ SANDBOX_CLIENTS_FILE: path.join(folder, 'missing.json') });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await exitOf(child)).toBe(1);
    expect(said).toContain('missing.json');
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  it('names a variable that is wrong', async () => {
    const child = spawn({ SANDBOX_PORT: 'ninety' });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await exitOf(child)).toBe(1);
    expect(said).toContain('SANDBOX_PORT');
    expect(said.trim().split('\n')).toHaveLength(1);
  });
});
