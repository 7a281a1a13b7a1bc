/** What stands between the world and the records: tokens, roles, limits, and answers that say which and why. */
import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { PERMISSIONS } from '../../api/permissions.ts';
import { createTokenVerifier } from '../../api/token-verifier.ts';
import { AUDIENCE, ISSUER, openWorld, type World } from './world.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('owner-1', ['integrator']);
});
afterAll(async () => await world.close());

const LIST = '/v1/applications';

describe('tokens', () => {
  it('refuses a request without a token and says how to send one', async () => {
    const answer = await world.call('GET', LIST);
    expect(answer.status).toBe(401);
    expect(answer.body['code']).toBe('TOKEN_MISSING');
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer');
  });

  it('refuses an expired token as expired', async () => {
    const old = await world.token('owner-1', ['integrator'], { expiresIn: '-2m' });
    const answer = await world.call('GET', LIST, { token: old });
    expect([answer.status, answer.body['code']]).toEqual([401, 'TOKEN_EXPIRED']);
  });

  it('refuses another issuer, another audience and a token without expiry', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const bad = await Promise.all([
      world.token('owner-1', ['integrator'], { issuer: 'https://elsewhere.test' }),
      world.token('owner-1', ['integrator'], { audience: 'another-api' }),
      new SignJWT({ roles: ['integrator'] })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setSubject('owner-1')
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setExpirationTime('5m')
        .sign(privateKey),
    ]);
    for (const one of bad) {
      const answer = await world.call('GET', LIST, { token: one });
      expect([answer.status, answer.body['code']]).toEqual([401, 'TOKEN_INVALID']);
    }
  });

  it('refuses algorithm none and a shared-secret signature', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { sub: 'owner-1', roles: ['integrator'], iss: ISSUER, aud: AUDIENCE };
    const exp = Math.floor(Date.now() / 1000) + 600;
    const none = `${part({ alg: 'none' })}.${part({ ...claims, exp })}.`;
    const shared = await new SignJWT({ ...claims, exp })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode('a secret of thirty-two characters!'));
    for (const one of [none, shared]) {
      expect((await world.call('GET', LIST, { token: one })).body['code']).toBe('TOKEN_INVALID');
    }
  });

  it('takes ES256 alone, even where the issuer publishes a key of another algorithm', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'r1', alg: 'RS256' }];
    const verify = createTokenVerifier({
      keys: createLocalJWKSet({ keys }),
      issuer: ISSUER,
      audience: AUDIENCE,
    });
    const rsa = await new SignJWT({ roles: ['integrator'] })
      .setProtectedHeader({ alg: 'RS256', kid: 'r1' })
      .setSubject('owner-1')
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setExpirationTime('5m')
      .sign(privateKey);
    expect(await verify(rsa)).toMatchObject({ ok: false, refusal: 'TOKEN_INVALID' });
  });

  it('refuses a subject that could write into logs', async () => {
    const strange = await world.token('owner\n1', ['integrator']);
    expect((await world.call('GET', LIST, { token: strange })).body['code']).toBe('TOKEN_INVALID');
  });

  it('answers 503 and not 401 when the issuer cannot be asked for its keys', async () => {
    const app = createApp({
      ...world.deps,
      verifyToken: async () => ({ ok: false, refusal: 'UNAVAILABLE', cause: new Error('down') }),
    });
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await app.fetch(new Request(`http://api.test${LIST}`, { headers }));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('Retry-After')).toBe('5');
  });
});

const routes = Object.entries(PERMISSIONS).map(([key, access]) => {
  const [method = '', path = ''] = key.split(' ');
  return { key, access, method, path: path.replace('{id}', randomUUID()).replace('{n}', '0') };
});

