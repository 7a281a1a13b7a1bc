/** Data keys at work: making them, unwrapping what the database keeps, and the cipher that they make up together. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { KeyService } from '../key-service/port.ts';
import { CryptoError } from './errors.ts';
import { KEY_BYTES, type Keyring } from './keyring.ts';
import { createSubjectCipher, type SubjectCipher, type SubjectKey } from './subject-cipher.ts';
import type { KeyCache, UnwrappedKey } from './vault-cache.ts';

/** One data key as the database keeps it; `wrapped` is null once the key was destroyed. */
export interface StoredDataKey {
  readonly id: string;
  readonly subjectId: string;
  /** 1, 2, …; the highest seals. */
  readonly generation: number;
  readonly kekId: string;
  readonly wrapped: Buffer | null;
  readonly createdAt: Date;
}

export interface NewDataKey {
  readonly id: string;
  readonly subjectId: string;
  readonly generation: number;
  readonly kekId: string;
  readonly wrapped: Buffer;
}

/** What the key service binds a data key to: its id and whose it is. */
export const contextOf = (key: { readonly id: string; readonly subjectId: string }): string =>
  `${key.id}|${key.subjectId}`;

/** The key of the highest generation, destroyed or not; undefined for a subject that has none. */
export function newestOf(
  keys: readonly StoredDataKey[],
  subjectId: string,
): StoredDataKey | undefined {
  return keys
    .filter((key) => key.subjectId === subjectId)
    .reduce<StoredDataKey | undefined>(
      (newest, key) => (newest === undefined || key.generation > newest.generation ? key : newest),
      undefined,
    );
}

/** A key that a subject is in want of. */
export interface WantedKey {
  readonly subjectId: string;
  readonly generation: number;
}

/** New keys, wrapped by one question. @throws KeyServiceError */
export async function makeDataKeys(
  keyService: KeyService,
  wanted: readonly WantedKey[],
): Promise<readonly NewDataKey[]> {
  const made = wanted.map((one) => ({ ...one, id: randomUUID(), key: randomBytes(KEY_BYTES) }));
  const wrapped = await keyService.wrap(
    made.map(({ key, ...one }) => ({ context: contextOf(one), key })),
  );
  return made.map(({ key, ...one }, at) => {
    key.fill(0);
    const found = wrapped[at];
    if (found === undefined) throw new CryptoError('KEY_INVALID', 'No wrapped key came back.');
    return { ...one, ...found };
  });
}

/** The live ones of `keys` in clear, from the cache or the key service. @throws KeyServiceError */
export async function unwrapKeys(
  keyService: KeyService,
  cache: KeyCache,
  keys: readonly StoredDataKey[],
): Promise<readonly SubjectKey[]> {
  const known = new Map<string, UnwrappedKey>();
  const missing = keys.flatMap((key) => {
    if (key.wrapped === null) return [];
    const held = cache.take(key.id);
    if (held !== undefined) known.set(key.id, held);
    return held === undefined ? [{ ...key, wrapped: key.wrapped, context: contextOf(key) }] : [];
  });
  const plain = missing.length === 0 ? [] : await keyService.unwrap(missing);
  for (const [at, { id }] of missing.entries()) {
    const bytes = plain[at];
    if (bytes !== undefined) known.set(id, cache.keep(id, bytes));
  }
  return keys.flatMap(({ id, subjectId }) => {
    const key = known.get(id);
    return key === undefined ? [] : [{ subjectId, key }];
  });
}

export interface CipherParts {
  readonly keyService: KeyService;
  readonly cache: KeyCache;
  readonly former: Keyring;
  readonly indexKey: Uint8Array;
}

/** The cipher that seals under the newest key of `sealing` and opens with all of `keys`. @throws KeyServiceError */
export async function cipherOver(
  { keyService, cache, former, indexKey }: CipherParts,
  keys: readonly StoredDataKey[],
  sealing: string,
): Promise<SubjectCipher> {
  const newest = newestOf(keys, sealing);
  const opening = await unwrapKeys(keyService, cache, keys);
  const sealer = opening.find(({ key }) => key.id === newest?.id);
  if (sealer === undefined) throw new CryptoError('KEY_UNKNOWN', 'The subject has no data key.');
  const destroyed = new Set(keys.filter(({ wrapped }) => wrapped === null).map(({ id }) => id));
  return createSubjectCipher({ sealing: sealer, opening, destroyed, former, indexKey });
}
