/** Integrators get tokens for assertions by their own key, once each, and only for what they were granted. */
import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createLocalJWKSet, decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../api/app.ts';
import { scopeOf } from '../../../api/auth/scopes.ts';
import { PERMISSIONS, type RouteKey } from '../../../api/permissions.ts';
import type { App } from '../../../api/route.ts';
import { createTokenVerifier } from '../../../api/token-verifier.ts';
import { addClient, setClientState } from '../../../db/queries/sign-in.ts';
import {
  derToRawSignature,
  generateSm2KeyPair,
  sm2Sign,
  sm2SpkiPem,
} from '../../../platform/crypto/sm2.ts';
import { AUDIENCE, openWorld, type World } from '../../api/world.ts';

const ENDPOINT = 'http://api.test/v1/tokens';
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecPem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const sm2 = generateSm2KeyPair();

let world: World;
let app: App;
beforeAll(async () => {
  world = await openWorld();
  const client = {
    name: 'A shop',
    scopes: ['applications:read', 'loans:read'],
    requestsPerMinute: 600,
  };
  const publicKeyPem = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await addClient(world.db, { ...client, clientId: 'shop-es', alg: 'ES256', publicKeyPem });
  const sm2Pem = sm2SpkiPem(sm2.publicKey);
  await addClient(world.db, {
    ...client,
    clientId: 'shop-sm',
    alg: 'SM2SM3',
    publicKeyPem: sm2Pem,
  });
  const keys = [...world.deps.signIn.tokens.publicKeys].map((key) => ({ ...key }));
  app = createApp({
    ...world.deps,
    verifyToken: createTokenVerifier({
      keys: createLocalJWKSet({ keys }),
      issuer: 'http://api.test',
      audience: AUDIENCE,
    }),
  });
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.clock.now = new Date();
});

type Signer = (data: Buffer) => Buffer;
const byEs256 =
  (pem: string): Signer =>
  (data) =>
    sign('sha256', data, { key: createPrivateKey(pem), dsaEncoding: 'ieee-p1363' });
const bySm2 =
  (privateKey: string): Signer =>
  (data) =>
    sm2Sign(privateKey, data);

interface Twist {
  readonly alg?: string;
  readonly signer?: Signer;
  readonly claims?: Record<string, unknown>;
}

