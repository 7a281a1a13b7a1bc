/**
 * Ciphers by key subject. Every person has data keys of their own, and so has a draft whose person is not known yet;
 * what belongs to nobody is sealed for the house. The keys lie wrapped in the database and are asked for each time, so
 * that a destroyed or a newer key counts at once in every process; only the unwrapping is remembered for a while.
 */
import type { KeyService } from '../key-service/port.ts';
import {
  cipherOver,
  makeDataKey,
  type NewDataKey,
  newestOf,
  type StoredDataKey,
} from './data-keys.ts';
import { CryptoError } from './errors.ts';
import { blindIndexOf } from './field-cipher.ts';
import type { Keyring } from './keyring.ts';
import type { SubjectCipher } from './subject-cipher.ts';
import { createKeyCache } from './vault-cache.ts';

/** The subject of rows that belong to no person: answers kept for repeated requests, the bank's notices. */
export const HOUSE_SUBJECT = '00000000-0000-4000-8000-000000000001';

/** Whose keys an application's data are sealed under. */
export interface KeyHolder {
  /** The application's own subject: seals while it is a draft; destroyed, the application is erased. */
  readonly own: string;
  /** The subject that seals now: the person's, from the submission on. */
  readonly sealing: string;
  readonly keys: readonly StoredDataKey[];
}

/** The database as the vault sees it; `Q` is a pool or a transaction. */
export interface KeyStore<Q> {
  ofApplication(db: Q, applicationId: string): Promise<KeyHolder | undefined>;
  ofSubject(db: Q, subjectId: string): Promise<readonly StoredDataKey[]>;
  /** Does nothing when the subject has a key of that generation. */
  add(db: Q, key: NewDataKey): Promise<void>;
}

export interface VaultParts<Q> {
  readonly keyService: KeyService;
  readonly store: KeyStore<Q>;
  /** Opens what was sealed before persons had keys of their own. */
  readonly former: Keyring;
  /** 32 bytes, which must stay the same for as long as the indexes are searched. */
  readonly indexKey: Uint8Array;
}

export interface Vault<Q> {
  /**
   * The cipher of an application's data, for one piece of work: hold it for no longer than a minute.
   * @throws CryptoError KEY_UNKNOWN for no such application, SUBJECT_ERASED; KeyServiceError
   */
  of(db: Q, applicationId: string): Promise<SubjectCipher>;
  /** The cipher of what belongs to no person. @throws KeyServiceError */
  ofHouse(db: Q): Promise<SubjectCipher>;
  /**
   * The same, after a new generation was made if the sealing key is older than `olderThan`; null stands for the house.
   * @throws CryptoError, KeyServiceError
   */
  renew(db: Q, applicationId: string | null, olderThan: Date): Promise<SubjectCipher>;
  /**
   * HMAC-SM3 of `value`, 32 bytes, equal for equal values of one domain and of no use elsewhere.
   * The caller normalises the value first.
   */
  blindIndex(domain: string, value: string): Buffer;
  /** Overwrites the keys in memory. */
  close(): void;
}

const CACHE = { keepMs: 60_000, graceMs: 120_000, most: 20_000 };

export function createVault<Q>({ keyService, store, former, indexKey }: VaultParts<Q>): Vault<Q> {
  const cache = createKeyCache(CACHE);
  const parts = { keyService, cache, former, indexKey };

  /** A person who was erased and comes back is given a key anew; an application that was erased is not. */
  async function withKey(
    db: Q,
    read: () => Promise<KeyHolder>,
    olderThan?: Date,
  ): Promise<SubjectCipher> {
    const holder = await read();
    const newest = newestOf(holder.keys, holder.sealing);
    if (newestOf(holder.keys, holder.own)?.wrapped === null) {
      throw new CryptoError('SUBJECT_ERASED', 'The application was erased: its key was destroyed.');
    }
    const stands =
      newest !== undefined &&
      newest.wrapped !== null &&
      (olderThan === undefined || newest.createdAt >= olderThan);
    if (stands) return await cipherOver(parts, holder.keys, holder.sealing);
    // Another process may have made the same generation this moment: its key stands, and ours is forgotten.
    const generation = (newest?.generation ?? 0) + 1;
    await store.add(db, await makeDataKey(keyService, holder.sealing, generation));
    return await cipherOver(parts, (await read()).keys, holder.sealing);
  }

  const application = (db: Q, id: string) => async (): Promise<KeyHolder> => {
    const holder = await store.ofApplication(db, id);
    if (holder === undefined) throw new CryptoError('KEY_UNKNOWN', 'There is no such application.');
    return holder;
  };
  const house = (db: Q) => async (): Promise<KeyHolder> => ({
    own: HOUSE_SUBJECT,
    sealing: HOUSE_SUBJECT,
    keys: await store.ofSubject(db, HOUSE_SUBJECT),
  });

  return {
    of: (db, applicationId) => withKey(db, application(db, applicationId)),
    ofHouse: (db) => withKey(db, house(db)),
    renew: (db, id, olderThan) =>
      withKey(db, id === null ? house(db) : application(db, id), olderThan),
    blindIndex: (domain, value) => blindIndexOf(indexKey, domain, value),
    close: () => cache.close(),
  };
}
