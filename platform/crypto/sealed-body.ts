/**
 * Bodies with personal data on their way to and from the outside world: a fresh SM4 key per body, sent SM2-encrypted.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { CryptoError } from './errors.ts';
import { sm2Decrypt, sm2Encrypt } from './sm2-core.ts';
import { hmacSm3 } from './sm3.ts';
import { sm4Ctr } from './sm4.ts';

const SM4_KEY_BYTES = 16;
const MAC_KEY_BYTES = 32;
const IV_BYTES = 16;

/** All four fields in base64. */
export const sealedBody = z.strictObject({
  /** SM2 ciphertext (C1C3C2, DER) of 48 bytes: the SM4 key, then the mac key. */
  key: z.base64(),
  /** 16 bytes. */
  iv: z.base64(),
  /** SM4-CTR of the JSON text. */
  data: z.base64(),
  /** HMAC-SM3 over iv ‖ data. */
  mac: z.base64(),
});
export type SealedBody = z.infer<typeof sealedBody>;

/** `value` as JSON that only the holder of the private key can read. @throws CryptoError KEY_INVALID */
export function sealBody(publicKey: string, value: unknown): SealedBody {
  const keys = randomBytes(SM4_KEY_BYTES + MAC_KEY_BYTES);
  const iv = randomBytes(IV_BYTES);
  const text = Buffer.from(JSON.stringify(value), 'utf8');
  const data = sm4Ctr(keys.subarray(0, SM4_KEY_BYTES), iv, text);
  const mac = hmacSm3(keys.subarray(SM4_KEY_BYTES), Buffer.concat([iv, data]));
  return {
    key: sm2Encrypt(publicKey, keys).toString('base64'),
    iv: iv.toString('base64'),
    data: data.toString('base64'),
    mac: mac.toString('base64'),
  };
}

/**
 * The value in a sealed body; the caller parses it.
 * @throws CryptoError SEAL_BROKEN when a part was altered or is no JSON, CIPHERTEXT_BROKEN when the key is not for us
 */
export function openBody(privateKey: string, sealed: SealedBody): unknown {
  const keys = sm2Decrypt(privateKey, Buffer.from(sealed.key, 'base64'));
  const iv = Buffer.from(sealed.iv, 'base64');
  const data = Buffer.from(sealed.data, 'base64');
  const mac = Buffer.from(sealed.mac, 'base64');
  const expected = hmacSm3(keys.subarray(SM4_KEY_BYTES), Buffer.concat([iv, data]));
  const sizes = keys.length === SM4_KEY_BYTES + MAC_KEY_BYTES && iv.length === IV_BYTES;
  if (!sizes || mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
    throw new CryptoError('SEAL_BROKEN', 'The sealed body was altered.');
  }
  try {
    return JSON.parse(sm4Ctr(keys.subarray(0, SM4_KEY_BYTES), iv, data).toString('utf8'));
  } catch (cause) {
    throw new CryptoError('SEAL_BROKEN', 'The sealed body is not JSON.', { cause });
  }
}
