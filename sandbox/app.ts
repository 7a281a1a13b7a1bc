/** The routes of the sandbox: the door of the services, the plain time-stamp protocol, the revocation list, staff notices, admin and page. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { adminRoutes } from './admin.ts';
import { createDoor, type DoorParts } from './door.ts';
import type { CertificateAuthority } from './papers/certificate-authority.ts';
import { stamp } from './papers/time-stamp.ts';
import type { TsaIdentity } from './papers/tsa-certificates.ts';
import type { SandboxParts } from './parts.ts';
import { statusPage } from './page.ts';
import { revocationList } from './services/ca.ts';
import { staffNotices } from './staff-notices.ts';
import { hangUp, pause } from './wire.ts';

/** An RFC 3161 query with a 64-byte imprint is about a hundred bytes. */
const QUERY_LIMIT_BYTES = 16 * 1024;

export interface WorldParts {
  readonly parts: SandboxParts;
  readonly door: DoorParts;
  readonly authority: CertificateAuthority;
  readonly tsa: TsaIdentity;
}

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createWorldApp(world: WorldParts): NodeHandler {
  const { parts, authority, tsa } = world;
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, c) => {
    process.stderr.write(`sandbox: ${error.stack ?? error.message}\n`);
    return c.text('internal error', 500);
  });
  app.get('/', async (c) => c.html(await statusPage(parts)));
  app.get('/healthz', (c) => c.json({ ok: true }));
  app.route('/_admin', adminRoutes(parts));
  app.get('/ca/v1/crl', async (c) => {
    const der = await revocationList(parts.database, authority, parts.clock());
    return c.body(new Uint8Array(der), 200, { 'Content-Type': 'application/pkix-crl' });
  });
  app.post('/tsa', async (c) => {
    const now = parts.clock();
    const gone = parts.faults.strike(
      ['down', 'drop-request', 'drop-reply', 'error', 'busy'],
      'tsa',
      'plain',
      now,
    );
    if (gone !== null)
      return gone.name === 'error' || gone.name === 'busy'
        ? c.text('unavailable', 503)
        : hangUp(c, gone.delayMs ?? 0);
    const delay = parts.faults.strike(['delay'], 'tsa', 'plain', now);
    if (delay !== null) await pause(delay.delayMs ?? 1000);
    if (c.req.header('content-type') !== 'application/timestamp-query')
      return c.text('application/timestamp-query is expected', 415);
    const query = new Uint8Array(await c.req.arrayBuffer());
    if (query.length > QUERY_LIMIT_BYTES) return c.text('query too large', 413);
    const reply = await stamp(tsa, query, now);
    return c.body(new Uint8Array(reply), 200, { 'Content-Type': 'application/timestamp-reply' });
  });
  app.route('/staff-notices', staffNotices(parts));
  app.post('/:service/v1/:operation', createDoor(world.door));
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return async (request, response) => {
    await listener(request, response);
  };
}
