/**
 * The SM4 block cipher (GB/T 32907-2016) in counter mode, by OpenSSL through node:crypto.
 * Counter mode hides but does not protect: every caller authenticates the ciphertext as well (see seal.ts, envelope.ts).
 */
import { type Cipher, createCipheriv } from 'node:crypto';
import { CryptoError } from './errors.ts';

const KEY_BYTES = 16;
const IV_BYTES = 16;

function assertSizes(key: Uint8Array, iv: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new CryptoError('KEY_INVALID', 'An SM4 key has 16 bytes.');
  if (iv.length !== IV_BYTES) {
    throw new CryptoError('KEY_INVALID', 'An SM4 counter block has 16 bytes.');
  }
}

/**
 * SM4-CTR of `data`; encrypting and decrypting are the same operation.
 * @param key 16 bytes
 * @param iv 16 bytes, the first counter block; never used twice with one key
 * @throws CryptoError KEY_INVALID for other sizes
 */
export function sm4Ctr(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Buffer {
  assertSizes(key, iv);
  const cipher = createCipheriv('sm4-ctr', key, iv);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

/** The same as a stream, for recordings that do not fit in memory. Sizes and errors as {@link sm4Ctr}. */
export function createSm4Ctr(key: Uint8Array, iv: Uint8Array): Cipher {
  assertSizes(key, iv);
  return createCipheriv('sm4-ctr', key, iv);
}
