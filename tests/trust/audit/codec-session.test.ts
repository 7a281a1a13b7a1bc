/** The codec server for staff who are signed in: their session decodes for the Temporal UI's page and for no other. */
import type { Payload } from '@temporalio/common';
import type { Hono } from 'hono';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginSession, IDLE_MS } from '../../../api/auth/sessions.ts';
import { createCodecApp } from '../../../api/codec-app.ts';
import type { Role } from '../../../domain/authority.ts';
import { createSealedPayloadCodec } from '../../../platform/temporal/codec.ts';
import { openWorld, type World } from '../../api/world.ts';

const UI = 'http://127.0.0.1:8233';
const codec = createSealedPayloadCodec({
  activeKeyId: 'p1',
  keys: new Map([['p1', Buffer.alloc(32, 7)]]),
});
const plain: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from('"某人的意见"'),
};

let world: World;
let app: Hono;
let now = new Date();
let body: string;
beforeAll(async () => {
  world = await openWorld();
  app = createCodecApp({
    db: world.deps.db,
    codec,
    verifyToken: world.deps.verifyToken,
    allowedOrigins: [UI],
    namespace: 'default',
    log: world.deps.log,
    refusedTokens: world.deps.refusedTokens,
    now: () => now,
    secure: false,
  });
  const [sealed] = await codec.encode([plain]);
  const text = (bytes: Uint8Array | null | undefined) =>
    Buffer.from(bytes ?? []).toString('base64');
  const metadata = Object.fromEntries(
    Object.entries(sealed?.metadata ?? {}).map(([name, value]) => [name, text(value)]),
  );
  body = JSON.stringify({ payloads: [{ metadata, data: text(sealed?.data) }] });
}, 120_000);
afterAll(async () => await world.close());

async function signIn(subject: string, roles: readonly Role[]) {
  const deps = { ...world.deps, db: world.deps.db, now: () => now };
  return await beginSession(deps, { subject, roles, secondFactor: 'otp', idToken: 'id-token' });
}

async function decode(secret: string | null, headers: Record<string, string> = { Origin: UI }) {
  const answer = await app.fetch(
    new Request('http://codec.test/decode', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Namespace': 'default',
        ...(secret === null ? {} : { Cookie: `xindai_session=${secret}` }),
        ...headers,
      },
      body,
    }),
  );
  return { status: answer.status, text: await answer.text() };
}

const entries = (session: string) =>
  world.db
    .selectFrom('audit_entries')
    .select(['actor', 'actor_role', 'via', 'result', 'reason', 'detail'])
    .where('action', '=', 'payload.decode')
    .where(sql<string>`detail->>'session'`, '=', session)
    .orderBy('id')
    .execute();

describe('a signed-in person', () => {
  it('sees payloads in the Temporal UI, and each look is recorded with the session', async () => {
    const { id, secret } = await signIn('feng', ['compliance']);
    const answer = await decode(secret);
    expect([
      answer.status,
      answer.text.includes(Buffer.from('"某人的意见"').toString('base64')),
    ]).toEqual([200, true]);
    expect(await entries(id)).toEqual([
      {
        actor: 'feng',
        actor_role: 'compliance',
        via: 'session',
        result: 'DONE',
        reason: null,
        detail: { count: 1, session: id },
      },
    ]);
  });

  it.each([
    ['of another page', { Origin: 'https://evil.test' }],
    ['that names no page', {}],
    ['of a form, which needs no leave to be sent', { Origin: UI, 'Content-Type': 'text/plain' }],
  ])('gets nothing by a request %s', async (_which, headers: Record<string, string>) => {
    const { secret } = await signIn('feng', ['compliance']);
    const answer = await decode(secret, headers);
    expect([403, 415]).toContain(answer.status);
    expect(answer.text).not.toContain('payloads');
  });

  it('of another role is refused, which is recorded', async () => {
    const { id, secret } = await signIn('zhou', ['finance-maker']);
    expect((await decode(secret)).status).toBe(403);
    expect(await entries(id)).toMatchObject([
      { actor: 'zhou', actor_role: null, result: 'DENIED', reason: 'ROLE_MISSING' },
    ]);
  });

  it('who was idle for too long, or whose secret is none of ours, is asked to sign in again', async () => {
    const { secret } = await signIn('feng', ['compliance']);
    now = new Date(now.getTime() + IDLE_MS + 1_000);
    expect((await decode(secret)).text).toContain('SESSION_ENDED');
    expect((await decode('x'.repeat(43))).text).toContain('SESSION_ENDED');
    expect((await decode(null)).text).toContain('TOKEN_MISSING');
  });

  it('sees nothing when the look cannot be recorded', async () => {
    const { secret } = await signIn('feng', ['compliance']);
    await sql`create trigger full_disk before insert on audit_entries for each row execute function refuse_change()`.execute(
      world.db,
    );
    try {
      const answer = await decode(secret);
      expect([answer.status, answer.text.includes('payloads')]).toEqual([500, false]);
    } finally {
      await sql`drop trigger full_disk on audit_entries`.execute(world.db);
    }
  });
});
