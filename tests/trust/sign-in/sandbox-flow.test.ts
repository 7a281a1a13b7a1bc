/** The whole way through the sandbox's provider: the page of the demo staff, the way back, and the sign-out there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../../api/app.ts';
import { createStaffProvider } from '../../../api/auth/staff-provider.ts';
import { createSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { openWorld, type World } from '../../api/world.ts';
import { openBrowser } from './browser.ts';
import { openOutsideBrowser } from '../../../tools/keycloak-check/browser.ts';

const PUBLIC = 'http://127.0.0.1:65001';

let folder: string;
let sandbox: Sandbox;
let world: World;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xindai-sign-in-'));
  sandbox = await createSandbox({ dataFolder: folder, clock: () => new Date() });
  world = await openWorld();
  world.clock.now = new Date();
});
afterAll(async () => {
  await sandbox.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

it('signs a demo member in with the one-time code, and out here and there', async () => {
  const provider = createStaffProvider({
    issuer: `${sandbox.url}/idp`,
    clientId: 'xindai-console',
    clientSecret: undefined,
    redirectUri: `${PUBLIC}/v1/sign-in/callback`,
    signedOutUri: `${PUBLIC}/docs`,
    secondFactor: { acr: ['urn:xindai:2fa'], amr: [] },
    allowHttp: true,
  });
  const signIn = { ...world.deps.signIn, provider };
  const here = openBrowser(createApp({ ...world.deps, publicUrl: PUBLIC, signIn }), PUBLIC);
  const there = openOutsideBrowser(PUBLIC);

  const begun = await here.ask('/v1/sign-in');
  const form = await there.open(begun.headers.get('Location') ?? '');
  expect(form.page).toContain('reviewer-wang');
  const done = await there.open(form.url, { subject: 'reviewer-wang', code: '246810' });
  const back = new URL(done.url);
  expect(`${back.origin}${back.pathname}`).toBe(`${PUBLIC}/v1/sign-in/callback`);
  expect((await here.ask(`${back.pathname}${back.search}`)).status).toBe(302);

  const session = await here.ask('/v1/session');
  expect(session.body).toMatchObject({ subject: 'reviewer-wang', roles: ['reviewer'] });
  const left = await here.ask('/v1/sign-out', {
    method: 'POST',
    headers: {
      'Sec-Fetch-Site': 'same-origin',
      'X-CSRF-Token': String(session.body['csrfToken']),
    },
  });
  const end = await there.open(String(left.body['endSessionUrl']));
  expect(end.status).toBe(200);
  expect((await here.ask('/v1/session')).status).toBe(401);
});

it('finds the provider by the back channel where its own name leads nowhere from here', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'xindai-back-channel-'));
  const named = await createSandbox({ dataFolder, issuerUrl: 'http://idp.invalid:9/idp' });
  try {
    const { url } = await createStaffProvider({
      issuer: 'http://idp.invalid:9/idp',
      clientId: 'xindai-console',
      clientSecret: undefined,
      redirectUri: `${PUBLIC}/v1/sign-in/callback`,
      signedOutUri: `${PUBLIC}/docs`,
      secondFactor: { acr: ['urn:xindai:2fa'], amr: [] },
      backChannelUrl: named.url,
      allowHttp: true,
    }).begin();
    expect(url.origin).toBe('http://idp.invalid:9');
  } finally {
    await named.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
});
