/** A cache may be lost at any time: both stores keep one contract, and whoever asks never sees a failure of either. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type CacheStore,
  createMemoryStore,
  createRedisStore,
} from '../../platform/cache-store.ts';
import {
  addCacheMetrics,
  type Cache,
  createCache,
  LONGEST_MS,
  type Made,
  openCache,
  type Taking,
} from '../../platform/cache.ts';
import { closeRedis, openRedis } from '../../platform/redis.ts';
import { type RedisServer, startRedisServer, whyNoRedis } from '../support/redis-server.ts';

const why = whyNoRedis();
if (why !== null) process.stdout.write(`the Redis store is not tested: ${why}\n`);

let server: RedisServer;
const closing: (() => void)[] = [];
let keys = 0;
/** A key that no other test uses. */
const newKey = (): string => `key${(keys += 1)}`;

beforeAll(async () => {
  if (why === null) server = await startRedisServer();
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
afterAll(async () => {
  if (why === null) await server.kill();
});

async function redisStore(): Promise<CacheStore> {
  const redis = openRedis(server.url, () => undefined);
  closing.push(() => closeRedis(redis));
  await vi.waitFor(() => expect(redis.status).toBe('ready'), { timeout: 10_000, interval: 10 });
  return createRedisStore(redis, LONGEST_MS);
}

const text = (value: string): Buffer => Buffer.from(value);
const kept = (value: string, ttlMs = 60_000, group = 'g') => ({ bytes: text(value), ttlMs, group });

describe.each([
  ['in the process', false, async () => createMemoryStore(1_000_000)],
  ['in Redis', why !== null, redisStore],
] as const)('a store %s', (_, isSkipped, open) => {
  it.skipIf(isSkipped)('gives back the bytes that were set, whatever they are', async () => {
    const store = await open();
    const key = newKey();
    expect(await store.get(key)).toBeUndefined();
    const bytes = Buffer.from([0, 255, 13, 10, 128]);
    await store.set(key, { ...kept(''), bytes });
    expect(await store.get(key)).toEqual(bytes);
    await store.set(key, kept('newer'));
    expect(await store.get(key)).toEqual(text('newer'));
    await store.delete(key);
    expect(await store.get(key)).toBeUndefined();
  });

  it.skipIf(isSkipped)('lets an entry go when its time is over', async () => {
    const store = await open();
    const [brief, long] = [newKey(), newKey()];
    await store.set(long, kept('long'));
    await store.set(brief, kept('brief', 60));
    await vi.waitFor(async () => expect(await store.get(brief)).toBeUndefined(), { interval: 10 });
    expect(await store.get(long)).toEqual(text('long'));
  });

  it.skipIf(isSkipped)('forgets a group and nothing else', async () => {
    const store = await open();
    const [one, two, other] = [newKey(), newKey(), newKey()];
    const group = `group${one}`;
    await store.set(one, kept('1', 60_000, group));
    await store.set(two, kept('2', 60_000, group));
    await store.set(other, kept('3', 60_000, `other${one}`));
    await store.deleteGroup(group);
    await store.deleteGroup(group);
    expect(await Promise.all([one, two, other].map((key) => store.get(key)))).toEqual([
      undefined,
      undefined,
      text('3'),
    ]);
  });
});

describe('a store in the process', () => {
  it('never holds more bytes than its bound, and lets go first what was not used for longest', async () => {
    const store = createMemoryStore(5_000);
    for (let at = 0; at < 4; at += 1) await store.set(`k${at}`, kept('x'.repeat(1_000)));
    await store.get('k0');
    await store.set('k4', kept('x'.repeat(1_000)));
    const left = [0, 1, 2, 3, 4].map(async (at) => (await store.get(`k${at}`)) !== undefined);
    expect(await Promise.all(left)).toEqual([true, false, true, true, true]);
  });

  it('refuses an entry larger than itself without losing the others, and its former value is gone', async () => {
    const store = createMemoryStore(2_000);
    await store.set('small', kept('s'));
    await store.set('large', kept('first'));
    await store.set('large', kept('x'.repeat(3_000)));
    expect(await store.get('large')).toBeUndefined();
    expect(await store.get('small')).toEqual(text('s'));
  });

  it('serves nothing at the very moment its time is over', async () => {
    let now = 1_000;
    const store = createMemoryStore(2_000, () => now);
    await store.set('k', kept('v', 500));
    now = 1_499;
    expect(await store.get('k')).toEqual(text('v'));
    now = 1_500;
    expect(await store.get('k')).toBeUndefined();
  });
});

interface Value {
  readonly text: string;
}

/** Takes a value under a key and counts how often it is made. */
function taking(key: string, over: Partial<Taking<Value>> = {}, ttlMs = 60_000) {
  const make = vi.fn(async (): Promise<Made<Value>> => {
    await sleep(20);
    const value = { text: 'made' };
    const keep = { seal: () => text('sealed:made'), ttlMs, group: 'g' };
    return { value, keep };
  });
  const read = (bytes: Buffer): Value | null => {
    const [head, body] = bytes.toString().split(':');
    return head === 'sealed' && body !== undefined ? { text: body } : null;
  };
  return { make, of: { kind: 'thing', key, read, make, ...over } satisfies Taking<Value> };
}

const eventsOf = (cache: Cache): Readonly<Record<string, number>> =>
  Object.fromEntries(cache.counts().map(({ event, count }) => [event, count]));

describe('a cache', () => {
  it('makes a value once and gives what is kept afterwards', async () => {
    const cache = createCache(createMemoryStore(10_000));
    const { make, of } = taking('k');
    expect(await cache.take(of)).toEqual({ text: 'made' });
    expect(await cache.take(of)).toEqual({ text: 'made' });
    expect(make).toHaveBeenCalledTimes(1);
    expect(eventsOf(cache)).toEqual({ miss: 1, hit: 1 });
  });

  it('makes a value once for all in the process that ask at the same time', async () => {
    const cache = createCache(createMemoryStore(10_000));
    const { make, of } = taking('k');
    const values = await Promise.all(Array.from({ length: 20 }, () => cache.take(of)));
    expect(new Set(values.map((value) => value.text))).toEqual(new Set(['made']));
    expect(make).toHaveBeenCalledTimes(1);
    expect(eventsOf(cache)).toEqual({ miss: 1, wait: 19 });
  });

  it('keeps no failure and shares it with nobody: who waited makes the value itself', async () => {
    const cache = createCache(createMemoryStore(10_000));
    const { make, of } = taking('k');
    make.mockImplementationOnce(async () => {
      await sleep(20);
      throw new Error('the first one fails');
    });
    const results = await Promise.allSettled([cache.take(of), cache.take(of)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await cache.take(of)).toEqual({ text: 'made' });
  });

  it('waits for no maker longer than a moment', async () => {
    const cache = createCache(createMemoryStore(10_000));
    let finish: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { make, of } = taking('k');
    make.mockImplementationOnce(async () => {
      await stuck;
      return { value: { text: 'slow' }, keep: null };
    });
    const slow = cache.take(of);
    expect(await cache.take(of)).toEqual({ text: 'made' });
    finish();
    expect(await slow).toEqual({ text: 'slow' });
  });

  it('keeps nothing that may not be kept, nor what is about to end', async () => {
    const cache = createCache(createMemoryStore(10_000));
    const never = taking('k', {}, 900);
    await cache.take(never.of);
    await cache.take(never.of);
    expect(never.make).toHaveBeenCalledTimes(2);
    const make = vi.fn(async () => ({ value: { text: 'gap' }, keep: null }));
    const incomplete = taking('l', { make });
    await cache.take(incomplete.of);
    await cache.take(incomplete.of);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it.each(['', 'garbage', 'sealed', '\u0000'])(
    'refuses and replaces bytes that do not open: %j',
    async (bytes) => {
      const store = createMemoryStore(10_000);
      const cache = createCache(store);
      await store.set('k', kept(bytes));
      const { make, of } = taking('k');
      expect(await cache.take(of)).toEqual({ text: 'made' });
      expect(await cache.take(of)).toEqual({ text: 'made' });
      expect(make).toHaveBeenCalledTimes(1);
      expect(eventsOf(cache)).toEqual({ refused: 1, miss: 1, hit: 1 });
    },
  );

  it('forgets on demand, and the metrics tell what happened', async () => {
    const cache = createCache(createMemoryStore(10_000));
    const { make, of } = taking('k');
    await cache.take(of);
    await cache.forget('g');
    await cache.take(of);
    expect(make).toHaveBeenCalledTimes(2);
    const registry = new Registry();
    addCacheMetrics(registry, cache);
    const line = 'xindai_cache_total{kind="thing",event="miss"} 2';
    expect(await registry.metrics()).toContain(line);
    expect(await registry.metrics()).toContain(line);
  });

  it('of no megabytes keeps nothing', async () => {
    const cache = openCache({ redisUrl: undefined, megabytes: 0 }, () => undefined);
    const { make, of } = taking('k');
    await cache.take(of);
    await cache.take(of);
    expect([cache.isOn, make.mock.calls.length]).toEqual([false, 2]);
  });
});

describe('two processes on one Redis', () => {
  it.skipIf(why !== null)('make a value once between them', async () => {
    const caches = [createCache(await redisStore()), createCache(await redisStore())];
    const { make, of } = taking(newKey());
    const values = await Promise.all(caches.map((cache) => cache.take(of)));
    expect(values).toEqual([{ text: 'made' }, { text: 'made' }]);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it.skipIf(why !== null)(
    'do not wait for one that died while it made the value: each goes on by itself',
    async () => {
      const [dead, alive] = [await redisStore(), await redisStore()];
      const key = newKey();
      expect(await dead.lock(key, 5_000)).toBe(true);
      const { make, of } = taking(key);
      const began = performance.now();
      expect(await createCache(alive).take(of)).toEqual({ text: 'made' });
      expect(make).toHaveBeenCalledTimes(1);
      expect(performance.now() - began).toBeLessThan(2_000);
    },
  );
});

// A server of its own: what is frozen or killed here disturbs nobody.
describe.sequential('while Redis is away', () => {
  it.skipIf(why !== null)(
    'values are made, one time-out is paid and not one a read, and it serves again when it is back',
    async () => {
      const own = await startRedisServer();
      closing.push(() => void own.kill());
      const cache = openCache({ redisUrl: own.url, megabytes: 1 }, () => undefined);
      closing.push(() => cache.close());
      const { make, of } = taking('k');
      await vi.waitFor(
        async () => {
          await cache.take(of);
          expect(eventsOf(cache)['hit'] ?? 0).toBeGreaterThan(0);
        },
        { timeout: 10_000, interval: 20 },
      );
      own.freeze();
      const failed = eventsOf(cache)['error'] ?? 0;
      for (let at = 0; at < 10; at += 1) expect(await cache.take(of)).toEqual({ text: 'made' });
      // Ten reads that each asked would have failed at least ten times.
      expect((eventsOf(cache)['error'] ?? 0) - failed).toBeGreaterThan(0);
      expect((eventsOf(cache)['error'] ?? 0) - failed).toBeLessThan(8);
      own.thaw();
      await own.kill();
      expect(await cache.take(of)).toEqual({ text: 'made' });
      await cache.forget('g');
      await own.start();
      const before = eventsOf(cache)['hit'] ?? 0;
      await vi.waitFor(
        async () => {
          await cache.take(of);
          expect(eventsOf(cache)['hit'] ?? 0).toBeGreaterThan(before);
        },
        { timeout: 10_000, interval: 50 },
      );
      expect(make.mock.calls.length).toBeGreaterThan(10);
      await own.kill();
    },
    30_000,
  );
});