describe('roles', () => {
  it('has a row in the table for every route the app answers, and an app route for every row', () => {
    const served = world.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '*' && !path.endsWith('/*'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:([^/]+)/g, '{$1}')}`);
    expect(new Set(served)).toEqual(new Set(Object.keys(PERMISSIONS)));
  });

  it('refuses every protected route to a token without one of its roles', async () => {
    const stranger = await world.token('stranger', ['visitor']);
    for (const { key, access, method, path } of routes) {
      if (typeof access === 'string') continue;
      const answer = await world.call(method, path, { token: stranger });
      expect([key, answer.body['code']]).toEqual([key, 'ROLE_MISSING']);
    }
  });

  it('refuses every protected route without a token', async () => {
    for (const { key, access, method, path } of routes) {
      if (typeof access === 'string') continue;
      expect([key, (await world.call(method, path)).status]).toEqual([key, 401]);
    }
  });

  it('keeps people who decide, pay and mend apart', async () => {
    const attempts = [
      ['reviewer', `/v1/payouts/${randomUUID()}/release`],
      ['finance-maker', `/v1/reviews/${randomUUID()}/decide`],
      ['operations', `/v1/payouts/${randomUUID()}/approve`],
      ['integrator', `/v1/reviews/${randomUUID()}/claim`],
      ['auditor', `/v1/operator-cases/${randomUUID()}/approve`],
    ] as const;
    for (const [role, path] of attempts) {
      const answer = await world.call('POST', path, { token: await world.token('p', [role]) });
      expect([role, answer.body['code']]).toEqual([role, 'ROLE_MISSING']);
    }
  });
});

describe('bodies and routes', () => {
  it('refuses a 10 MB body before reading it through, announced or not', async () => {
    const big = new Uint8Array(10 * 1024 * 1024).fill(0x20);
    const headers = { 'Content-Type': 'application/json' };
    const answer = await world.call('POST', LIST, { token, body: big, headers });
    expect([answer.status, answer.body['code']]).toEqual([413, 'BODY_TOO_LARGE']);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
      },
    });
    const streamed = await world.app.fetch(
      new Request(`http://api.test${LIST}`, {
        method: 'POST',
        headers: { ...headers, Authorization: `Bearer ${token}`, 'Idempotency-Key': randomUUID() },
        body: endless,
        duplex: 'half',
      }),
    );
    expect(streamed.status).toBe(413);
    expect(sent).toBeLessThan(20);
  });

  it('refuses malformed JSON, an unknown content type and an unknown field, each by name', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const broken = await world.call('POST', LIST, { token, headers, body: '{"externalId":' });
    expect([broken.status, broken.body['code']]).toEqual([400, 'MALFORMED_JSON']);
    const xml = await world.call('POST', LIST, {
      token,
      headers: { 'Content-Type': 'application/xml' },
      body: '<a/>',
    });
    expect([xml.status, xml.body['code']]).toEqual([415, 'CONTENT_TYPE_UNSUPPORTED']);
    const unknown = await world.call('POST', LIST, { token, json: { nickname: 'x' } });
    expect(unknown.status).toBe(422);
    expect(unknown.body['errors']).toMatchObject([{ pointer: '/nickname', code: 'UNKNOWN_FIELD' }]);
  });

  it('refuses an id that cannot be ours, an unknown route and another method as 404, 404 and 405', async () => {
    const id = await world.call('GET', `${LIST}/1%20or%201=1`, { token });
    expect([id.status, id.body['code']]).toEqual([404, 'NOT_FOUND']);
    const route = await world.call('GET', '/v2/applications', { token });
    expect([route.status, route.body['code']]).toEqual([404, 'NO_SUCH_ROUTE']);
    const method = await world.call('DELETE', LIST, { token });
    expect([method.status, method.body['code']]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(method.headers.get('Allow')).toBe('POST, GET');
  });

  it('limits how often one subject may ask, and nobody else for it', async () => {
    const app = createApp({
      ...world.deps,
      requestsPerMinute: { applicant: 1, other: 2, address: 9 },
    });
    const ask = async (bearer: string) =>
      await app.fetch(
        new Request(`http://api.test${LIST}`, { headers: { Authorization: `Bearer ${bearer}` } }),
      );
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await ask(token)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await ask(token)).headers.get('Retry-After')).toMatch(/^\d+$/);
    expect((await ask(await world.token('owner-2', ['integrator']))).status).toBe(200);
    const person = await world.token('person-1', ['applicant']);
    expect([(await ask(person)).status, (await ask(person)).status]).toEqual([200, 429]);
  });
});

