/** The key service of a development installation: key-encryption keys in DATA_KEYS_FILE, read again when it changes. */
import { stat } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { CryptoError } from '../crypto/errors.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { open, seal } from '../crypto/seal.ts';
import { readWrappingKeys } from '../key-files.ts';
import { type KeyService, KeyServiceError, type KeyToUnwrap, type WrappedKey } from './port.ts';

const place = (context: string): string => `data-key|${context}`;

function unwrapOne(keyring: Keyring, { kekId, wrapped, context }: KeyToUnwrap): Buffer {
  if (!keyring.keys.has(kekId)) {
    throw new KeyServiceError('KEK_UNKNOWN', 'No key-encryption key of this id is in the file.');
  }
  try {
    return open(keyring, wrapped, place(context));
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new KeyServiceError('REFUSED', 'The wrapped key was altered or is another.', { cause });
  }
}

/**
 * @param file DATA_KEYS_FILE; its keyring `wrapping` holds the key-encryption keys
 * @throws ConfigError when the file cannot be used
 */
export function createFileKeyService(file: string, environment: Config['environment']): KeyService {
  let read = { version: '', keyring: readWrappingKeys(file, environment) };
  const keyring = async (): Promise<Keyring> => {
    // The time alone would not do: a file replaced twice within one tick of the clock keeps it.
    const { mtimeMs, ino, size } = await stat(file);
    const version = `${mtimeMs} ${ino} ${size}`;
    if (read.version !== version) {
      read = { version, keyring: readWrappingKeys(file, environment) };
    }
    return read.keyring;
  };
  const wrapOne = (ring: Keyring, context: string, key: Uint8Array): WrappedKey => ({
    kekId: ring.activeKeyId,
    wrapped: seal(ring, key, place(context)),
  });
  return {
    currentKekId: async () => (await keyring()).activeKeyId,
    wrap: async (keys) => {
      const ring = await keyring();
      return keys.map(({ context, key }) => wrapOne(ring, context, key));
    },
    unwrap: async (keys) => {
      const ring = await keyring();
      return keys.map((key) => unwrapOne(ring, key));
    },
    rewrap: async (keys) => {
      const ring = await keyring();
      return keys.map((key) => {
        const plain = unwrapOne(ring, key);
        const again = wrapOne(ring, key.context, plain);
        plain.fill(0);
        return again;
      });
    },
  };
}
