/** Reads bearer tokens: JWT signed with ES256 by the issuer's published keys. */
import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { isRole } from '../domain/authority.ts';
import type { Principal } from './deps.ts';

export type TokenRefusal = 'TOKEN_INVALID' | 'TOKEN_EXPIRED';

export type TokenVerdict =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly refusal: TokenRefusal }
  /** The issuer's keys cannot be had at the moment: nobody's fault, so no refusal. */
  | { readonly ok: false; readonly refusal: 'UNAVAILABLE'; readonly cause: unknown };

export type TokenVerifier = (token: string) => Promise<TokenVerdict>;

export interface TokenVerifierOptions {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
}

/** Anything but these characters could forge lines in logs or keys. */
const claims = z.object({
  sub: z.string().regex(/^[A-Za-z0-9._@:-]{1,128}$/),
  roles: z.array(z.string()).max(32),
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

/**
 * Checks signature, algorithm (ES256 alone), issuer, audience and times (30 s leeway for clocks). Roles this product
 * does not know are dropped.
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
      const parsed = claims.safeParse(payload);
      if (!parsed.success) return { ok: false, refusal: 'TOKEN_INVALID' };
      const roles = parsed.data.roles.filter(isRole);
      return { ok: true, principal: { subject: parsed.data.sub, roles } };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { ok: false, refusal: 'TOKEN_EXPIRED' };
      if (error instanceof errors.JOSEError && TOKEN_FAULTS.has(error.code)) {
        return { ok: false, refusal: 'TOKEN_INVALID' };
      }
      return { ok: false, refusal: 'UNAVAILABLE', cause: error };
    }
  };
}
