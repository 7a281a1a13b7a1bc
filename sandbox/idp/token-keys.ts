/** The identity provider's ES256 key, and the tokens signed with it. */
import path from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { z } from 'zod';
import { readOrMake } from '../keys.ts';
import { API_AUDIENCE, DEMO_CLIENT, DEMO_STAFF } from './staff.ts';

const jwkInput = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});
const keyFile = z.object({ signing: jwkInput, cookieSecret: z.string() });
export type TokenKeys = z.infer<typeof keyFile>;

export async function loadTokenKeys(folder: string): Promise<TokenKeys> {
  return readOrMake(path.join(folder, 'idp-keys.json'), keyFile, async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(pair.privateKey);
    const signing = jwkInput.parse({ ...jwk, kid: 'idp-1', alg: 'ES256', use: 'sig' });
    return { signing, cookieSecret: crypto.randomUUID() };
  });
}

/** The public half, as `/idp/jwks` serves it. */
export function publicJwks(keys: TokenKeys): { readonly keys: readonly JWK[] } {
  const { d: _private, ...publicKey } = keys.signing;
  return { keys: [publicKey] };
}

/** Body of `POST /_admin/tokens`. */
export const tokenInput = z.strictObject({
  role: z.string().min(1).max(64),
  /** Default: the first demo member of that role, else a subject named after it. */
  subject: z.string().min(1).max(128).optional(),
  name: z.string().min(1).max(100).optional(),
  /** Seconds the token is good for; negative for one that has expired. */
  ttlSeconds: z
    .number()
    .int()
    .min(-86_400)
    .max(86_400 * 365)
    .default(3600),
});
export type TokenInput = z.input<typeof tokenInput>;

/** A signed access token, as a login with second factor would give. */
export async function mintToken(
  keys: TokenKeys,
  issuer: string,
  asked: TokenInput,
  now: Date,
): Promise<string> {
  const input = tokenInput.parse(asked);
  const member = DEMO_STAFF.find((staff) =>
    input.subject === undefined
      ? staff.roles.includes(input.role)
      : staff.subject === input.subject,
  );
  const subject =
    input.subject ??
    member?.subject ??
    (input.role === 'integrator' ? DEMO_CLIENT.clientId : `${input.role}-1`);
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({
    roles: [input.role],
    name: input.name ?? member?.name ?? subject,
    acr: 'urn:xindai:2fa',
    amr: ['pwd', 'otp', 'mfa'],
  })
    .setProtectedHeader({ alg: 'ES256', kid: keys.signing.kid, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(API_AUDIENCE)
    .setSubject(subject)
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + input.ttlSeconds)
    .sign(await importJWK(keys.signing, 'ES256'));
}
