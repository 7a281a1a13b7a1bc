/** The parts a running sandbox is made of, as its admin side and its page need them. */
import type { PGlite } from '@electric-sql/pglite';
import type { Callbacks } from './bank/callbacks.ts';
import type { Settlement } from './bank/settlement.ts';
import type { Clients } from './clients.ts';
import type { ExchangeLog } from './exchange-log.ts';
import type { Faults } from './faults.ts';
import type { TokenKeys } from './idp/token-keys.ts';
import type { People } from './people/people.ts';

/** What `GET /_admin/keys` publishes: everything a caller needs to believe the sandbox's answers. */
export interface PublishedKeys {
  readonly services: Readonly<
    Record<string, { readonly keyId: string; readonly publicKey: string }>
  >;
  /** SM2 public key that bodies with personal data are sealed to. */
  readonly encryptionPublicKey: string;
  readonly caRootPem: string;
  /** Issuing CA, then root. */
  readonly caChainPem: string;
  readonly tsaCertificatePem: string;
  readonly tsaRootPem: string;
}

export interface SandboxParts {
  readonly database: PGlite;
  readonly people: People;
  readonly clients: Clients;
  readonly faults: Faults;
  readonly log: ExchangeLog;
  readonly callbacks: Callbacks;
  readonly settlement: Settlement;
  readonly tokenKeys: TokenKeys;
  readonly issuer: string;
  readonly publishedKeys: PublishedKeys;
  readonly clock: () => Date;
}
