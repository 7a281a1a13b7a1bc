/** Where cached bytes lie: in the process, bounded by bytes, or in Redis for all processes together. */
import type { Redis } from 'ioredis';

export interface Kept {
  readonly bytes: Buffer;
  /** Milliseconds until the entry is gone by itself. */
  readonly ttlMs: number;
  /** What the entry is forgotten with. */
  readonly group: string;
}

/** Keys and groups are letters, digits and colons. Any method may fail; whoever asks does without then. */
export interface CacheStore {
  get(key: string): Promise<Buffer | undefined>;
  set(key: string, kept: Kept): Promise<void>;
  delete(key: string): Promise<void>;
  deleteGroup(group: string): Promise<void>;
  /** Whether the caller is the one that makes the entry; for `ttlMs` at most nobody else is told so. */
  lock(key: string, ttlMs: number): Promise<boolean>;
  unlock(key: string): Promise<void>;
}

interface Entry extends Kept {
  readonly until: number;
  readonly size: number;
}

/** What an entry costs beside its key and bytes, roughly: the objects that hold it. */
const OVERHEAD_BYTES = 200;

/**
 * Keeps entries in this process; the one not used for longest goes first.
 * @param mostBytes bound on keys, values and what holds them together
 * @param now milliseconds
 */
export function createMemoryStore(mostBytes: number, now: () => number = Date.now): CacheStore {
  const entries = new Map<string, Entry>();
  const groups = new Map<string, Set<string>>();
  let held = 0;

  function drop(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    held -= entry.size;
    const group = groups.get(entry.group);
    group?.delete(key);
    if (group?.size === 0) groups.delete(entry.group);
  }

  function insert(key: string, kept: Kept): void {
    drop(key);
    const size = key.length + kept.group.length + kept.bytes.length + OVERHEAD_BYTES;
    if (size > mostBytes) return;
    entries.set(key, { ...kept, until: now() + kept.ttlMs, size });
    held += size;
    const group = groups.get(kept.group) ?? new Set();
    groups.set(kept.group, group.add(key));
    for (const oldest of entries.keys()) {
      if (held <= mostBytes) break;
      drop(oldest);
    }
  }

  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.until <= now()) {
        drop(key);
        return undefined;
      }
      // Put back at the end: the order of a map is the order in which its entries were last used.
      entries.delete(key);
      entries.set(key, entry);
      return entry.bytes;
    },
    set: async (key, kept) => insert(key, kept),
    delete: async (key) => drop(key),
    async deleteGroup(group) {
      for (const key of groups.get(group) ?? []) drop(key);
    },
    // One process: whoever makes an entry is known without a lock.
    lock: async () => true,
    unlock: async () => undefined,
  };
}

const entryName = (key: string): string => `cache:${key}`;
const lockName = (key: string): string => `cache-lock:${key}`;
const groupName = (group: string): string => `cache-group:${group}`;

/** Keeps entries in Redis. @param longestMs no entry stays longer; the list of a group lasts as long as any entry may */
export function createRedisStore(redis: Redis, longestMs: number): CacheStore {
  return {
    get: async (key) => (await redis.getBuffer(entryName(key))) ?? undefined,
    async set(key, { bytes, ttlMs, group }) {
      const answers = await redis
        .multi()
        .set(entryName(key), bytes, 'PX', Math.ceil(ttlMs))
        .sadd(groupName(group), key)
        .pexpire(groupName(group), longestMs)
        .exec();
      const failed = answers?.find(([error]) => error !== null);
      if (failed?.[0] != null) throw failed[0];
    },
    async delete(key) {
      await redis.unlink(entryName(key));
    },
    async deleteGroup(group) {
      const keys = await redis.smembers(groupName(group));
      await redis.unlink(groupName(group), ...keys.map(entryName));
    },
    lock: async (key, ttlMs) => (await redis.set(lockName(key), '1', 'PX', ttlMs, 'NX')) === 'OK',
    async unlock(key) {
      await redis.unlink(lockName(key));
    },
  };
}
