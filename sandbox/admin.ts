/** The operator's side of the sandbox: what is known, what happened, what goes wrong. Answers on loopback only. */
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { bankAdmin } from './bank/admin.ts';
import { clientsInput } from './clients.ts';
import { faultInput } from './faults.ts';
import { mintToken, tokenInput } from './idp/token-keys.ts';
import { DEMO_CLIENT, DEMO_CODE, DEMO_STAFF } from './idp/staff.ts';
import { isLoopback } from './loopback.ts';
import { COMPANIES } from './people/companies.ts';
import { caseIdNumber, CREDIT_CASES } from './reports/credit-cases.ts';
import type { SandboxParts } from './parts.ts';

/** Everything under `/_admin`. `remoteAddress` is the peer of the socket: a header could say anything. */
export function adminRoutes(parts: SandboxParts): Hono<{ Bindings: HttpBindings }> {
  const admin = new Hono<{ Bindings: HttpBindings }>();
  admin.use(async (c, next) => {
    if (!isLoopback(c.env.incoming.socket.remoteAddress))
      return c.json({ error: '_admin answers on loopback only' }, 403);
    return next();
  });
  admin.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    if (error instanceof z.ZodError)
      return c.json(
        {
          error: 'bad request',
          issues: error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
        },
        400,
      );
    return c.json({ error: error.message }, 500);
  });
  peopleRoutes(admin, parts);
  faultRoutes(admin, parts);
  recordRoutes(admin, parts);
  admin.route('/', bankAdmin(parts));
  return admin;
}

type Admin = Hono<{ Bindings: HttpBindings }>;

function peopleRoutes(admin: Admin, parts: SandboxParts): void {
  admin.get('/keys', (c) => c.json(parts.publishedKeys));
  admin.post('/clients', async (c) => {
    parts.clients.register(clientsInput.parse(await c.req.json()));
    return c.json({ registered: true });
  });
  admin.get('/personas', (c) => c.json([...parts.people.personas(parts.clock()), ...COMPANIES]));
  admin.get('/credit-cases', (c) =>
    c.json(
      CREDIT_CASES.map((one) => ({
        key: one.key,
        titleZh: one.titleZh,
        titleEn: one.titleEn,
        idNumber: caseIdNumber(one),
      })),
    ),
  );
  admin.get('/personas/:key', (c) => {
    const persona = parts.people.variants(c.req.param('key'), 0, 1, parts.clock())?.[0];
    return persona === undefined ? c.json({ error: 'no such persona' }, 404) : c.json(persona);
  });
  admin.get('/personas/:key/variants', (c) => {
    const { from, count } = z
      .object({
        from: z.coerce.number().int().min(0).default(1),
        count: z.coerce.number().int().min(1).max(1000).default(1),
      })
      .parse(c.req.query());
    const variants = parts.people.variants(c.req.param('key'), from, count, parts.clock());
    return variants === null ? c.json({ error: 'no such persona' }, 404) : c.json(variants);
  });
  admin.get('/staff', (c) =>
    c.json({ staff: DEMO_STAFF, secondFactorCode: DEMO_CODE, client: DEMO_CLIENT }),
  );
  admin.post('/tokens', async (c) => {
    const token = await mintToken(
      parts.tokenKeys,
      parts.issuer,
      tokenInput.parse(await c.req.json()),
      parts.clock(),
    );
    return c.json({ token });
  });
}

function faultRoutes(admin: Admin, parts: SandboxParts): void {
  admin.get('/faults', (c) => c.json(parts.faults.list()));
  admin.post('/faults', async (c) =>
    c.json(parts.faults.add(faultInput.parse(await c.req.json())), 201),
  );
  admin.delete('/faults', (c) => {
    parts.faults.clear();
    return c.json({ cleared: true });
  });
}

function recordRoutes(admin: Admin, parts: SandboxParts): void {
  admin.get('/exchanges', (c) => c.json(parts.log.list()));
  admin.get('/requests', async (c) => {
    const service = c.req.query('service') ?? null;
    const rows = await parts.database.query(
      `select app_id as "appId", service, operation, request_no as "requestNo", state, answer->>'code' as code, charged_fen as "chargedFen",
         times_asked as "timesAsked", first_asked_at as "firstAskedAt", answered_at as "answeredAt"
       from requests where $1::text is null or service = $1 order by first_asked_at, request_no`,
      [service],
    );
    return c.json(rows.rows);
  });
  admin.get('/callbacks', async (c) => {
    const rows = await parts.database.query(
      `select notice_id as "noticeId", body, state, attempts, last_status as "lastStatus", created_at as "createdAt", next_at as "nextAt", delivered_at as "deliveredAt"
       from callbacks order by id`,
    );
    return c.json(rows.rows);
  });
  admin.post('/callbacks/:noticeId/again', async (c) => {
    const rows = await parts.database.query(
      `update callbacks set state = 'WAITING', copies_left = 1, hold_until = null, next_at = $2 where notice_id = $1 returning notice_id`,
      [c.req.param('noticeId'), parts.clock()],
    );
    if (rows.rows.length === 0) return c.json({ error: 'no such callback' }, 404);
    parts.callbacks.wake();
    return c.json({ again: true });
  });
  admin.get('/inbox', async (c) => {
    const mobile = c.req.query('mobile') ?? null;
    const about = c.req.query('about') ?? null;
    const rows = await parts.database.query(
      `select id, mobile, template, body as text, sent_at as "sentAt" from messages where ($1::text is null or mobile = $1) and ($2::text is null or position($2 in body) > 0) order by id desc limit 500`,
      [mobile, about],
    );
    return c.json(rows.rows);
  });
}
