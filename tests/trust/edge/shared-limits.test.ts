/** Limits that processes share through Redis, and what is left of them when Redis is slow, gone and back. */
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../api/app.ts';
import { createRequestLimits } from '../../../api/request-limits.ts';
import type { App } from '../../../api/route.ts';
import { closeRedis, openRedis } from '../../../platform/redis.ts';
import { openWorld, type World } from '../../api/world.ts';
import { type RedisServer, startRedisServer, whyNoRedis } from '../../support/redis-server.ts';

const why = whyNoRedis();
const PER_MINUTE = 6;
const KEY = Buffer.alloc(32, 5);

let world: World;
let server: RedisServer;
let clients: Redis[] = [];
const faults: Error[] = [];

beforeAll(async () => {
  if (why !== null) return;
  world = await openWorld();
  server = await startRedisServer();
}, 120_000);
afterAll(async () => {
  if (why !== null) return;
  await server.kill();
  await world.close();
});
afterEach(() => {
  clients.forEach(closeRedis);
  clients = [];
  faults.length = 0;
});

/** One process of the API, with a connection of its own that is ready. */
async function instance(): Promise<App> {
  const redis = openRedis(server.url, (error) => void faults.push(error));
  clients.push(redis);
  await ready(redis);
  const newLimit = createRequestLimits(redis, KEY);
  const requestsPerMinute = { applicant: 999, other: PER_MINUTE, address: PER_MINUTE };
  return createApp({ ...world.deps, newLimit, requestsPerMinute });
}

const ready = async (redis: Redis): Promise<void> =>
  await vi.waitFor(() => expect(redis.status).toBe('ready'), { timeout: 10_000, interval: 20 });

/** Asks as a person who is signed in, by turns at each of the instances. */
async function askAsPerson(apps: readonly App[], subject: string, times: number) {
  const token = await world.token(subject, ['integrator']);
  const headers = { Authorization: `Bearer ${token}` };
  const statuses = [];
  for (let n = 0; n < times; n += 1) {
    const app = apps[n % apps.length];
    const request = new Request('http://api.test/v1/applications', { headers });
    statuses.push((await app?.fetch(request))?.status);
  }
  return statuses;
}

async function askFromAddress(apps: readonly App[], address: string, times: number) {
  const env = { incoming: { socket: { remoteAddress: address } } };
  const statuses = [];
  for (let n = 0; n < times; n += 1) {
    const request = new Request('http://api.test/v1/applications');
    statuses.push((await apps[n % apps.length]?.fetch(request, env))?.status);
  }
  return statuses;
}

const count = (statuses: readonly unknown[], status: number): number =>
  statuses.filter((one) => one === status).length;

describe.skipIf(why !== null)(`limits in Redis${why === null ? '' : ` (skipped: ${why})`}`, () => {
  it('hold over two processes for a caller and for an address, and keep neither name', async () => {
    const apps = [await instance(), await instance()];
    const asked = await askAsPerson(apps, 'shared-person', PER_MINUTE + 3);
    expect([count(asked, 200), count(asked, 429)]).toEqual([PER_MINUTE, 3]);
    const guessed = await askFromAddress(apps, '198.51.100.20', PER_MINUTE + 2);
    expect([count(guessed, 401), count(guessed, 429)]).toEqual([PER_MINUTE, 2]);
    const keys = (await clients[0]?.keys('*')) ?? [];
    expect(keys.length).toBeGreaterThanOrEqual(2);
    expect(keys.filter((key) => !key.startsWith('xindai:limit:'))).toEqual([]);
    expect(keys.join()).not.toMatch(/shared-person|198\.51\.100/);
  });

  it('give an address back what callers who are known took', async () => {
    const app = await instance();
    const headers = { Authorization: `Bearer ${await world.token('known', ['reviewer'])}` };
    const env = { incoming: { socket: { remoteAddress: '198.51.100.21' } } };
    for (let n = 0; n < PER_MINUTE; n += 1) {
      const request = new Request('http://api.test/v1/reviews', { headers });
      expect((await app.fetch(request, env)).status).toBe(200);
    }
    expect(count(await askFromAddress([app], '198.51.100.21', PER_MINUTE + 1), 429)).toBe(1);
  });

  it('still limit, more strictly and without a failure, once Redis is killed, and are shared again after it', async () => {
    const apps = [await instance(), await instance()];
    expect(await askAsPerson(apps, 'before', 2)).toEqual([200, 200]);
    await server.kill();
    const asked = await askAsPerson(apps, 'in-between', 12);
    // Half the limit in each of the two processes: together never more than the limit.
    expect([count(asked, 200), count(asked, 429)]).toEqual([PER_MINUTE, 12 - PER_MINUTE]);
    expect(faults.length).toBeLessThanOrEqual(2);
    await server.start();
    for (const client of clients) await ready(client);
    const after = await askAsPerson(apps, 'after', PER_MINUTE + 2);
    expect([count(after, 200), count(after, 429)]).toEqual([PER_MINUTE, 2]);
  }, 30_000);

  it('wait for a Redis that answers nothing no longer than a moment', async () => {
    const app = await instance();
    server.freeze();
    try {
      const startedAt = performance.now();
      const asked = await askAsPerson([app], 'frozen', PER_MINUTE);
      expect([count(asked, 200), count(asked, 429)]).toEqual([PER_MINUTE / 2, PER_MINUTE / 2]);
      expect((performance.now() - startedAt) / PER_MINUTE).toBeLessThan(1_000);
    } finally {
      server.thaw();
    }
  }, 30_000);

  it('stand in the process of an API that starts while Redis is away', async () => {
    const redis = openRedis('redis://127.0.0.1:1', (error) => void faults.push(error));
    clients.push(redis);
    const limit = createRequestLimits(redis, KEY)('other', 4);
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await limit.take('somebody'));
    expect(answers.slice(0, 2)).toEqual([null, null]);
    expect(answers[2]).toBeGreaterThan(0);
    await vi.waitFor(() => expect(faults).toHaveLength(1));
  });
});
