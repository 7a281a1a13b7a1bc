/** What sign-in is built from, and how a process puts it together from its configuration. */
import { readFileSync } from 'node:fs';
import { createLocalJWKSet, createRemoteJWKSet } from 'jose';
import type { Db } from '../../db/database.ts';
import { ConfigError, type Config } from '../../platform/config.ts';
import { hmacSm3 } from '../../platform/crypto/sm3.ts';
import type { TokenKeys } from '../../platform/token-keys.ts';
import { publicTokenKeys } from '../../platform/token-keys.ts';
import { type Role, ROLES } from '../../domain/authority.ts';
import { isOwnerRole } from '../permissions.ts';
import { createIssuerSwitch, createTokenVerifier, type TokenVerifier } from '../token-verifier.ts';
import { ANSWER_FLOOR_MS } from './even-timing.ts';
import { createSignInLimits, type SignInLimits } from './limits.ts';
import { createStaffProvider, type StaffProvider } from './staff-provider.ts';
import { createTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** Where the provider sends a browser back. */
export const CALLBACK_PATH = '/v1/sign-in/callback';
/** Where the provider sends a browser after the sign-out there. */
export const SIGNED_OUT_PATH = '/docs';

export interface SignInParts {
  readonly provider: StaffProvider;
  readonly tokens: TokenIssuer;
  readonly limits: SignInLimits;
  /** 32 bytes: one-time codes, the tokens of pages and the counters' names are keyed by it. */
  readonly secret: Uint8Array;
  /** Answers that check a secret take at least this long. */
  readonly answerFloorMs: number;
}

export interface SignInKeys {
  readonly actionSeal: Uint8Array;
  readonly tokens: TokenKeys;
}

function clientSecretOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(`SIGN_IN_CLIENT_SECRET_FILE ${file} cannot be read.`, { cause });
  }
}

/** @throws ConfigError when the client's secret cannot be read */
export function createSignInParts(config: Config, db: Db, keys: SignInKeys): SignInParts {
  const { auth, signIn, api } = config;
  const secret = hmacSm3(keys.actionSeal, 'sign-in');
  return {
    provider: createStaffProvider({
      issuer: auth.issuer,
      clientId: signIn.clientId,
      clientSecret: clientSecretOf(signIn.clientSecretFile),
      redirectUri: `${api.publicUrl}${CALLBACK_PATH}`,
      signedOutUri: `${api.publicUrl}${SIGNED_OUT_PATH}`,
      secondFactor: signIn,
      backChannelUrl: signIn.backChannelUrl,
      allowHttp: config.environment !== 'production',
    }),
    tokens: createTokenIssuer({
      keys: keys.tokens,
      issuer: api.publicUrl,
      audience: auth.audience,
    }),
    limits: createSignInLimits(db, secret),
    secret,
    answerFloorMs: ANSWER_FLOOR_MS,
  };
}

const STAFF: readonly Role[] = ROLES.filter((role) => !isOwnerRole(role));
const OWNERS: readonly Role[] = ROLES.filter(isOwnerRole);

/**
 * Takes the tokens of both issuers: the staff's provider, and this platform for applicants and integrators. In production
 * each speaks for its own roles alone; the sandbox's provider hands out all of them.
 */
export function createTokenReader(config: Config, tokenKeys: TokenKeys): TokenVerifier {
  const { auth, signIn, api, environment } = config;
  const ofStaff = createTokenVerifier({
    keys: createRemoteJWKSet(new URL(auth.jwksUrl)),
    issuer: auth.issuer,
    audience: auth.audience,
    roles: environment === 'production' ? STAFF : ROLES,
    secondFactor: signIn,
  });
  const ofPlatform = createTokenVerifier({
    keys: createLocalJWKSet({ keys: publicTokenKeys(tokenKeys).map((key) => ({ ...key })) }),
    issuer: api.publicUrl,
    audience: auth.audience,
    roles: OWNERS,
  });
  return createIssuerSwitch(
    new Map([
      [auth.issuer, ofStaff],
      [api.publicUrl, ofPlatform],
    ]),
  );
}
