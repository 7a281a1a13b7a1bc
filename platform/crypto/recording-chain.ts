/** The hash chain over a recording's chunks: h₀ = 32 zero bytes, hᵢ = SM3(hᵢ₋₁ ‖ SM3 of chunk i ‖ metaᵢ) (regulation.md §3.5). */
import { createSm3 } from './sm3.ts';

/** The chain before its first chunk, as 64 hexadecimal digits. */
export const CHAIN_START = '0'.repeat(64);

/**
 * The chain after one more chunk, in hexadecimal digits.
 * @param before the chain up to here
 * @param chunkSm3 SM3 of the chunk's bytes
 * @param meta the canonical text of what the chunk says of itself, hashed as UTF-8
 */
export function chainLink(before: string, chunkSm3: string, meta: string): string {
  return createSm3()
    .update(Buffer.from(before, 'hex'))
    .update(Buffer.from(chunkSm3, 'hex'))
    .update(meta)
    .digest('hex');
}
