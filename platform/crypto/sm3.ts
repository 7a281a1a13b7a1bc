/**
 * The SM3 hash (GB/T 32905-2016) and HMAC-SM3, by OpenSSL through node:crypto.
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/** SM3 digest, 32 bytes. A string is hashed as UTF-8. */
export function sm3(data: Uint8Array | string): Buffer {
  return createHash('sm3').update(data).digest();
}

/** SM3 digest as 64 lower-case hexadecimal digits. */
export function sm3Hex(data: Uint8Array | string): string {
  return createHash('sm3').update(data).digest('hex');
}

/** HMAC-SM3 (RFC 2104 over SM3), 32 bytes. */
export function hmacSm3(key: Uint8Array, data: Uint8Array | string): Buffer {
  return createHmac('sm3', key).update(data).digest();
}

/** An SM3 hash fed piece by piece, for data too large to hold at once: `update(…)` as often as needed, then `digest()`. */
export function createSm3(): Hash {
  return createHash('sm3');
}

/** An HMAC-SM3 fed piece by piece, as {@link createSm3}. */
export function createHmacSm3(key: Uint8Array): Hmac {
  return createHmac('sm3', key);
}
