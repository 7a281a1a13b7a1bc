/**
 * Unwrapped data keys, kept in memory for a short time so that the key service is not asked for every field, and
 * overwritten when that time is over.
 */
import { wipeKey } from './seal.ts';

/** A data key in clear. Once `wiped`, its bytes are zeros and must not be used. */
export interface UnwrappedKey {
  readonly id: string;
  readonly bytes: Buffer;
  readonly wiped: boolean;
}

export interface KeyCacheOptions {
  /** Milliseconds for which a key is handed out again. */
  readonly keepMs: number;
  /** Milliseconds after that in which a cipher that holds the key may still finish its work. */
  readonly graceMs: number;
  /** Keys kept at most; the oldest go first. */
  readonly most: number;
}

export interface KeyCache {
  take(id: string): UnwrappedKey | undefined;
  /** Keeps the key; of two that came at once the first stays and the second is overwritten. */
  keep(id: string, bytes: Buffer): UnwrappedKey;
  /** Overwrites every key at once. */
  close(): void;
}

interface Entry {
  readonly id: string;
  readonly bytes: Buffer;
  wiped: boolean;
}

export function createKeyCache({ keepMs, graceMs, most }: KeyCacheOptions): KeyCache {
  const kept = new Map<string, Entry>();
  const alive = new Map<Entry, NodeJS.Timeout>();
  const wipe = (entry: Entry): void => {
    clearTimeout(alive.get(entry));
    alive.delete(entry);
    entry.wiped = true;
    wipeKey(entry.bytes);
  };
  const after = (ms: number, entry: Entry, act: (entry: Entry) => void): void => {
    clearTimeout(alive.get(entry));
    alive.set(entry, setTimeout(act, ms, entry).unref());
  };
  const evict = (entry: Entry): void => {
    if (kept.get(entry.id) === entry) kept.delete(entry.id);
    after(graceMs, entry, wipe);
  };
  return {
    take: (id) => kept.get(id),
    keep(id, bytes) {
      const known = kept.get(id);
      if (known !== undefined) {
        wipeKey(bytes);
        return known;
      }
      const entry: Entry = { id, bytes, wiped: false };
      kept.set(id, entry);
      after(keepMs, entry, evict);
      const [oldest] = kept.values();
      if (kept.size > most && oldest !== undefined) evict(oldest);
      return entry;
    },
    close() {
      kept.clear();
      for (const entry of alive.keys()) wipe(entry);
    },
  };
}
