/**
 * Ciphers by key subject. Every person has data keys of their own, and so has a draft whose person is not known yet;
 * what belongs to nobody is sealed for the house. The keys lie wrapped in the database and are asked for each time, so
 * that a destroyed or a newer key counts at once in every process; only the unwrapping is remembered for a while.
 */
import type { KeyService } from '../key-service/port.ts';
import { dataKeyIdsOf, type OpenedRow, openRows, type SealedRow } from './bulk-opener.ts';
import {
  cipherOver,
  makeDataKeys,
  type NewDataKey,
  newestOf,
  type StoredDataKey,
  unwrapKeys,
  type WantedKey,
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
  /** Without those that do not exist. */
  ofApplications(db: Q, applicationIds: readonly string[]): Promise<ReadonlyMap<string, KeyHolder>>;
  ofSubject(db: Q, subjectId: string): Promise<readonly StoredDataKey[]>;
  /** Keys by their own ids, without those that do not exist. */
  byIds(db: Q, ids: readonly string[]): Promise<readonly StoredDataKey[]>;
  /** Leaves out keys of a generation that their subject has. */
  add(db: Q, keys: readonly NewDataKey[]): Promise<void>;
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
   * Ciphers of many applications by id, after a new generation was made for each whose sealing key is older than
   * `olderThan`. Those that are erased or do not exist are left out. @throws KeyServiceError
   */
  renew(
    db: Q,
    applicationIds: readonly string[],
    olderThan: Date,
  ): Promise<ReadonlyMap<string, SubjectCipher>>;
  /** The same for the house. @throws KeyServiceError */
  renewHouse(db: Q, olderThan: Date): Promise<SubjectCipher>;
  /**
   * Opens many persons' rows of one column, in their order: for work over the whole record, by batches of some hundred.
   * A row that does not open says why and disturbs no other. @throws KeyServiceError
   */
  openMany(db: Q, column: string, rows: readonly SealedRow[]): Promise<readonly OpenedRow[]>;
  /**
   * HMAC-SM3 of `value`, 32 bytes, equal for equal values of one domain and of no use elsewhere.
   * The caller normalises the value first.
   */
  blindIndex(domain: string, value: string): Buffer;
  /** Overwrites the keys in memory. */
  close(): void;
}

const CACHE = { keepMs: 60_000, graceMs: 120_000, most: 20_000 };

/** An application whose own key was destroyed is erased, and gets no key again. */
const isErased = ({ keys, own }: KeyHolder): boolean => newestOf(keys, own)?.wrapped === null;

/** The key that must be made before the holder can seal. A person who was erased and comes back is given one anew. */
function wantedKey({ keys, sealing }: KeyHolder, olderThan: Date | undefined): WantedKey | null {
  const newest = newestOf(keys, sealing);
  const stands =
    newest !== undefined &&
    newest.wrapped !== null &&
    (olderThan === undefined || newest.createdAt >= olderThan);
  return stands ? null : { subjectId: sealing, generation: (newest?.generation ?? 0) + 1 };
}

export function createVault<Q>({ keyService, store, former, indexKey }: VaultParts<Q>): Vault<Q> {
  const cache = createKeyCache(CACHE);
  const parts = { keyService, cache, former, indexKey };

  async function withKey(
    db: Q,
    read: () => Promise<KeyHolder>,
    olderThan?: Date,
  ): Promise<SubjectCipher> {
    const holder = await read();
    if (isErased(holder)) {
      throw new CryptoError('SUBJECT_ERASED', 'The application was erased: its key was destroyed.');
    }
    const wanted = wantedKey(holder, olderThan);
    if (wanted === null) return await cipherOver(parts, holder.keys, holder.sealing);
    // Another process may have made the same generation this moment: its key stands, and ours is forgotten.
    await store.add(db, await makeDataKeys(keyService, [wanted]));
    return await cipherOver(parts, (await read()).keys, holder.sealing);
  }

  async function renew(
    db: Q,
    ids: readonly string[],
    olderThan: Date,
  ): Promise<ReadonlyMap<string, SubjectCipher>> {
    const before = [...(await store.ofApplications(db, ids))].filter(([, one]) => !isErased(one));
    // Two applications of one person want one key.
    const wanted = new Map<string, WantedKey>();
    for (const [, holder] of before) {
      const key = wantedKey(holder, olderThan);
      if (key !== null) wanted.set(key.subjectId, key);
    }
    if (wanted.size > 0) await store.add(db, await makeDataKeys(keyService, [...wanted.values()]));
    const holders = await store.ofApplications(
      db,
      before.map(([id]) => id),
    );
    await unwrapKeys(
      keyService,
      cache,
      [...holders.values()].flatMap(({ keys }) => keys),
    );
    const ciphers = new Map<string, SubjectCipher>();
    for (const [id, { keys, sealing }] of holders) {
      ciphers.set(id, await cipherOver(parts, keys, sealing));
    }
    return ciphers;
  }

  const application = (db: Q, id: string) => async (): Promise<KeyHolder> => {
    const holder = (await store.ofApplications(db, [id])).get(id);
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
    renew,
    openMany: async (db, column, rows) =>
      openRows(parts, await store.byIds(db, dataKeyIdsOf(rows)), column, rows),
    renewHouse: (db, olderThan) => withKey(db, house(db), olderThan),
    blindIndex: (domain, value) => blindIndexOf(indexKey, domain, value),
    close: () => cache.close(),
  };
}
