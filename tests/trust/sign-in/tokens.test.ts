/** Bearer tokens of two issuers: each is read by its own keys, speaks for its own roles, and staff show two factors. */
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIssuerSwitch, createTokenVerifier } from '../../../api/token-verifier.ts';
import { makeTokenKeys, parseTokenKeys, publicTokenKeys } from '../../../platform/token-keys.ts';

const STAFF = 'https://staff.test';
const PLATFORM = 'https://loans.test';
const AUDIENCE = 'xindai-test';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let pairs: Readonly<Record<string, Pair>>;
let verify: ReturnType<typeof createIssuerSwitch>;

beforeAll(async () => {
  const staff = await generateKeyPair('ES256');
  const platform = await generateKeyPair('ES256');
  pairs = { [STAFF]: staff, [PLATFORM]: platform };
  const keysOf = async ({ publicKey }: Pair) =>
    createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });
  verify = createIssuerSwitch(
    new Map([
      [
        STAFF,
        createTokenVerifier({
          keys: await keysOf(staff),
          issuer: STAFF,
          audience: AUDIENCE,
          roles: ['reviewer', 'finance-maker'],
          secondFactor: { acr: ['two'], amr: ['otp'] },
        }),
      ],
      [
        PLATFORM,
        createTokenVerifier({
          keys: await keysOf(platform),
          issuer: PLATFORM,
          audience: AUDIENCE,
          roles: ['applicant', 'integrator'],
        }),
      ],
    ]),
  );
});

function token(issuer: string, claims: Record<string, unknown>, signedAs = issuer) {
  const pair = pairs[signedAs];
  if (pair === undefined) throw new Error('no such issuer');
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuer(issuer)
    .setAudience(AUDIENCE)
    .setSubject('somebody')
    .setExpirationTime('5m')
    .sign(pair.privateKey);
}

const rolesOf = async (text: string): Promise<unknown> => {
  const verdict = await verify(text);
  return verdict.ok ? verdict.principal.roles : verdict.refusal;
};

describe('issuers', () => {
  it('speak for their own roles alone', async () => {
    const acr = 'two';
    expect(await rolesOf(await token(STAFF, { roles: ['reviewer', 'integrator'], acr }))).toEqual([
      'reviewer',
    ]);
    expect(await rolesOf(await token(PLATFORM, { roles: ['applicant', 'reviewer'] }))).toEqual([
      'applicant',
    ]);
  });

  it('cannot sign for each other, and nobody else can sign for them', async () => {
    const forged = await token(PLATFORM, { roles: ['applicant'] }, STAFF);
    expect(await rolesOf(forged)).toBe('TOKEN_INVALID');
    const strange = await token('https://elsewhere.test', { roles: ['applicant'] }, STAFF);
    expect(await rolesOf(strange)).toBe('TOKEN_INVALID');
    expect(await rolesOf('no.token.atall')).toBe('TOKEN_INVALID');
  });
});

describe('staff', () => {
  it('are refused without a second factor in the token', async () => {
    expect(await rolesOf(await token(STAFF, { roles: ['reviewer'] }))).toBe(
      'SECOND_FACTOR_MISSING',
    );
    const single = await token(STAFF, { roles: ['reviewer'], acr: 'one', amr: ['pwd'] });
    expect(await rolesOf(single)).toBe('SECOND_FACTOR_MISSING');
    const double = await token(STAFF, { roles: ['reviewer'], amr: ['pwd', 'otp'] });
    expect(await rolesOf(double)).toEqual(['reviewer']);
  });

  it('are refused with roles that exclude each other', async () => {
    const both = await token(STAFF, { roles: ['reviewer', 'finance-maker'], acr: 'two' });
    expect(await rolesOf(both)).toBe('ROLES_INCOMPATIBLE');
  });
});

describe('the keys that sign our tokens', () => {
  it('are published without their private part', () => {
    const [key] = publicTokenKeys(parseTokenKeys(makeTokenKeys()));
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('are refused when the active one is missing or is of another curve', () => {
    expect(() => parseTokenKeys({ ...makeTokenKeys(), active: 'none' })).toThrow(/active key/);
    expect(() => parseTokenKeys({ active: 'a', keys: { a: 'no pem' } })).toThrow(/P-256/);
  });
});
