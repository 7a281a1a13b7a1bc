/**
 * Encrypted database fields and the blind indexes that find them again without decrypting.
 */
import type { Keyring } from './keyring.ts';
import { open, seal } from './seal.ts';
import { hmacSm3 } from './sm3.ts';

export interface FieldCipher {
  /** `value` as JSON, sealed for one column of one row: copied to another row or column it does not open. */
  sealJson(column: string, rowId: string, value: unknown): Buffer;
  /**
   * What `sealJson` sealed there, read through `parse`, which refuses what is not a T.
   * @throws CryptoError SEAL_BROKEN, KEY_UNKNOWN; and whatever `parse` throws
   */
  openJson<T>(column: string, rowId: string, sealed: Uint8Array, parse: (value: unknown) => T): T;
  /**
   * HMAC-SM3 of `value`, 32 bytes, equal for equal values of one domain and of no use elsewhere.
   * The caller normalises the value first (an id number in upper case, a mobile without spaces).
   */
  blindIndex(domain: string, value: string): Buffer;
}

/** What `blindIndex` gives, for those who hold the index key alone. */
export function blindIndexOf(indexKey: Uint8Array, domain: string, value: string): Buffer {
  const prefix = Buffer.from(domain, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(prefix.length);
  return hmacSm3(indexKey, Buffer.concat([length, prefix, Buffer.from(value, 'utf8')]));
}

/** @param indexKey 32 bytes, which must stay the same for as long as the indexes are searched */
export function createFieldCipher(keyring: Keyring, indexKey: Uint8Array): FieldCipher {
  const place = (column: string, rowId: string): string => `${column}|${rowId}`;
  return {
    sealJson(column, rowId, value) {
      return seal(keyring, Buffer.from(JSON.stringify(value), 'utf8'), place(column, rowId));
    },
    openJson(column, rowId, sealed, parse) {
      const text = open(keyring, sealed, place(column, rowId)).toString('utf8');
      const value: unknown = JSON.parse(text);
      return parse(value);
    },
    blindIndex: (domain, value) => blindIndexOf(indexKey, domain, value),
  };
}
