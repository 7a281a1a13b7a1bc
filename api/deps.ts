/** What the API is built from, and what travels with one request. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Actor } from '../domain/journey.ts';
import type { AreaDatabases } from '../db/access/pools.ts';
import type { Db, Queryable } from '../db/database.ts';
import type { ObjectStore } from '../platform/object-store.ts';
import type { Cache } from '../platform/cache.ts';
import type { Vault } from '../platform/crypto/vault.ts';
import type { SignInParts } from './auth/parts.ts';
import type { Session } from './auth/sessions.ts';
import type { BacktestMessenger } from './backtest-messenger.ts';
import type { DeskMessenger } from './desk-messenger.ts';
import type { IssuedPapersMessenger } from './issued-papers-messenger.ts';
import type { LoanMessenger } from './loan-messenger.ts';
import type { PaperReader } from './paper-reader.ts';
import type { RightsMessenger } from './rights-messenger.ts';
import type { Role } from './permissions.ts';
import { ApiProblem, type Language } from './problem-response.ts';
import type { RecordingMessenger } from './recording-messenger.ts';
import type { RefusedTokens } from './refused-tokens.ts';
import type { NewRequestLimit } from './request-limits.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** The part of the object store the API uses; bytes are sealed at rest behind it. */
export type Objects = Pick<ObjectStore, 'put' | 'putStream' | 'get' | 'getStream'>;

export interface AccessLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** The lender in whose name authorisations are asked for. */
export interface Lender {
  readonly name: string;
  /** Unified social credit code. */
  readonly uscc: string;
}

export interface ApiDeps {
  /** The edge's database; once the caller is known, the database of the caller's area. */
  readonly db: Db;
  readonly areas: Pick<AreaDatabases, 'of'>;
  /** Ciphers of personal data, by application. */
  readonly vault: Vault<Queryable>;
  /** Where what was derived from a person's reports is forgotten. */
  readonly cache: Pick<Cache, 'forget'>;
  readonly objects: Objects;
  readonly loans: LoanMessenger;
  readonly recordings: RecordingMessenger;
  readonly papers: PaperReader;
  readonly issuedPapers: IssuedPapersMessenger;
  readonly rights: RightsMessenger;
  readonly desk: DeskMessenger;
  readonly backtests: BacktestMessenger;
  readonly verifyToken: TokenVerifier;
  readonly signIn: SignInParts;
  /** SM2 public key of a caller of the signed webhook, or undefined when it is not known. */
  readonly webhookKeyFor: (appId: string, keyId: string) => string | undefined;
  readonly lender: Lender;
  readonly now: () => Date;
  readonly log: AccessLog;
  readonly refusedTokens: RefusedTokens;
  /** Makes the limits below; where they are counted is its business. */
  readonly newLimit: NewRequestLimit;
  /**
   * Requests per minute: of a token's subject, a person at a form or anybody else, and of one address for all that it
   * sends without being recognised.
   */
  readonly requestsPerMinute: {
    readonly applicant: number;
    readonly other: number;
    readonly address: number;
  };
  /** Where the API is reached from outside, for the OpenAPI document. */
  readonly publicUrl: string;
}

/** Who calls, and how that is known. */
export interface Caller {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** A person's bearer token, the cookie of a browser in which staff signed in, or the token of an integrator's client. */
  readonly via: 'token' | 'session' | 'client';
  /** What a client was granted; of no meaning for people. */
  readonly scopes: readonly string[];
  /** Names the session in the audit trail. */
  readonly sessionId?: string;
  /** Requests a client may make per minute. */
  readonly requestsPerMinute?: number;
}

export interface AppEnv {
  Variables: {
    deps: ApiDeps;
    /** Counts this caller's requests; made once per app. */
    rateLimit: MiddlewareHandler<AppEnv>;
    requestId: string;
    language: Language;
    principal?: Caller;
    /** The session of the browser, on the routes that are for signed-in staff of whatever role. */
    session?: Session;
    /** The role in which the caller acts on this route. */
    role?: Role;
    /** Key of this act, bound to the caller; set where the route needs an Idempotency-Key. */
    actKey?: string;
    /** Verb under which this route's answer is recorded, where it holds personal data. */
    personalRead?: string;
    /** The writing of that record, begun once the record may be seen; the answer waits for it. */
    readRecord?: Promise<void>;
  };
}
export type AppContext = Context<AppEnv>;

/** Who calls, once the route's access was checked. */
export function callerOf(c: AppContext): { readonly subject: string; readonly role: Role } {
  const principal = c.get('principal');
  const role = c.get('role');
  if (principal === undefined || role === undefined) throw new ApiProblem('TOKEN_MISSING');
  return { subject: principal.subject, role };
}

/** The caller as the actor of a journey. */
export function actorOf(c: AppContext): Actor {
  const { subject, role } = callerOf(c);
  return { kind: 'human', subject, role };
}

/** The caller as the actor of a task for certain roles: in one of them where the token carries it. */
export function actorFor(c: AppContext, roles: readonly string[]): Actor {
  const fitting = c.get('principal')?.roles.find((held) => roles.includes(held));
  const actor = actorOf(c);
  return fitting === undefined ? actor : { ...actor, role: fitting };
}

/** The key that makes the same act of the same caller one act. */
export function actKeyOf(c: AppContext): string {
  const key = c.get('actKey');
  if (key === undefined) throw new ApiProblem('IDEMPOTENCY_KEY_MISSING');
  return key;
}
