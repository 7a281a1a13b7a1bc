/**
 * Keyrings: the keys that seal data at rest, of which one is active (seals) and the others still open what they sealed.
 */
import { z } from 'zod';
import { CryptoError } from './errors.ts';

/** `activeKeyId` is a name in `keys`; every key has 32 bytes. */
export interface Keyring {
  readonly activeKeyId: string;
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

export const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** The written form: `{"active": "k1", "keys": {"k1": "<32 bytes in base64>"}}`. */
export const keyringText = z.strictObject({
  active: z.string().regex(KEY_ID),
  keys: z.record(z.string().regex(KEY_ID), z.base64()),
});
export type KeyringText = z.infer<typeof keyringText>;

/** A keyring from its written form, given as JSON text or as the parsed value. @throws CryptoError KEY_INVALID */
export function parseKeyring(written: unknown): Keyring {
  const parsed = keyringText.safeParse(typeof written === 'string' ? readJson(written) : written);
  if (!parsed.success) throw new CryptoError('KEY_INVALID', 'Not a keyring.');
  const keys = new Map<string, Uint8Array>();
  for (const [keyId, text] of Object.entries(parsed.data.keys)) {
    const key = Buffer.from(text, 'base64');
    if (key.length !== KEY_BYTES) {
      throw new CryptoError('KEY_INVALID', `The keyring's key "${keyId}" does not have 32 bytes.`);
    }
    keys.set(keyId, key);
  }
  if (!keys.has(parsed.data.active)) {
    throw new CryptoError('KEY_INVALID', "The keyring's active key is not among its keys.");
  }
  return { activeKeyId: parsed.data.active, keys };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
