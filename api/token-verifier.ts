/** Reads bearer tokens: JWT signed with ES256 by the published keys of an issuer we know. */
import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { incompatibleRoles, isRole, type Role } from '../domain/authority.ts';
import { type SecondFactorRule, secondFactorOf } from './auth/second-factor.ts';
import type { Caller } from './deps.ts';
import { isOwnerRole } from './permissions.ts';

export type TokenRefusal =
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'SECOND_FACTOR_MISSING'
  | 'ROLES_INCOMPATIBLE';

export type TokenVerdict =
  | { readonly ok: true; readonly principal: Caller }
  /** `fault` says more than the caller hears, for the audit trail. */
  | { readonly ok: false; readonly refusal: TokenRefusal; readonly fault: string }
  /** The issuer's keys cannot be had at the moment: nobody's fault, so no refusal. */
  | { readonly ok: false; readonly refusal: 'UNAVAILABLE'; readonly cause: unknown };

export type TokenVerifier = (token: string) => Promise<TokenVerdict>;

export interface TokenVerifierOptions {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  /** Roles this issuer may speak for; all of them unless said otherwise. */
  readonly roles?: readonly Role[];
  /** Asked of tokens with a role of staff, where given. */
  readonly secondFactor?: SecondFactorRule;
}

/** Anything but these characters could forge lines in logs or keys. */
const claims = z.object({
  sub: z.string().regex(/^[A-Za-z0-9._@:-]{1,128}$/),
  roles: z.array(z.string()).max(32),
  /** Of a client's token alone. */
  client_id: z.string().optional(),
  scope: z.string().max(1000).optional(),
  requests_per_minute: z.number().int().positive().optional(),
});

/** Errors that say the token is at fault, by jose's codes; any other means that the keys could not be fetched. */
const TOKEN_FAULTS = new Set([
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
  'ERR_JWS_INVALID',
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JWT_CLAIM_VALIDATION_FAILED',
  'ERR_JWT_INVALID',
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
]);

const refused = (refusal: TokenRefusal, fault: string = refusal): TokenVerdict => ({
  ok: false,
  refusal,
  fault,
});

/** What is wrong with a token that cannot be verified, coded. */
function faultOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'SIGNATURE_WRONG';
  if (error instanceof errors.JWKSNoMatchingKey) return 'KEY_UNKNOWN';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'TOKEN_MALFORMED';
  return error.claim === 'aud' ? 'AUDIENCE_WRONG' : 'CLAIM_WRONG';
}

/** A client's token is one with a rate of its own: an integrator's at the staff issuer has none and no scopes. */
function callerOf(read: z.infer<typeof claims>, roles: readonly Role[]): Caller {
  const { sub: subject, client_id: clientId, scope = '', requests_per_minute: rate } = read;
  if (clientId === undefined || rate === undefined)
    return { subject, roles, via: 'token', scopes: [] };
  const scopes = scope.split(' ').filter((one) => one !== '');
  return { subject, roles, via: 'client', scopes, requestsPerMinute: rate };
}

function judge(payload: JWTPayload, options: TokenVerifierOptions): TokenVerdict {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return refused('TOKEN_INVALID', 'CLAIM_WRONG');
  const allowed = options.roles;
  const roles = parsed.data.roles
    .filter(isRole)
    .filter((role) => allowed === undefined || allowed.includes(role));
  const isStaff = roles.some((role) => !isOwnerRole(role));
  const rule = options.secondFactor;
  if (isStaff && rule !== undefined && secondFactorOf(rule, payload) === null)
    return refused('SECOND_FACTOR_MISSING');
  if (incompatibleRoles(roles) !== null) return refused('ROLES_INCOMPATIBLE');
  return { ok: true, principal: callerOf(parsed.data, roles) };
}

/**
 * Checks signature, algorithm (ES256 alone), issuer, audience and times (30 s leeway for clocks), then roles: those this
 * product does not know, or the issuer may not give, are dropped.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, options.keys, {
        issuer: options.issuer,
        audience: options.audience,
        algorithms: ['ES256'],
        requiredClaims: ['exp', 'sub'],
        clockTolerance: 30,
      });
      return judge(payload, options);
    } catch (error) {
      if (error instanceof errors.JWTExpired) return refused('TOKEN_EXPIRED');
      if (error instanceof errors.JOSEError && TOKEN_FAULTS.has(error.code)) {
        return refused('TOKEN_INVALID', faultOf(error));
      }
      return { ok: false, refusal: 'UNAVAILABLE', cause: error };
    }
  };
}

/** Lets the issuer that a token names read it; a token that names none of these is refused. */
export function createIssuerSwitch(byIssuer: ReadonlyMap<string, TokenVerifier>): TokenVerifier {
  return async (token) => {
    let issuer: string | undefined;
    try {
      issuer = decodeJwt(token).iss;
    } catch {
      return refused('TOKEN_INVALID', 'TOKEN_MALFORMED');
    }
    const verify = issuer === undefined ? undefined : byIssuer.get(issuer);
    return verify === undefined ? refused('TOKEN_INVALID', 'ISSUER_UNKNOWN') : await verify(token);
  };
}
