/** The cipher of one key subject: seals under its newest data key, opens what any of its keys or a former keyring sealed. */
import { CryptoError } from './errors.ts';
import { blindIndexOf, type FieldCipher } from './field-cipher.ts';
import type { Keyring } from './keyring.ts';
import { open, seal, sealKeyId } from './seal.ts';
import type { UnwrappedKey } from './vault-cache.ts';

/** Seals bytes that are no JSON: objects too large for a row. */
export interface ByteCipher {
  /** The id of the key that seals; a sealed value of another key is due for sealing again. */
  readonly sealingKeyId: string;
  sealBytes(column: string, rowId: string, bytes: Uint8Array): Buffer;
  /** @throws CryptoError SEAL_BROKEN, KEY_UNKNOWN, SUBJECT_ERASED */
  openBytes(column: string, rowId: string, sealed: Uint8Array): Buffer;
}

export type SubjectCipher = FieldCipher & ByteCipher;

/** A data key at work; the subject is part of what its seals are bound to. */
export interface SubjectKey {
  readonly subjectId: string;
  readonly key: UnwrappedKey;
}

export interface SubjectKeys {
  readonly sealing: SubjectKey;
  readonly opening: readonly SubjectKey[];
  /** Ids of data keys that were destroyed. */
  readonly destroyed: ReadonlySet<string>;
  /** Opens what was sealed before persons had keys of their own: bound to column and row alone. */
  readonly former: Keyring;
  /** 32 bytes. */
  readonly indexKey: Uint8Array;
}

function usable({ key }: SubjectKey): Uint8Array {
  if (!key.wiped) return key.bytes;
  throw new CryptoError('KEY_UNKNOWN', 'The cipher was held for longer than its keys are kept.');
}

const alone = (id: string, bytes: Uint8Array): Keyring => ({
  activeKeyId: id,
  keys: new Map([[id, bytes]]),
});

function openUnder(keys: SubjectKeys, column: string, rowId: string, sealed: Uint8Array): Buffer {
  const id = sealKeyId(sealed);
  const held = keys.opening.find(({ key }) => key.id === id);
  const place = `${column}|${rowId}`;
  if (held !== undefined) {
    return open(alone(id, usable(held)), sealed, `${place}|${held.subjectId}`);
  }
  if (keys.destroyed.has(id)) {
    throw new CryptoError('SUBJECT_ERASED', 'The data were erased: their key was destroyed.');
  }
  return open(keys.former, sealed, place);
}

export function createSubjectCipher(keys: SubjectKeys): SubjectCipher {
  const { sealing, indexKey } = keys;
  const sealBytes = (column: string, rowId: string, bytes: Uint8Array): Buffer =>
    seal(alone(sealing.key.id, usable(sealing)), bytes, `${column}|${rowId}|${sealing.subjectId}`);
  return {
    sealingKeyId: sealing.key.id,
    sealBytes,
    openBytes: (column, rowId, sealed) => openUnder(keys, column, rowId, sealed),
    sealJson: (column, rowId, value) =>
      sealBytes(column, rowId, Buffer.from(JSON.stringify(value), 'utf8')),
    openJson(column, rowId, sealed, parse) {
      const value: unknown = JSON.parse(openUnder(keys, column, rowId, sealed).toString('utf8'));
      return parse(value);
    },
    blindIndex: (domain, value) => blindIndexOf(indexKey, domain, value),
  };
}
