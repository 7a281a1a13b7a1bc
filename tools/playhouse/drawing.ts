/** Numbers that look like chance and follow from a seed alone, so that a run can be had again. */
import { createHash } from 'node:crypto';

/** @returns a function that gives the next number, from 0 to below 1 */
export function drawing(seed: string): () => number {
  let drawn = 0;
  return () => {
    const digest = createHash('sha256').update(`${seed}|${drawn}`).digest();
    drawn += 1;
    return digest.readUInt32BE(0) / 2 ** 32;
  };
}
