/**
 * A cache that may be lost at any time: what it cannot give is made anew, one maker at a time, and its failures are
 * nobody's. It holds bytes, which whoever keeps them has sealed, and which are refused when they do not open.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, type Registry } from 'prom-client';
import { type CacheStore, createMemoryStore, createRedisStore } from './cache-store.ts';
import { closeRedis, openRedis } from './redis.ts';

/** No entry stays longer, whatever its keeper says: a day, in which most stories are decided. */
export const LONGEST_MS = 86_400_000;
/** An entry that would be gone in less is not kept. */
const SHORTEST_MS = 1_000;
/** For how long others wait for the one that makes an entry, and how often another process's is looked for. */
const WAIT_MS = 250;
const LOOK_EVERY_MS = 25;
/** A maker that says nothing for so long is taken for dead. */
const LOCK_MS = 2_000;
/** After a failure the store is left alone for a while, so that an outage costs one time-out a second and not one a read. */
const REST_MS = 1_000;

/** `refused`: bytes that did not open or did not parse. `wait`: another one's making was waited for and served. */
export type CacheEvent = 'hit' | 'miss' | 'wait' | 'refused' | 'error';

/** A value that was made, and what may be kept of it; null where nothing may. */
export interface Made<T> {
  readonly value: T;
  readonly keep: {
    readonly seal: () => Buffer;
    readonly ttlMs: number;
    readonly group: string;
  } | null;
}

export interface Taking<T> {
  /** What kind of value it is, for the metrics. */
  readonly kind: string;
  readonly key: string;
  /** Null, or a throw, refuses the bytes. */
  readonly read: (bytes: Buffer) => T | null;
  /** Its failure is the caller's, is not kept, and is shared with nobody who waits. */
  readonly make: () => Promise<Made<T>>;
}

export interface CacheCount {
  readonly kind: string;
  readonly event: CacheEvent;
  readonly count: number;
}

export interface Cache {
  /** False where nothing is kept at all. */
  readonly isOn: boolean;
  /** What is kept under the key, or what `make` gives. Fails only as `make` fails. */
  take<T extends object>(taking: Taking<T>): Promise<T>;
  /** Deletes what was kept in a group. An entry that an outage saves must be of no use by other means. */
  forget(group: string): Promise<void>;
  /** How often what has happened since the process began. */
  counts(): readonly CacheCount[];
  close(): void;
}

function createTally() {
  const tally = new Map<string, { kind: string; event: CacheEvent; count: number }>();
  return {
    add(kind: string, event: CacheEvent): void {
      const name = `${kind} ${event}`;
      const entry = tally.get(name) ?? { kind, event, count: 0 };
      entry.count += 1;
      tally.set(name, entry);
    },
    all: (): readonly CacheCount[] => [...tally.values()].map((entry) => ({ ...entry })),
  };
}

type Tally = ReturnType<typeof createTally>;

/** The store with its failures counted and given up on; after one it is not asked for a while. */
function sheltered(store: CacheStore, tally: Tally) {
  let restsUntil = 0;
  const attempt = async <R>(kind: string, otherwise: R, act: () => Promise<R>): Promise<R> => {
    try {
      return await act();
    } catch {
      restsUntil = performance.now() + REST_MS;
      tally.add(kind, 'error');
      return otherwise;
    }
  };
  const unlessResting = async <R>(kind: string, otherwise: R, act: () => Promise<R>): Promise<R> =>
    performance.now() < restsUntil ? otherwise : await attempt(kind, otherwise, act);
  return { store, attempt, unlessResting, isResting: () => performance.now() < restsUntil };
}

type Sheltered = ReturnType<typeof sheltered>;

/** What is kept and opens; null otherwise. What does not open is deleted. */
async function lookUp<T>(
  { store, unlessResting }: Sheltered,
  tally: Tally,
  { kind, key, read }: Taking<T>,
): Promise<T | null> {
  const bytes = await unlessResting(kind, undefined, () => store.get(key));
  if (bytes === undefined) return null;
  let value: T | null = null;
  try {
    value = read(bytes);
  } catch {
    // Refused below like any other bytes that are not what they should be.
  }
  if (value !== null) return value;
  tally.add(kind, 'refused');
  await unlessResting(kind, undefined, () => store.delete(key));
  return null;
}

