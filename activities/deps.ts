/** What the activities are given when the worker starts: the database, keys, ports and rules. */
import type { Db, Queryable } from '../db/database.ts';
import type { Logger } from 'pino';
import type { Cache } from '../platform/cache.ts';
import type { Sealer } from '../platform/act-seal.ts';
import type { Vault } from '../platform/crypto/vault.ts';
import type { LenderSeal } from '../platform/key-service/lender-seal.ts';
import type { KeyService } from '../platform/key-service/port.ts';
import type { SigningKey } from '../platform/keys.ts';
import type { ObjectStore } from '../platform/object-store.ts';
import type { FontSet } from './contract/fonts.ts';
import type { Ports } from './ports/index.ts';
import type { RulebookReader } from './rulebooks.ts';

/** The lender as contracts and bureaus name it. */
export interface Lender {
  readonly name: string;
  /** Unified social credit code. */
  readonly uscc: string;
}

export interface ActivityDeps {
  readonly db: Db;
  /** Ciphers of personal data, by application. */
  readonly vault: Vault<Queryable>;
  /** What was derived from evidence and may be lost at any time; sealed by whoever keeps it. */
  readonly cache: Cache;
  readonly keyService: KeyService;
  readonly objects: ObjectStore;
  readonly ports: Ports;
  readonly rulebooks: RulebookReader;
  readonly lender: Lender;
  /** Signs contracts for the lender. */
  readonly lenderSeal: LenderSeal;
  /** Knows the acts that the API sent. */
  readonly actSealer: Pick<Sealer, 'bears'>;
  /** Seals the audit chain. */
  readonly auditKey: SigningKey;
  /** Roots that applicants' certificates must lead to, PEM. */
  readonly caRootsPem: readonly string[];
  /** Whom time stamps are believed, PEM. */
  readonly tsaCertificatesPem: readonly string[];
  /** Public keys that seal the audit chain or have sealed it, by key id. */
  readonly auditPublicKeys: ReadonlyMap<string, string>;
  readonly fonts: FontSet;
  readonly log: Logger;
}
