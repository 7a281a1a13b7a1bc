/** The cipher of one key subject: seals under its newest data key, opens what any of its keys or a former keyring sealed. */
import { CryptoError } from './errors.ts';
import { blindIndexOf, type FieldCipher } from './field-cipher.ts';
import type { Keyring } from './keyring.ts';
import { open, seal, sealKeyId } from './seal.ts';
import {
  type ByteStream,
  openStream,
  type SealedReader,
  type SealOpener,
  sealStream,
} from './seal-stream.ts';
import type { UnwrappedKey } from './vault-cache.ts';

/** Seals bytes that are no JSON: objects too large for a row. */
export interface ByteCipher {
  /** The id of the key that seals; a sealed value of another key is due for sealing again. */
  readonly sealingKeyId: string;
  sealBytes(column: string, rowId: string, bytes: Uint8Array): Buffer;
  /** @throws CryptoError SEAL_BROKEN, KEY_UNKNOWN, SUBJECT_ERASED */
  openBytes(column: string, rowId: string, sealed: Uint8Array): Buffer;
}

/** Seals and opens bytes as they pass by, in the form of `ByteCipher`: what one sealed the other opens. */
export interface StreamCipher extends ByteCipher {
  sealStream(column: string, rowId: string, plain: ByteStream): ByteStream;
  /**
   * Nothing is given out before the whole seal was checked: the sealed bytes are read twice.
   * @throws CryptoError as `openBytes`, while the stream is read
   */
  openStream(column: string, rowId: string, readSealed: SealedReader): ByteStream;
}

export type SubjectCipher = FieldCipher & StreamCipher;

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

/** What opens a seal of the key `id` made for a place. */
function openerOf(keys: SubjectKeys, place: string, id: string): SealOpener {
  const held = keys.opening.find(({ key }) => key.id === id);
  if (held !== undefined) {
    return {
      keyring: alone(id, usable(held)),
      associatedData: `${place}|${held.subjectId}`,
    };
  }
  if (keys.destroyed.has(id)) {
    throw new CryptoError('SUBJECT_ERASED', 'The data were erased: their key was destroyed.');
  }
  return { keyring: keys.former, associatedData: place };
}

function openUnder(keys: SubjectKeys, column: string, rowId: string, sealed: Uint8Array): Buffer {
  const { keyring, associatedData } = openerOf(keys, `${column}|${rowId}`, sealKeyId(sealed));
  return open(keyring, sealed, associatedData);
}

export function createSubjectCipher(keys: SubjectKeys): SubjectCipher {
  const { sealing, indexKey } = keys;
  const placeOf = (column: string, rowId: string) => `${column}|${rowId}|${sealing.subjectId}`;
  const sealBytes = (column: string, rowId: string, bytes: Uint8Array): Buffer =>
    seal(alone(sealing.key.id, usable(sealing)), bytes, placeOf(column, rowId));
  return {
    sealingKeyId: sealing.key.id,
    sealBytes,
    openBytes: (column, rowId, sealed) => openUnder(keys, column, rowId, sealed),
    sealStream: (column, rowId, plain) =>
      sealStream(alone(sealing.key.id, usable(sealing)), plain, placeOf(column, rowId)),
    openStream: (column, rowId, readSealed) =>
      openStream((id) => openerOf(keys, `${column}|${rowId}`, id), readSealed),
    sealJson: (column, rowId, value) =>
      sealBytes(column, rowId, Buffer.from(JSON.stringify(value), 'utf8')),
    openJson(column, rowId, sealed, parse) {
      const value: unknown = JSON.parse(openUnder(keys, column, rowId, sealed).toString('utf8'));
      return parse(value);
    },
    blindIndex: (domain, value) => blindIndexOf(indexKey, domain, value),
  };
}
