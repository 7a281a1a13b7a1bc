/** A client that signs its requests is served for no unsigned, altered, stale or repeated one, whoever has its token. */
import { randomUUID } from 'node:crypto';
import { createLocalJWKSet } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../../api/app.ts';
import type { App } from '../../../api/route.ts';
import { createTokenVerifier, type TokenVerifier } from '../../../api/token-verifier.ts';
import { openAreaDatabases } from '../../../db/access/pools.ts';
import { addClient } from '../../../db/queries/sign-in.ts';
import { setSigning } from '../../../db/queries/signing-clients.ts';
import { signRequest } from '../../../platform/crypto/envelope.ts';
import { generateSm2KeyPair, sm2SpkiPem } from '../../../platform/crypto/sm2.ts';
import { AUDIENCE, openWorld, type World } from '../../api/world.ts';

const CLIENT = 'shop-signs';
const keys = generateSm2KeyPair();

let world: World;
let app: App;
let token: string;
let verifyToken: TokenVerifier;
beforeAll(async () => {
  world = await openWorld();
  world.clock.now = new Date();
  await addClient(world.db, {
    clientId: CLIENT,
    name: 'A shop',
    alg: 'SM2SM3',
    publicKeyPem: sm2SpkiPem(keys.publicKey),
    scopes: ['applications:read', 'applications:write'],
    requestsPerMinute: 600,
  });
  expect(await setSigning(world.db, CLIENT, true, new Date())).toBe(true);
  const jwks = [...world.deps.signIn.tokens.publicKeys].map((key) => ({ ...key }));
  verifyToken = createTokenVerifier({
    keys: createLocalJWKSet({ keys: jwks }),
    issuer: 'http://api.test',
    audience: AUDIENCE,
  });
  app = createApp({ ...world.deps, verifyToken });
  token = await world.deps.signIn.tokens.issue(
    {
      subject: CLIENT,
      role: 'integrator',
      ttlSeconds: 300,
      client: {
        clientId: CLIENT,
        scopes: ['applications:read', 'applications:write'],
        requestsPerMinute: 600,
      },
    },
    new Date(),
  );
});
afterAll(async () => await world.close());

const LIST = '/v1/applications?limit=5';

function signed(path: string, over: Partial<Parameters<typeof signRequest>[0]> = {}) {
  return signRequest({
    method: 'GET',
    path,
    body: new Uint8Array(),
    appId: CLIENT,
    keyId: CLIENT,
    privateKey: keys.privateKey,
    timestampMs: Date.now(),
    nonce: randomUUID(),
    ...over,
  });
}

async function ask(headers: Record<string, string>, path = LIST) {
  const request = new Request(`http://api.test${path}`, {
    headers: { Authorization: `Bearer ${token}`, ...headers },
  });
  const answer = await app.fetch(request);
  const body = (await answer.json()) as Record<string, unknown>;
  return [answer.status, body['code']];
}

it('serves what is signed, once', async () => {
  const headers = signed(LIST);
  expect(await ask(headers)).toEqual([200, undefined]);
  expect(await ask(headers)).toEqual([409, 'REPLAYED']);
});

it('serves what one process has served at no other one', async () => {
  const headers = signed(LIST);
  expect(await ask(headers)).toEqual([200, undefined]);
  const first = app;
  const areas = openAreaDatabases({ ...world.database, poolMax: 2 }, () => undefined);
  try {
    app = createApp({ ...world.deps, verifyToken, areas, db: areas.of('edge', null) });
    expect(await ask(headers)).toEqual([409, 'REPLAYED']);
    expect(await ask(signed(LIST))).toEqual([200, undefined]);
  } finally {
    app = first;
    await areas.close();
  }
});

it('refuses what is not signed, by another key, for another path, too old or in another name', async () => {
  const others = generateSm2KeyPair();
  const bad = [
    {},
    signed(LIST, { privateKey: others.privateKey }),
    signed('/v1/applications'),
    signed(LIST, { timestampMs: Date.now() - 3_600_000 }),
    signed(LIST, { appId: 'another' }),
  ];
  for (const headers of bad) {
    expect(await ask(headers)).toEqual([401, 'PARTNER_SIGNATURE_REFUSED']);
  }
  const denied = await world.db
    .selectFrom('audit_entries')
    .select('reason')
    .where('action', '=', 'request.refuse')
    .where('reason', '<>', 'NONCE_SEEN')
    .where('subject_id', '=', CLIENT)
    .execute();
  expect(denied).toHaveLength(bad.length);
});

it('asks no signature of a client that was not registered for it, and of none whose key cannot sign', async () => {
  await setSigning(world.db, CLIENT, false, new Date());
  expect(await ask({})).toEqual([200, undefined]);
  await addClient(world.db, {
    clientId: 'shop-es',
    name: 'Another',
    alg: 'ES256',
    publicKeyPem: 'p',
    scopes: ['loans:read'],
    requestsPerMinute: 600,
  });
  expect(await setSigning(world.db, 'shop-es', true, new Date())).toBe(false);
});
