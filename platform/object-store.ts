/**
 * Contracts, recordings and other objects too large for a row: the interface, and its file-system form, sealed at rest.
 */
import { randomBytes } from 'node:crypto';
import { access, mkdir, open as openFile, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Keyring } from './crypto/keyring.ts';
import { open, sealKeyId } from './crypto/seal.ts';
import { sm3Hex } from './crypto/sm3.ts';
import type { ByteCipher } from './crypto/subject-cipher.ts';

/** `NOT_FOUND`: nothing is kept under the key. `KEY_INVALID`: not a name of an object. */
export type ObjectStoreErrorCode = 'NOT_FOUND' | 'KEY_INVALID';

export class ObjectStoreError extends Error {
  readonly code: ObjectStoreErrorCode;

  constructor(code: ObjectStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ObjectStoreError';
    this.code = code;
  }
}

/** Keys are segments of letters, digits, `.`, `_` and `-`, joined by slashes; never personal data. */
export interface ObjectStore {
  /**
   * Keeps `bytes` sealed by the cipher of the person they belong to, in place of what was there. Answers the SM3
   * (hexadecimal) and size of the bytes as given.
   */
  put(
    key: string,
    bytes: Uint8Array,
    cipher: ByteCipher,
  ): Promise<{ readonly sm3: string; readonly size: number }>;
  /**
   * @throws ObjectStoreError NOT_FOUND; CryptoError SEAL_BROKEN when the object was altered or moved, SUBJECT_ERASED
   */
  get(key: string, cipher: ByteCipher): Promise<Buffer>;
  /** Seals the object anew unless the cipher's newest key sealed it. Answers whether it had to; a missing one does not. */
  reseal(key: string, cipher: ByteCipher): Promise<boolean>;
  has(key: string): Promise<boolean>;
  /** Does nothing when there is no such object. */
  delete(key: string): Promise<void>;
}

const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const KEY_LENGTH_MAX = 200;
/** Ends in a character that no key may end with a segment of, so a half-written object is never taken for one. */
const TEMPORARY = '~';
/** What objects are sealed for, beside their key. */
const PLACE = 'object';

/**
 * Objects as files under `dir`, each sealed for its own key: renamed on disk, it does not open.
 * @param former opens what was sealed before persons had keys of their own
 */
export function createFileObjectStore(dir: string, former: Keyring): ObjectStore {
  const pathOf = (key: string): string => {
    if (key.length > KEY_LENGTH_MAX || !KEY.test(key)) {
      throw new ObjectStoreError('KEY_INVALID', 'Not a key of an object.');
    }
    return join(dir, key);
  };
  const read = async (key: string): Promise<Buffer> =>
    readFile(pathOf(key)).catch((cause: unknown) => {
      throw isMissing(cause)
        ? new ObjectStoreError('NOT_FOUND', 'No object is kept under this key.', { cause })
        : cause;
    });
  const exists = (key: string): Promise<boolean> =>
    access(pathOf(key)).then(
      () => true,
      () => false,
    );
  const opened = (key: string, sealed: Buffer, cipher: ByteCipher): Buffer =>
    former.keys.has(sealKeyId(sealed))
      ? open(former, sealed, `${PLACE}|${key}`)
      : cipher.openBytes(PLACE, key, sealed);
  return {
    async put(key, bytes, cipher) {
      await replaceFile(pathOf(key), cipher.sealBytes(PLACE, key, bytes));
      return { sm3: sm3Hex(bytes), size: bytes.length };
    },
    get: async (key, cipher) => opened(key, await read(key), cipher),
    async reseal(key, cipher) {
      if (!(await exists(key))) return false;
      const sealed = await read(key);
      if (sealKeyId(sealed) === cipher.sealingKeyId) return false;
      const plain = opened(key, sealed, cipher);
      await replaceFile(pathOf(key), cipher.sealBytes(PLACE, key, plain));
      return true;
    },
    has: exists,
    async delete(key) {
      await rm(pathOf(key), { force: true });
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Written beside, flushed and renamed: after a crash the old object or the new one is there, whole. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomBytes(6).toString('hex')}${TEMPORARY}`;
  try {
    const file = await openFile(beside, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  const directory = await openFile(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
