/**
 * Sealing data at rest: SM4-CTR, then HMAC-SM3 over everything (encrypt-then-MAC), because OpenSSL 3.0 has no SM4-GCM.
 *
 * Form: version (1 byte, = 1) ‖ length of key id (1) ‖ key id ‖ nonce (16) ‖ ciphertext ‖ mac (32).
 * The mac also covers the associated data (length-prefixed), which says where the sealed bytes belong: bytes moved
 * to another row or column do not open there.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { CryptoError } from './errors.ts';
import type { Keyring } from './keyring.ts';
import { hmacSm3 } from './sm3.ts';
import { sm4Ctr } from './sm4.ts';

const VERSION = 1;
export const NONCE_BYTES = 16;
export const MAC_BYTES = 32;

/** The two keys that one key of a keyring is split into. */
export interface Subkeys {
  readonly encryption: Buffer;
  readonly authentication: Buffer;
}

/** Derived subkeys live as long as the keyring's key itself. */
const derived = new WeakMap<Uint8Array, Subkeys>();

/** @throws CryptoError KEY_UNKNOWN */
export function subkeys(keyring: Keyring, keyId: string): Subkeys {
  const key = keyring.keys.get(keyId);
  if (key === undefined) throw new CryptoError('KEY_UNKNOWN', 'No key of this id is at hand.');
  const known = derived.get(key);
  if (known !== undefined) return known;
  const made: Subkeys = {
    encryption: hmacSm3(key, 'xindai seal 1: encryption').subarray(0, 16),
    authentication: hmacSm3(key, 'xindai seal 1: authentication'),
  };
  derived.set(key, made);
  return made;
}

/** Overwrites a key and what was derived from it; whoever still holds it must not seal with it. */
export function wipeKey(key: Buffer): void {
  const known = derived.get(key);
  known?.encryption.fill(0);
  known?.authentication.fill(0);
  derived.delete(key);
  key.fill(0);
}

/** What stands before the ciphertext under the MAC: the header and, length-prefixed, where the bytes belong. */
export function macPrefix(header: Uint8Array, associatedData: string): Buffer {
  const associated = Buffer.from(associatedData, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(associated.length);
  return Buffer.concat([header, length, associated]);
}

const macOf = (
  key: Uint8Array,
  header: Uint8Array,
  associatedData: string,
  cipher: Uint8Array,
): Buffer => hmacSm3(key, Buffer.concat([macPrefix(header, associatedData), cipher]));

/** The header of a seal under a key: version, key id and a fresh nonce. */
export function sealHeader(keyId: string): { readonly header: Buffer; readonly nonce: Buffer } {
  const id = Buffer.from(keyId, 'utf8');
  const nonce = randomBytes(NONCE_BYTES);
  return { header: Buffer.concat([Buffer.from([VERSION, id.length]), id, nonce]), nonce };
}

/**
 * Seals `plaintext` under the keyring's active key.
 * @param associatedData where the bytes belong; the same text opens them again. Not stored.
 * @throws CryptoError KEY_UNKNOWN
 */
export function seal(keyring: Keyring, plaintext: Uint8Array, associatedData: string): Buffer {
  const { encryption, authentication } = subkeys(keyring, keyring.activeKeyId);
  const { header, nonce } = sealHeader(keyring.activeKeyId);
  const cipher = sm4Ctr(encryption, nonce, plaintext);
  return Buffer.concat([header, cipher, macOf(authentication, header, associatedData, cipher)]);
}

/** Whether the bytes have the form of sealed data; nothing is authenticated. */
export function isSealed(bytes: Uint8Array): boolean {
  const length = bytes[1];
  if (bytes[0] !== VERSION || length === undefined) return false;
  return bytes.length >= 2 + length + NONCE_BYTES + MAC_BYTES;
}

/** The id of the key that sealed these bytes, not yet authenticated. @throws CryptoError SEAL_BROKEN */
export function sealKeyId(sealed: Uint8Array): string {
  const length = sealed[1];
  if (length === undefined || !isSealed(sealed)) {
    throw new CryptoError('SEAL_BROKEN', 'Not sealed data.');
  }
  return Buffer.from(sealed.subarray(2, 2 + length)).toString('utf8');
}

/**
 * What {@link seal} sealed.
 * @throws CryptoError SEAL_BROKEN when a bit was altered or the associated data differ, KEY_UNKNOWN
 */
export function open(keyring: Keyring, sealed: Uint8Array, associatedData: string): Buffer {
  const keyId = sealKeyId(sealed);
  const { encryption, authentication } = subkeys(keyring, keyId);
  const nonceAt = 2 + Buffer.byteLength(keyId, 'utf8');
  const header = sealed.subarray(0, nonceAt + NONCE_BYTES);
  const cipher = sealed.subarray(header.length, sealed.length - MAC_BYTES);
  const mac = sealed.subarray(sealed.length - MAC_BYTES);
  if (!timingSafeEqual(mac, macOf(authentication, header, associatedData, cipher))) {
    throw new CryptoError('SEAL_BROKEN', 'The sealed data were altered or belong elsewhere.');
  }
  return sm4Ctr(encryption, header.subarray(nonceAt), cipher);
}
