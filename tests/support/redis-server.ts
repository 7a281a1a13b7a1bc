/** A Redis of a test's own, on a port of its own, that the test may freeze, kill and start again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Why tests that need Redis do not run here, or null when they do. */
export function whyNoRedis(): string | null {
  const asked = spawnSync('redis-server', ['--version']);
  return asked.error === undefined ? null : 'redis-server is not installed (Debian: redis-server)';
}

export interface RedisServer {
  readonly url: string;
  /** Stops it from answering without closing a connection. */
  freeze(): void;
  thaw(): void;
  /** Ends it at once, connections with it. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}

async function untilAnswering(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null });
  client.on('error', () => undefined);
  for (const deadline = Date.now() + 10_000; ; ) {
    try {
      await client.connect();
      break;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
  client.disconnect();
}

/** Kill it in `afterAll`. @throws when it does not answer within 10 s */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let running: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const flags = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    running = spawn('redis-server', flags, { stdio: 'ignore' });
    await untilAnswering(url);
  };
  await start();
  return {
    url,
    freeze: () => void running?.kill('SIGSTOP'),
    thaw: () => void running?.kill('SIGCONT'),
    kill: async () => {
      if (running === undefined || running.exitCode !== null) return;
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await ended;
      running = undefined;
    },
    start,
  };
}
