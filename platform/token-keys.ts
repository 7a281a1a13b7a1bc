/**
 * The ES256 keys that sign the platform's own access tokens: one signs, the others still verify what they signed.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { z } from 'zod';
import { ConfigError } from './config.ts';

const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** The written form: PKCS#8 PEM by key id, of which `active` signs. */
export const tokenKeysText = z.strictObject({
  active: z.string().regex(KEY_ID),
  keys: z.record(z.string().regex(KEY_ID), z.string()),
});
export type TokenKeysText = z.infer<typeof tokenKeysText>;

export interface TokenKeys {
  /** A name in `keys`. */
  readonly activeKeyId: string;
  /** Private keys of curve P-256. */
  readonly keys: ReadonlyMap<string, KeyObject>;
}

/** A public key as `GET /v1/keys` publishes it (RFC 7517). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** A fresh set of one key. */
export function makeTokenKeys(): TokenKeysText {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return { active: 'tokens-1', keys: { 'tokens-1': String(pem) } };
}

/** @throws ConfigError when a key is not a private key of curve P-256 or the active one is missing */
export function parseTokenKeys(written: TokenKeysText): TokenKeys {
  const keys = new Map<string, KeyObject>();
  for (const [keyId, pem] of Object.entries(written.keys)) keys.set(keyId, readKey(keyId, pem));
  if (keys.has(written.active)) return { activeKeyId: written.active, keys };
  throw new ConfigError('DATA_KEYS_FILE: the active key of tokens is not among its keys.');
}

function readKey(keyId: string, pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new ConfigError(`DATA_KEYS_FILE: tokens key ${keyId} is not a private key of P-256.`);
}

const coordinates = z.object({ x: z.string(), y: z.string() });

/** The public halves. */
export function publicTokenKeys(tokens: TokenKeys): readonly PublicJwk[] {
  return [...tokens.keys].map(([kid, key]) => {
    const { x, y } = coordinates.parse(createPublicKey(key).export({ format: 'jwk' }));
    return { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
  });
}
