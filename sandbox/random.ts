/** Deterministic draws: the same seed and name give the same numbers on every machine and every day. */
import { createHash } from 'node:crypto';

/** A stream of draws that depends on nothing but the words it was made from. */
export interface Draws {
  /** A number in [0, 1). */
  next(): number;
  /** An integer in [low, high], both included. */
  integer(low: number, high: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One element of a non-empty list. */
  pick<T>(list: readonly T[]): T;
  /** A string of decimal digits. */
  digits(length: number): string;
}

/** Builds a stream from words, e.g. the sandbox's seed and an identity number. */
export function drawsFrom(...words: readonly string[]): Draws {
  const digest = createHash('sha256').update(words.join('\u0000')).digest();
  let state = digest.readUInt32LE(0);
  const next = (): number => {
    // Mulberry32: small, well distributed for this purpose, and the same everywhere.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (low: number, high: number): number =>
    low + Math.floor(next() * (high - low + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]): T => {
      const chosen = list[integer(0, list.length - 1)];
      if (chosen === undefined) throw new RangeError('a draw from an empty list');
      return chosen;
    },
    digits: (length) => Array.from({ length }, () => String(integer(0, 9))).join(''),
  };
}
