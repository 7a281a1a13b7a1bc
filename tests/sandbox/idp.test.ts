/** The identity provider signs tokens that its published keys verify, with roles and a second factor in them. */
import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { adminPost, startSandbox } from './caller.ts';

let sandbox: Sandbox;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ sandbox, stop } = await startSandbox());
});
afterAll(() => stop());

const tokenAnswer = z.object({ access_token: z.string() });
const REDIRECT = 'http://127.0.0.1:8080/console/callback';
const issuer = () => `${sandbox.url}/idp`;
const verify = (token: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${issuer()}/jwks`)), {
    issuer: issuer(),
    audience: 'xindai-api',
    algorithms: ['ES256'],
  });

describe('minted tokens', () => {
  it.each([
    ['reviewer', 'reviewer-li'],
    ['senior-reviewer', 'senior-zhao'],
    ['finance-maker', 'finance-qian'],
    ['operations', 'ops-wu'],
    ['integrator', 'demo-client'],
  ])('of role %s speak for %s', async (role, subject) => {
    const { payload } = await verify(await sandbox.token({ role }));
    expect(payload).toMatchObject({
      sub: subject,
      roles: [role],
      amr: expect.arrayContaining(['otp']),
    });
  });

  it('name whom they are asked to, over HTTP too', async () => {
    const response = await adminPost(sandbox, 'tokens', {
      role: 'reviewer',
      subject: 'reviewer-wang',
    });
    const { token } = z.object({ token: z.string() }).parse(await response.json());
    expect((await verify(token)).payload).toMatchObject({
      sub: 'reviewer-wang',
      name: '王审批',
      roles: ['reviewer'],
    });
    expect((await adminPost(sandbox, 'tokens', { subject: 'x' })).status).toBe(400);
  });

  it('expire', async () => {
    await expect(verify(await sandbox.token({ role: 'reviewer', ttlSeconds: -1 }))).rejects.toThrow(
      /exp/,
    );
  });
});

describe('the OpenID provider', () => {
  it('gives an integrator a token for its client secret, and nobody else', async () => {
    const ask = (secret: string) =>
      fetch(`${issuer()}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`demo-client:${secret}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
    const { access_token: token } = tokenAnswer.parse(await (await ask('demo-secret')).json());
    expect((await verify(token)).payload).toMatchObject({
      sub: 'demo-client',
      roles: ['integrator'],
    });
    expect((await ask('wrong')).status).toBe(401);
  });

  it('publishes the same keys it signs with', async () => {
    const discovery = z
      .looseObject({ jwks_uri: z.string() })
      .parse(await (await fetch(`${issuer()}/.well-known/openid-configuration`)).json());
    expect(discovery).toMatchObject({ issuer: issuer(), jwks_uri: `${issuer()}/jwks` });
    const jwks = await (await fetch(discovery.jwks_uri)).text();
    expect(JSON.parse(jwks).keys).toHaveLength(1);
    expect(JSON.parse(jwks).keys[0]).not.toHaveProperty('d');
  });

  it('logs demo staff in by code flow with PKCE and a second factor', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const browser = createBrowser();
    const parameters = new URLSearchParams({
      client_id: 'xindai-console',
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid xindai',
      state: 's',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const form = await browser.open(`${issuer()}/auth?${parameters.toString()}`);
    expect(form.page).toContain('reviewer-wang');
    const wrong = await browser.open(form.url, { subject: 'reviewer-wang', code: '000000' });
    expect(wrong.status).toBe(403);
    const done = await browser.open(form.url, { subject: 'reviewer-wang', code: '246810' });
    const code = new URL(done.url).searchParams.get('code');
    const answer = await fetch(`${issuer()}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'xindai-console',
        grant_type: 'authorization_code',
        code: code ?? '',
        redirect_uri: REDIRECT,
        code_verifier: verifier,
      }),
    });
    expect(answer.status).toBe(200);
    const tokens = tokenAnswer.extend({ id_token: z.string() }).parse(await answer.json());
    expect((await verify(tokens.access_token)).payload).toMatchObject({
      sub: 'reviewer-wang',
      roles: ['reviewer'],
      acr: 'urn:xindai:2fa',
    });
    const idToken = JSON.parse(
      Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(idToken).toMatchObject({ sub: 'reviewer-wang', roles: ['reviewer'] });
  });
});

/** Follows redirects with cookies until a page, or until it would leave for the console. */
function createBrowser() {
  const cookies = new Map<string, string>();
  return {
    open: async (start: string, form?: Record<string, string>) => {
      let url = start;
      let body = form === undefined ? null : new URLSearchParams(form);
      for (;;) {
        const headers = {
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        };
        const response = await fetch(url, {
          method: body === null ? 'GET' : 'POST',
          body,
          headers,
          redirect: 'manual',
        });
        for (const line of response.headers.getSetCookie()) {
          const [pair = ''] = line.split(';');
          cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
        }
        const next = response.headers.get('location');
        if (next === null) return { url, status: response.status, page: await response.text() };
        url = new URL(next, url).href;
        body = null;
        if (url.startsWith(REDIRECT)) return { url, status: response.status, page: '' };
      }
    },
  };
}
