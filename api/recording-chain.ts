/** The hash chain over a recording's chunks: h₀ = 32 zero bytes, hᵢ = SM3(hᵢ₋₁ ‖ SM3 of chunk i) (regulation.md §3.5). */
import { sm3 } from '../platform/crypto/sm3.ts';

/** The last hash of the chain, in hexadecimal digits. */
export function chainOf(chunkSm3: readonly string[]): string {
  return chunkSm3
    .reduce<Buffer>(
      (hash, digest) => sm3(Buffer.concat([hash, Buffer.from(digest, 'hex')])),
      Buffer.alloc(32),
    )
    .toString('hex');
}