async function makeAndKeep<T>(
  { store, unlessResting }: Sheltered,
  { kind, key, make }: Taking<T>,
): Promise<T> {
  const { value, keep } = await make();
  if (keep !== null && keep.ttlMs >= SHORTEST_MS) {
    const ttlMs = Math.min(keep.ttlMs, LONGEST_MS);
    const kept = () => ({ bytes: keep.seal(), ttlMs, group: keep.group });
    await unlessResting(kind, undefined, () => store.set(key, kept()));
  }
  return value;
}

/** Makes the value unless another process is at it and done soon. */
async function lead<T>(at: Sheltered, tally: Tally, taking: Taking<T>): Promise<T> {
  const { kind, key } = taking;
  if (await at.unlessResting(kind, true, () => at.store.lock(key, LOCK_MS))) {
    tally.add(kind, 'miss');
    try {
      return await makeAndKeep(at, taking);
    } finally {
      await at.unlessResting(kind, undefined, () => at.store.unlock(key));
    }
  }
  for (let waited = 0; waited < WAIT_MS && !at.isResting(); waited += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS);
    const found = await lookUp(at, tally, taking);
    if (found === null) continue;
    tally.add(kind, 'wait');
    return found;
  }
  tally.add(kind, 'miss');
  return await makeAndKeep(at, taking);
}

/** A cache over a store. @param close lets go of what the store stands on */
export function createCache(store: CacheStore, close: () => void = () => undefined): Cache {
  const tally = createTally();
  const at = sheltered(store, tally);
  const flights = new Map<string, Promise<unknown>>();

  async function take<T extends object>(taking: Taking<T>): Promise<T> {
    const { kind, key } = taking;
    const found = await lookUp(at, tally, taking);
    if (found !== null) {
      tally.add(kind, 'hit');
      return found;
    }
    const running = flights.get(key);
    if (running === undefined) {
      const flight = lead(at, tally, taking);
      const settled = flight.then(
        () => undefined,
        () => undefined,
      );
      flights.set(key, settled);
      try {
        return await flight;
      } finally {
        flights.delete(key);
      }
    }
    await Promise.race([running, sleep(WAIT_MS, undefined, { ref: false })]);
    const late = await lookUp(at, tally, taking);
    tally.add(kind, late === null ? 'miss' : 'wait');
    return late ?? (await makeAndKeep(at, taking));
  }

  return {
    isOn: true,
    take,
    // Asked even while the store rests: it may be back, and what is to be forgotten should be.
    forget: (group) => at.attempt('forget', undefined, () => store.deleteGroup(group)),
    counts: tally.all,
    close,
  };
}

/** Keeps nothing. */
export const NO_CACHE: Cache = {
  isOn: false,
  take: async ({ make }) => (await make()).value,
  forget: async () => undefined,
  counts: () => [],
  close: () => undefined,
};

export interface CacheOptions {
  readonly redisUrl: string | undefined;
  /** Bound of the cache in the process; 0 keeps nothing anywhere. */
  readonly megabytes: number;
}

/** The cache of a process: in Redis where there is one, in the process otherwise. Close it at the end. */
export function openCache(
  { redisUrl, megabytes }: CacheOptions,
  onFault: (error: Error) => void,
): Cache {
  if (megabytes === 0) return NO_CACHE;
  if (redisUrl === undefined) return createCache(createMemoryStore(megabytes * 2 ** 20));
  const redis = openRedis(redisUrl, onFault);
  return createCache(createRedisStore(redis, LONGEST_MS), () => closeRedis(redis));
}

/** The group of everything that is kept of a person, by its opaque id. */
export function groupOfPerson(
  keyed: { blindIndex(domain: string, value: string): Buffer },
  applicantId: string,
): string {
  return keyed.blindIndex('cache:person', applicantId).toString('hex');
}

/** Adds what happened in the cache to the metrics of a process. */
export function addCacheMetrics(registry: Registry, cache: Cache): void {
  const counter = new Counter({
    name: 'xindai_cache_total',
    help: 'Reads of the cache by result, and its errors',
    labelNames: ['kind', 'event'],
    registers: [registry],
    collect() {
      counter.reset();
      for (const { kind, event, count } of cache.counts()) counter.inc({ kind, event }, count);
    },
  });
}
