/** Staff sign in at their provider with a second factor, and nothing less opens or keeps a session. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../api/app.ts';
import { createStaffProvider } from '../../../api/auth/staff-provider.ts';
import type { App } from '../../../api/route.ts';
import { runSessions } from '../../../tools/sessions/main.ts';
import { openWorld, type World } from '../../api/world.ts';
import { type Browser, openBrowser, type Reply } from './browser.ts';
import { CLIENT_ID, startTestProvider, type TestProvider } from './provider.ts';

const MINUTE = 60_000;
const START = new Date();
const PUBLIC = 'http://api.test';

let world: World;
let provider: TestProvider;
let app: App;

/** The same API where people reach it by another address. */
function appAt(publicUrl: string): App {
  return createApp({
    ...world.deps,
    publicUrl,
    signIn: {
      ...world.deps.signIn,
      provider: createStaffProvider({
        issuer: provider.issuer,
        clientId: CLIENT_ID,
        clientSecret: undefined,
        redirectUri: `${publicUrl}/v1/sign-in/callback`,
        signedOutUri: `${publicUrl}/docs`,
        secondFactor: { acr: ['urn:xindai:2fa'], amr: ['otp', 'mfa'] },
        allowHttp: true,
      }),
    },
  });
}

beforeAll(async () => {
  provider = await startTestProvider();
  world = await openWorld();
  app = appAt(PUBLIC);
});
afterAll(async () => {
  await world.close();
  await provider.close();
});
beforeEach(() => {
  world.clock.now = START;
});
afterEach(() => {
  Object.assign(provider, { claims: {}, forge: false, status: 200 });
});

/** Goes to the provider and gives what the browser would be sent back with. */
async function goToProvider(browser: Browser, path = '/v1/sign-in'): Promise<URLSearchParams> {
  const begun = await browser.ask(path);
  expect(begun.status).toBe(302);
  const there = new URL(begun.headers.get('Location') ?? '').searchParams;
  provider.nonce = there.get('nonce') ?? '';
  return new URLSearchParams({ code: 'c', state: there.get('state') ?? '' });
}

const comeBack = (browser: Browser, query: URLSearchParams): Promise<Reply> =>
  browser.ask(`/v1/sign-in/callback?${query.toString()}`);

async function signIn(browser: Browser = openBrowser(app)): Promise<Browser> {
  expect((await comeBack(browser, await goToProvider(browser))).status).toBe(302);
  return browser;
}

const CHAIN = { 'Sec-Fetch-Site': 'same-origin', Origin: PUBLIC };

async function csrfOf(browser: Browser): Promise<string> {
  return String((await browser.ask('/v1/session')).body['csrfToken']);
}

const codeOf = (reply: Reply) => [reply.status, reply.body['code']];

async function trailOf(action: string) {
  return await world.db
    .selectFrom('audit_entries')
    .select(['actor', 'result', 'reason', 'subject_id'])
    .where('action', '=', action)
    .orderBy('id', 'desc')
    .execute();
}

