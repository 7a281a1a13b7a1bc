/** Signs the platform's own access tokens (RFC 9068): for applicants after a one-time code, for integrators after their key. */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { publicTokenKeys, type PublicJwk, type TokenKeys } from '../../platform/token-keys.ts';

export interface TokenGrant {
  readonly subject: string;
  readonly role: 'applicant' | 'integrator';
  readonly ttlSeconds: number;
  /** Of an integrator's client: what it may do, and how often. */
  readonly client?: {
    readonly clientId: string;
    readonly scopes: readonly string[];
    readonly requestsPerMinute: number;
  };
}

export interface TokenIssuer {
  /** The compact JWT. */
  issue(grant: TokenGrant, now: Date): Promise<string>;
  readonly publicKeys: readonly PublicJwk[];
}

export interface TokenIssuerOptions {
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
}

/** @throws Error when the key set lacks its active key */
export function createTokenIssuer({ keys, issuer, audience }: TokenIssuerOptions): TokenIssuer {
  const key = keys.keys.get(keys.activeKeyId);
  if (key === undefined) throw new Error('the active token key is missing');
  return {
    publicKeys: publicTokenKeys(keys),
    async issue({ subject, role, ttlSeconds, client }, now) {
      const issuedAt = Math.floor(now.getTime() / 1000);
      const ofClient =
        client === undefined
          ? {}
          : {
              client_id: client.clientId,
              scope: client.scopes.join(' '),
              requests_per_minute: client.requestsPerMinute,
            };
      return await new SignJWT({ roles: [role], ...ofClient })
        .setProtectedHeader({ alg: 'ES256', kid: keys.activeKeyId, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(key);
    },
  };
}