describe('answers', () => {
  it('are problem details with a request id, in Chinese unless English is wanted', async () => {
    const answer = await world.call('GET', `${LIST}/${randomUUID()}`, { token });
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({
      type: 'urn:xindai:problem:not-found',
      title: '没有找到此记录。',
      status: 404,
      code: 'NOT_FOUND',
    });
    expect(answer.body['instance']).toBe(`urn:uuid:${answer.headers.get('X-Request-Id')}`);
    const headers = { 'Accept-Language': 'fr;q=0.9, en-GB;q=0.8, zh;q=0.1' };
    const english = await world.call('GET', `${LIST}/${randomUUID()}`, { token, headers });
    expect(english.body['title']).toBe('There is no such record.');
  });

  it('carry security headers and are not cached', async () => {
    const { headers } = await world.call('GET', LIST, { token });
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(headers.get('Cache-Control')).toBe('no-store');
  });

  it('say nothing of an internal failure but its request id, and log it', async () => {
    const app = createApp({
      ...world.deps,
      verifyToken: () => Promise.reject(new Error('secret inside')),
    });
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await app.fetch(new Request(`http://api.test${LIST}`, { headers }));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
    expect(world.logged.some((line) => line['message'] === 'INTERNAL')).toBe(true);
  });

  it('are logged by route pattern, never by what the path held', async () => {
    const odd = '110105199001011234';
    await world.call('GET', `${LIST}/${odd}`, { token });
    expect(JSON.stringify(world.logged)).not.toContain(odd);
    expect(world.logged.at(-1)).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/v1/applications/:id',
      'http.response.status_code': 404,
      'user.id': 'owner-1',
    });
  });
});

describe('health and description', () => {
  it('lives while the database or Temporal is away, but is not ready', async () => {
    expect((await world.call('GET', '/readyz')).status).toBe(200);
    world.loan.reachable = false;
    expect((await world.call('GET', '/livez')).status).toBe(200);
    const answer = await world.call('GET', '/readyz');
    world.loan.reachable = true;
    expect([answer.status, answer.body]).toEqual([503, { database: 'up', temporal: 'down' }]);
  });

  it('describes every route in an OpenAPI 3.1 document whose references and schemas hold', async () => {
    const { body } = await world.call('GET', '/openapi.json');
    expect(body['openapi']).toBe('3.1.0');
    const paths = body['paths'] as Record<string, Record<string, Record<string, unknown>>>;
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(new Set(described)).toEqual(new Set(Object.keys(PERMISSIONS)));
    for (const [path, item] of Object.entries(paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const operation of Object.values(item)) {
        const parameters = (operation['parameters'] ?? []) as { name: string; in: string }[];
        const inPath = parameters.filter((p) => p.in === 'path').map((p) => p.name);
        expect(new Set(inPath), path).toEqual(new Set(named));
      }
    }
    const components = body['components'] as { schemas: Record<string, object> };
    const text = JSON.stringify(body);
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(Object.keys(components.schemas)).toContain(name);
    }
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'doc', components });
    for (const name of Object.keys(components.schemas)) {
      expect(ajv.getSchema(`doc#/components/schemas/${name}`), name).toBeTypeOf('function');
    }
  });

  it('asks for an Idempotency-Key in the document of every act', async () => {
    const { body } = await world.call('GET', '/openapi.json');
    const paths = body['paths'] as Record<string, { post?: { parameters?: { name: string }[] } }>;
    for (const [key, access] of Object.entries(PERMISSIONS)) {
      // Sign-in and the bank's notices have protections against repetition of their own.
      if (!key.startsWith('POST ') || typeof access === 'string') continue;
      const path = key.slice('POST '.length);
      expect(
        paths[path]?.post?.parameters?.map((p) => p.name),
        path,
      ).toContain('Idempotency-Key');
    }
  });

  it('is readable as a page without script or anything from elsewhere', async () => {
    const { text, headers } = await world.call('GET', '/docs');
    expect(headers.get('Content-Type')).toContain('text/html');
    expect(text).toContain('/v1/applications/{id}/submit');
    expect(text).not.toMatch(/<script|<link|<img|src=|@import/i);
  });
});