describe('a sign-in', () => {
  it('goes out with PKCE, state and nonce, and comes back to a session that says who it is', async () => {
    const browser = openBrowser(app);
    const begun = await browser.ask('/v1/sign-in?returnTo=/console/reviews');
    const url = new URL(begun.headers.get('Location') ?? '');
    expect(url.origin).toBe(provider.issuer);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(url.searchParams.get('redirect_uri')).toBe(`${PUBLIC}/v1/sign-in/callback`);
    provider.nonce = url.searchParams.get('nonce') ?? '';
    const state = url.searchParams.get('state') ?? '';
    const done = await comeBack(browser, new URLSearchParams({ code: 'c', state }));
    expect([done.status, done.headers.get('Location')]).toEqual([302, '/console/reviews']);
    expect(provider.asked.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43,}$/);
    const session = await browser.ask('/v1/session');
    expect(session.body).toMatchObject({ subject: 'reviewer-li', roles: ['reviewer'] });
    expect((await browser.ask('/v1/reviews')).status).toBe(200);
    expect((await trailOf('sign-in.done'))[0]).toMatchObject({ actor: 'reviewer-li' });
  });

  it.each(['//evil.test/', 'https://evil.test/', '/\\evil.test', 'console'])(
    'does not return to %s',
    async (returnTo) => {
      const path = `/v1/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
      expect((await openBrowser(app).ask(path)).status).toBe(422);
    },
  );

  it('keeps no secret of the browser in the database, and nothing of the flow in plain', async () => {
    const browser = openBrowser(app);
    const query = await goToProvider(browser);
    const attempts = JSON.stringify(
      await world.db.selectFrom('sign_in_attempts').selectAll().execute(),
    );
    expect(attempts).not.toContain(browser.jar.get('xindai_sign_in'));
    expect(Buffer.from(attempts).includes(provider.nonce)).toBe(false);
    await comeBack(browser, query);
    const sessions = JSON.stringify(
      await world.db.selectFrom('staff_sessions').selectAll().execute(),
    );
    expect(sessions).not.toContain(browser.jar.get('xindai_session'));
  });

  it('is refused with another state, and the attempt is used up by it', async () => {
    const browser = openBrowser(app);
    const query = await goToProvider(browser);
    const wrong = new URLSearchParams({ code: 'c', state: 'another' });
    expect(codeOf(await comeBack(browser, wrong))).toEqual([400, 'SIGN_IN_LOST']);
    expect(codeOf(await comeBack(browser, query))).toEqual([400, 'SIGN_IN_LOST']);
    expect(browser.jar.has('xindai_session')).toBe(false);
    expect((await trailOf('sign-in.refuse'))[1]).toMatchObject({ reason: 'STATE' });
  });

  it('is refused in a browser that did not begin it', async () => {
    const query = await goToProvider(openBrowser(app));
    expect(codeOf(await comeBack(openBrowser(app), query))).toEqual([400, 'SIGN_IN_LOST']);
  });

  it('is refused when it comes back a second time, or after ten minutes', async () => {
    const browser = openBrowser(app);
    const query = await goToProvider(browser);
    const cookie = browser.jar.get('xindai_sign_in') ?? '';
    expect((await comeBack(browser, query)).status).toBe(302);
    browser.jar.set('xindai_sign_in', cookie);
    expect(codeOf(await comeBack(browser, query))).toEqual([400, 'SIGN_IN_LOST']);
    const late = await goToProvider(browser);
    world.clock.now = new Date(START.getTime() + 10 * MINUTE);
    expect(codeOf(await comeBack(browser, late))).toEqual([400, 'SIGN_IN_LOST']);
  });

  it.each([
    ['another nonce', { nonce: 'stolen' }],
    ['no nonce', { nonce: undefined }],
    ['another issuer', { iss: 'https://elsewhere.test' }],
    ['another audience', { aud: 'another-client' }],
    ['an id token that has expired', { exp: Math.floor(Date.now() / 1000) - 120 }],
  ])('is refused with %s', async (_what, claims) => {
    provider.claims = claims;
    const browser = openBrowser(app);
    const reply = await comeBack(browser, await goToProvider(browser));
    expect(codeOf(reply)).toEqual([401, 'SIGN_IN_REFUSED']);
    expect(browser.jar.has('xindai_session')).toBe(false);
  });

  it('is refused when the id token is signed by a key the provider does not publish', async () => {
    provider.forge = true;
    const browser = openBrowser(app);
    const reply = await comeBack(browser, await goToProvider(browser));
    expect(codeOf(reply)).toEqual([401, 'SIGN_IN_REFUSED']);
  });

  it('is refused when the provider refuses the code or the person goes back, and put off when it fails', async () => {
    const browser = openBrowser(app);
    provider.status = 400;
    expect(codeOf(await comeBack(browser, await goToProvider(browser)))).toEqual([
      401,
      'SIGN_IN_REFUSED',
    ]);
    provider.status = 200;
    const query = await goToProvider(browser);
    query.delete('code');
    query.set('error', 'access_denied');
    expect(codeOf(await comeBack(browser, query))).toEqual([401, 'SIGN_IN_REFUSED']);
    provider.status = 503;
    const down = await comeBack(browser, await goToProvider(browser));
    expect(down.status).toBe(503);
    expect((await openBrowser(world.app).ask('/v1/sign-in')).status).toBe(503);
  });

  it.each([
    ['no acr and no amr', { acr: undefined }],
    ['a single factor', { acr: '1', amr: ['pwd'] }],
  ])('is refused with %s, on the record with who it was', async (_what, claims) => {
    provider.claims = claims;
    const browser = openBrowser(app);
    const reply = await comeBack(browser, await goToProvider(browser));
    expect(codeOf(reply)).toEqual([403, 'SECOND_FACTOR_MISSING']);
    expect((await trailOf('sign-in.refuse'))[0]).toMatchObject({
      result: 'DENIED',
      reason: 'ACR_AMR',
      subject_id: 'reviewer-li',
    });
  });

  it('takes an amr value for the second factor where the provider gives no acr', async () => {
    provider.claims = { acr: undefined, amr: ['pwd', 'otp'] };
    await signIn();
  });

  it('is refused to people without a role of staff, and with roles that exclude each other', async () => {
    const browser = openBrowser(app);
    provider.claims = { roles: ['applicant', 'wizard'] };
    expect(codeOf(await comeBack(browser, await goToProvider(browser)))).toEqual([
      403,
      'ROLE_MISSING',
    ]);
    provider.claims = { roles: ['reviewer', 'finance-maker'] };
    const both = await comeBack(browser, await goToProvider(browser));
    expect(codeOf(both)).toEqual([403, 'ROLES_INCOMPATIBLE']);
  });
});

describe('a session', () => {
  it('has a secret of its own making: one planted before is neither taken over nor left open', async () => {
    const browser = openBrowser(app);
    const planted = 'p'.repeat(43);
    browser.jar.set('xindai_session', planted);
    await signIn(browser);
    expect(browser.jar.get('xindai_session')).not.toBe(planted);
    const attacker = openBrowser(app);
    attacker.jar.set('xindai_session', planted);
    expect(codeOf(await attacker.ask('/v1/session'))).toEqual([401, 'SESSION_ENDED']);
  });

  it('of the person before ends when another signs in in the same browser', async () => {
    const browser = await signIn();
    const former = openBrowser(app);
    former.jar.set('xindai_session', browser.jar.get('xindai_session') ?? '');
    await signIn(browser);
    expect((await former.ask('/v1/session')).status).toBe(401);
  });

  it('is over after 15 idle minutes and not before', async () => {
    const browser = await signIn();
    world.clock.now = new Date(START.getTime() + 15 * MINUTE - 1);
    expect((await browser.ask('/v1/session')).status).toBe(200);
    world.clock.now = new Date(world.clock.now.getTime() + 15 * MINUTE);
    expect(codeOf(await browser.ask('/v1/reviews'))).toEqual([401, 'SESSION_ENDED']);
    world.clock.now = START;
    expect((await browser.ask('/v1/session')).status).toBe(401);
  });

  it('is over after 8 hours however busy it was', async () => {
    const browser = await signIn();
    for (let minutes = 10; minutes < 480; minutes += 10) {
      world.clock.now = new Date(START.getTime() + minutes * MINUTE);
      expect((await browser.ask('/v1/session')).status).toBe(200);
    }
    world.clock.now = new Date(START.getTime() + 480 * MINUTE);
    expect(codeOf(await browser.ask('/v1/session'))).toEqual([401, 'SESSION_ENDED']);
  });

  it('ends with the sign-out, here at once and at the provider by its link', async () => {
    const browser = await signIn();
    const held = browser.jar.get('xindai_session') ?? '';
    const headers = { ...CHAIN, 'X-CSRF-Token': await csrfOf(browser) };
    const left = await browser.ask('/v1/sign-out', { method: 'POST', headers });
    expect(left.status).toBe(200);
    const url = new URL(String(left.body['endSessionUrl']));
    expect(url.href.startsWith(`${provider.issuer}/end?`)).toBe(true);
    expect(url.searchParams.get('id_token_hint')).toMatch(/^eyJ/);
    expect(browser.jar.has('xindai_session')).toBe(false);
    browser.jar.set('xindai_session', held);
    expect((await browser.ask('/v1/session')).status).toBe(401);
  });

  it('ends when access is taken away, in every browser of the person and of nobody else', async () => {
    const browsers = [await signIn(), await signIn()];
    provider.claims = { sub: 'reviewer-wang' };
    const other = await signIn();
    expect(await runSessions(world.db, ['list'])).toMatch(/reviewer-wang\treviewer\t/);
    await runSessions(world.db, ['revoke', 'reviewer-li']);
    for (const browser of browsers)
      expect(codeOf(await browser.ask('/v1/session'))).toEqual([401, 'SESSION_ENDED']);
    expect((await other.ask('/v1/session')).status).toBe(200);
    expect((await trailOf('session.revoke'))[0]).toMatchObject({ subject_id: 'reviewer-li' });
  });

  it('does not stand for a role it does not have', async () => {
    const browser = await signIn();
    expect(codeOf(await browser.ask('/v1/payouts'))).toEqual([403, 'ROLE_MISSING']);
  });
});

describe('cookies', () => {
  it('are HttpOnly, Lax and for the whole host on plain HTTP', async () => {
    const browser = openBrowser(app);
    const reply = await comeBack(browser, await goToProvider(browser));
    const session = reply.cookies.find((line) => line.startsWith('xindai_session='));
    expect(session).toMatch(/; HttpOnly/);
    expect(session).toMatch(/; SameSite=Lax/);
    expect(session).toMatch(/; Path=\//);
    expect(session).not.toMatch(/Secure|Domain/);
  });

  it('carry the __Host- name and Secure where people come by TLS', async () => {
    const secure = appAt('https://loans.test');
    const browser = openBrowser(secure, 'https://loans.test');
    const begun = await browser.ask('/v1/sign-in');
    expect(begun.cookies[0]).toMatch(/^__Host-xindai-sign-in=[\w-]{43};.*Secure/);
    const there = new URL(begun.headers.get('Location') ?? '').searchParams;
    provider.nonce = there.get('nonce') ?? '';
    const state = there.get('state') ?? '';
    const reply = await comeBack(browser, new URLSearchParams({ code: 'c', state }));
    const session = reply.cookies.find((line) => line.startsWith('__Host-xindai='));
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
      expect(session).toContain(`; ${attribute}`);
    expect(session).not.toContain('Domain');
  });
});

describe('requests by cookie that change something', () => {
  const act = (browser: Browser, headers: Record<string, string>) =>
    browser.ask('/v1/sign-out', { method: 'POST', headers });

  it('are refused without the token of the session, or with that of another', async () => {
    const browser = await signIn();
    expect(codeOf(await act(browser, CHAIN))).toEqual([403, 'CSRF_REFUSED']);
    const other = await csrfOf(await signIn());
    const borrowed = await act(browser, { ...CHAIN, 'X-CSRF-Token': other });
    expect(codeOf(borrowed)).toEqual([403, 'CSRF_REFUSED']);
    expect((await browser.ask('/v1/session')).status).toBe(200);
  });

  it.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a sibling host', { 'Sec-Fetch-Site': 'same-site' }],
    ['another origin', { Origin: 'http://evil.test' }],
    ['an opaque origin', { Origin: 'null' }],
    ['no browser at all', {}],
  ])('are refused from %s even with the token', async (_from, headers) => {
    const browser = await signIn();
    const token = await csrfOf(browser);
    const reply = await act(browser, { ...headers, 'X-CSRF-Token': token });
    expect(codeOf(reply)).toEqual([403, 'CSRF_REFUSED']);
  });
});
