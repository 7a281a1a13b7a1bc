/** The codec server: decodes for few, from named pages, with a record of each; everybody else is refused. */
import type { Payload } from '@temporalio/common';
import type { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCodecApp } from '../../api/codec-app.ts';
import { createSealedPayloadCodec } from '../../platform/temporal/codec.ts';
import { openWorld, type World } from './world.ts';

const UI = 'http://127.0.0.1:8233';
const keyring = { activeKeyId: 'p1', keys: new Map([['p1', Buffer.alloc(32, 7)]]) };
const codec = createSealedPayloadCodec(keyring);

let world: World;
let app: Hono;
let reader: string;
beforeAll(async () => {
  world = await openWorld();
  app = createCodecApp({
    db: world.db,
    codec,
    verifyToken: world.deps.verifyToken,
    allowedOrigins: [UI],
    namespace: 'default',
    log: world.deps.log,
    refusedTokens: world.deps.refusedTokens,
    now: () => new Date(),
    secure: false,
  });
  reader = await world.token('feng', ['compliance']);
});
afterAll(async () => await world.close());

const written = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([k, v]) => [k, Buffer.from(v).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});

const plain: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from('{"applicationId":"a"}'),
};
let sealed: ReturnType<typeof written>;
beforeEach(async () => {
  const [payload] = await codec.encode([plain]);
  sealed = written(payload ?? {});
});

interface Ask {
  readonly token?: string;
  readonly origin?: string;
  readonly namespace?: string;
  readonly body?: string;
  readonly method?: string;
  readonly path?: string;
}

async function ask(given: Ask = {}) {
  const headers = new Headers({
    'Content-Type': 'application/json',
    'X-Namespace': given.namespace ?? 'default',
  });
  if (given.token !== undefined) headers.set('Authorization', `Bearer ${given.token}`);
  if (given.origin !== undefined) headers.set('Origin', given.origin);
  const method = given.method ?? 'POST';
  const body = given.body ?? JSON.stringify({ payloads: [sealed] });
  const response = await app.fetch(
    new Request(`http://codec.test${given.path ?? '/decode'}`, {
      method,
      headers,
      ...(method === 'POST' ? { body } : {}),
    }),
  );
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

const audits = () =>
  world.db
    .selectFrom('audit_entries')
    .select(['actor', 'result', 'detail'])
    .where('action', '=', 'payload.decode')
    .orderBy('id')
    .execute();

describe('decoding', () => {
  it('shows a reader the payload as it was, and records who looked and how many', async () => {
    const before = (await audits()).length;
    const answer = await ask({ token: reader, origin: UI });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ payloads: [written(plain)] });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(UI);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect((await audits()).slice(before)).toEqual([
      { actor: 'feng', result: 'DONE', detail: { count: 1 } },
    ]);
  });

  it('passes through what was never sealed', async () => {
    const answer = await ask({
      token: reader,
      body: JSON.stringify({ payloads: [written(plain)] }),
    });
    expect(JSON.parse(answer.text)).toEqual({ payloads: [written(plain)] });
  });

  it('refuses whoever has no token, another role or an old token, and records the wrong role', async () => {
    expect((await ask()).status).toBe(401);
    const old = await world.token('feng', ['compliance'], { expiresIn: '-2m' });
    expect((await ask({ token: old })).text).toContain('TOKEN_EXPIRED');
    const before = (await audits()).length;
    for (const role of ['integrator', 'reviewer', 'finance-maker']) {
      expect((await ask({ token: await world.token('x', [role]) })).status).toBe(403);
    }
    expect((await audits()).slice(before).map((entry) => entry.result)).toEqual([
      'DENIED',
      'DENIED',
      'DENIED',
    ]);
  });

  it('refuses a page that is not the Temporal UI, and tells no other page that it may ask', async () => {
    const answer = await ask({ token: reader, origin: 'https://evil.test' });
    expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([403, null]);
    const preflight = await ask({ method: 'OPTIONS', origin: 'https://evil.test' });
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBeNull();
    const good = await ask({ method: 'OPTIONS', origin: UI });
    expect(good.headers.get('Access-Control-Allow-Origin')).toBe(UI);
    expect(good.headers.get('Access-Control-Allow-Headers')).toContain('X-Namespace');
  });

  it('refuses altered payloads, too large bodies, malformed ones and other namespaces', async () => {
    const data = Buffer.from(sealed.data, 'base64');
    data[data.length - 40] = (data[data.length - 40] ?? 0) ^ 1;
    const altered = { ...sealed, data: data.toString('base64') };
    const broken = await ask({ token: reader, body: JSON.stringify({ payloads: [altered] }) });
    expect([broken.status, broken.text.includes('PAYLOAD_UNREADABLE')]).toEqual([422, true]);
    const large = await ask({ token: reader, body: ' '.repeat(1024 * 1024 + 1) });
    expect(large.status).toBe(413);
    expect((await ask({ token: reader, body: '{' })).status).toBe(400);
    expect((await ask({ token: reader, body: '{"payloads":[{"data":"*"}]}' })).status).toBe(422);
    expect((await ask({ token: reader, namespace: 'other' })).status).toBe(404);
  });

  it('encodes nothing: there is no such route', async () => {
    expect((await ask({ token: reader, path: '/encode' })).status).toBe(404);
  });
});
