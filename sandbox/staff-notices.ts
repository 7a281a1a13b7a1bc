/** Plays the webhook that wakes the lender's people: takes signed messages and shows them in the inbox. */
import { Hono } from 'hono';
import { z } from 'zod';
import { verifySigned } from '../platform/crypto/envelope.ts';
import { seenNonce } from './door.ts';
import type { SandboxParts } from './parts.ts';

const message = z.object({
  requestNo: z.string().min(1).max(64),
  roles: z.array(z.string().min(1)).min(1),
  topic: z.string().min(1).max(64),
  text: z.string().min(1).max(500),
  about: z.record(z.string(), z.unknown()),
});

/** One row of the inbox for each role; what stands there of a mobile number stands here as `staff:<role>`. */
export function staffNotices({ clients, database, clock }: SandboxParts): Hono {
  const app = new Hono();
  app.post('/', async (c) => {
    const now = clock();
    const { pathname, search } = new URL(c.req.url);
    const body = new Uint8Array(await c.req.arrayBuffer());
    const verdict = await verifySigned({
      method: 'POST',
      path: `${pathname}${search}`,
      body,
      headers: c.req.raw.headers,
      publicKeyFor: (appId, keyId) => clients.publicKeyFor(appId, keyId),
      nowMs: now.getTime(),
      seenNonce: (appId, nonce) => seenNonce(database, appId, nonce, now),
    });
    if (!verdict.ok) return c.json({ error: verdict.reason }, 401);
    const json: unknown = await new Response(body).json().catch(() => null);
    const read = message.safeParse(json);
    if (!read.success) return c.json({ error: 'bad message' }, 400);
    const { roles, topic, text } = read.data;
    for (const role of roles) {
      await database.query(
        'insert into messages (mobile, template, body, sent_at) values ($1, $2, $3, $4)',
        [`staff:${role}`, topic, text, now],
      );
    }
    return c.json({ taken: true });
  });
  return app;
}