function assertionOf(clientId: string, { alg, signer, claims }: Twist = {}): string {
  const isSm2 = clientId === 'shop-sm';
  const seconds = Math.floor(world.clock.now.getTime() / 1000);
  const body = {
    iss: clientId,
    sub: clientId,
    aud: ENDPOINT,
    exp: seconds + 60,
    jti: randomUUID(),
    ...claims,
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: alg ?? (isSm2 ? 'SM2SM3' : 'ES256') })}.${part(body)}`;
  const make = signer ?? (isSm2 ? bySm2(sm2.privateKey) : byEs256(ecPem));
  return `${signed}.${make(Buffer.from(signed)).toString('base64url')}`;
}

async function ask(assertion: string, more: Record<string, string> = {}) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    ...more,
  });
  const response = await app.fetch(new Request(ENDPOINT, { method: 'POST', body }));
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, code: answer['code'], answer };
}

const REFUSED = { status: 401, code: 'CLIENT_REFUSED' };

describe('a client', () => {
  it.each(['shop-es', 'shop-sm'])(
    '%s gets a token of five minutes with its scopes',
    async (clientId) => {
      const { status, answer } = await ask(assertionOf(clientId));
      expect(status).toBe(200);
      expect(answer).toMatchObject({ expires_in: 300, scope: 'applications:read loans:read' });
      expect(decodeJwt(String(answer['access_token']))).toMatchObject({
        sub: clientId,
        client_id: clientId,
        roles: ['integrator'],
      });
    },
  );

  it('may sign with SM2 in raw form too', async () => {
    const signer: Signer = (data) => derToRawSignature(sm2Sign(sm2.privateKey, data));
    expect((await ask(assertionOf('shop-sm', { signer }))).status).toBe(200);
  });

  it('gets fewer scopes when it asks for fewer, and none that it was not granted', async () => {
    const fewer = await ask(assertionOf('shop-es'), { scope: 'loans:read' });
    expect(fewer.answer['scope']).toBe('loans:read');
    const more = await ask(assertionOf('shop-es'), { scope: 'loans:read applications:write' });
    expect(more).toMatchObject({ status: 403, code: 'SCOPE_MISSING' });
  });
});

describe('an assertion is refused', () => {
  it('the second time', async () => {
    const assertion = assertionOf('shop-es');
    expect((await ask(assertion)).status).toBe(200);
    expect(await ask(assertion)).toMatchObject(REFUSED);
  });

  it('when another key of the same kind signed it', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const otherPem = other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await ask(assertionOf('shop-es', { signer: byEs256(otherPem) }))).toMatchObject(REFUSED);
    const signer = bySm2(generateSm2KeyPair().privateKey);
    expect(await ask(assertionOf('shop-sm', { signer }))).toMatchObject(REFUSED);
  });

  it.each(['none', 'HS256', 'RS256', 'SM2SM3'])(
    'with algorithm %s for a key of ES256',
    async (alg) => {
      expect(await ask(assertionOf('shop-es', { alg }))).toMatchObject(REFUSED);
    },
  );

  it('when ES256 is named for a key of SM2', async () => {
    expect(await ask(assertionOf('shop-sm', { alg: 'ES256' }))).toMatchObject(REFUSED);
  });

  it.each([
    ['for another audience', { aud: 'https://elsewhere.test/token' }],
    ['in the name of another', { sub: 'shop-sm' }],
    ['when it has expired', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['when it is good for longer than five minutes', { exp: Math.floor(Date.now() / 1000) + 3600 }],
    ['without a jti', { jti: undefined }],
    ['without an expiry', { exp: undefined }],
    ['before its time', { nbf: Math.floor(Date.now() / 1000) + 120 }],
  ])('%s', async (_when, claims) => {
    expect(await ask(assertionOf('shop-es', { claims }))).toMatchObject(REFUSED);
  });

  it('when its body was changed after it was signed', async () => {
    const [head, , signature] = assertionOf('shop-es').split('.');
    const [, otherBody] = assertionOf('shop-es').split('.');
    expect(await ask(`${head}.${otherBody}.${signature}`)).toMatchObject(REFUSED);
  });

  it('of a client that is not there, and of one that was shut out, in the same words', async () => {
    const unknown = await ask(assertionOf('shop-no'));
    await setClientState(world.db, 'shop-es', 'DISABLED');
    const disabled = await ask(assertionOf('shop-es'));
    await setClientState(world.db, 'shop-es', 'ACTIVE');
    const shown = ({ answer }: { answer: Record<string, unknown> }) => ({
      ...answer,
      instance: '',
    });
    expect(shown(unknown)).toEqual(shown(disabled));
    expect(unknown).toMatchObject(REFUSED);
  });

  it('leaves the reason on the audit trail and nowhere else', async () => {
    await ask(assertionOf('shop-no'));
    const entry = await world.db
      .selectFrom('audit_entries')
      .select(['subject_id', 'reason', 'result'])
      .where('action', '=', 'client.sign-in')
      .orderBy('id', 'desc')
      .executeTakeFirst();
    expect(entry).toEqual({ subject_id: 'shop-no', reason: 'CLIENT_UNKNOWN', result: 'DENIED' });
  });
});

describe('scopes', () => {
  it('let a client read what it may and nothing more', async () => {
    const token = String((await ask(assertionOf('shop-es'))).answer['access_token']);
    const call = (method: string, path: string, headers: Record<string, string> = {}) =>
      app.fetch(
        new Request(`http://api.test${path}`, {
          method,
          headers: { Authorization: `Bearer ${token}`, ...headers },
        }),
      );
    expect((await call('GET', '/v1/applications')).status).toBe(200);
    expect((await call('GET', '/v1/loans')).status).toBe(200);
    const post = await call('POST', '/v1/applications', { 'Idempotency-Key': randomUUID() });
    expect(post.status).toBe(403);
    expect(((await post.json()) as Record<string, unknown>)['code']).toBe('SCOPE_MISSING');
  });

  it('are declared for every route that integrators may call, and for no other', () => {
    const routes = Object.entries(PERMISSIONS).map(([key, access]) => ({
      key,
      open: typeof access !== 'string' && (access as readonly string[]).includes('integrator'),
      scoped: scopeOf(key as RouteKey) !== undefined,
    }));
    expect(routes.filter(({ open, scoped }) => open !== scoped).map(({ key }) => key)).toEqual([]);
  });
});

it('holds a client to the rate it was granted, and no other client for it', async () => {
  const client = { name: 'A slow shop', alg: 'ES256', scopes: ['loans:read'] } as const;
  const publicKeyPem = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await addClient(world.db, {
    ...client,
    clientId: 'shop-slow',
    publicKeyPem,
    requestsPerMinute: 2,
  });
  const list = async (clientId: string): Promise<number> => {
    const token = String((await ask(assertionOf(clientId))).answer['access_token']);
    const headers = { Authorization: `Bearer ${token}` };
    return (await app.fetch(new Request('http://api.test/v1/loans', { headers }))).status;
  };
  const statuses = [await list('shop-slow'), await list('shop-slow'), await list('shop-slow')];
  expect(statuses).toEqual([200, 200, 429]);
  expect(await list('shop-es')).toBe(200);
});

it('refuses what is no form at all, by name and not by a failure', async () => {
  const post = (path: string, body: string | null, type?: string) =>
    app.fetch(
      new Request(`http://api.test${path}`, {
        method: 'POST',
        body,
        headers: type === undefined ? {} : { 'Content-Type': type },
      }),
    );
  const form = 'application/x-www-form-urlencoded';
  expect((await post('/v1/tokens', null)).status).toBe(422);
  expect((await post('/v1/tokens', '', form)).status).toBe(422);
  expect((await post('/v1/tokens', 'grant_type=password', form)).status).toBe(422);
  expect((await post('/v1/tokens', '{}', 'application/json')).status).toBe(415);
  expect((await post('/v1/tokens', 'x'.repeat(300_000), form)).status).toBe(413);
  expect((await post('/v1/applicant-codes', null)).status).toBeLessThan(500);
  expect((await post('/v1/applicant-tokens', '{', 'application/json')).status).toBe(400);
});
