/** Decodes payloads for the Temporal UI: signed in people with the right role, allowed origins, and a record of each. */
import type { PayloadCodec } from '@temporalio/common';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { recordAudit } from '../db/queries/audit.ts';
import { CryptoError } from '../platform/crypto/errors.ts';
import type { AccessLog, Caller } from './deps.ts';
import { actingRole, PAYLOAD_READERS, type Role } from './permissions.ts';
import { ApiProblem } from './problem-response.ts';
import { PROBLEMS } from './problems.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface CodecDeps {
  readonly db: Db;
  readonly codec: PayloadCodec;
  readonly verifyToken: TokenVerifier;
  /** Origins of the Temporal UI; any other page is refused, whoever looks at it. */
  readonly allowedOrigins: readonly string[];
  readonly namespace: string;
  readonly log: AccessLog;
}

const BODY_LIMIT = 1024 * 1024;
const MOST_PAYLOADS = 1_000;

const payload = z.object({
  metadata: z.record(z.string(), z.base64()).default({}),
  data: z.base64().default(''),
});
const request = z.object({ payloads: z.array(payload).max(MOST_PAYLOADS) });

interface Reader {
  readonly principal: Caller;
  readonly role: Role;
}

/** @throws ApiProblem TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED, ROLE_MISSING, UNAVAILABLE */
async function authorise(deps: CodecDeps, header: string | undefined): Promise<Reader> {
  if (header === undefined) throw new ApiProblem('TOKEN_MISSING');
  const token = /^Bearer ([A-Za-z0-9_=.-]{1,8192})$/.exec(header)?.[1];
  if (token === undefined) throw new ApiProblem('TOKEN_INVALID');
  const verdict = await deps.verifyToken(token);
  if (!verdict.ok) throw new ApiProblem(verdict.refusal);
  const role = actingRole(PAYLOAD_READERS, verdict.principal.roles);
  if (role === undefined) {
    await record(deps, { principal: verdict.principal, role: null }, 'DENIED', 0);
    throw new ApiProblem('ROLE_MISSING');
  }
  return { principal: verdict.principal, role };
}

async function record(
  deps: CodecDeps,
  reader: { readonly principal: Caller; readonly role: Role | null },
  result: 'DONE' | 'DENIED' | 'FAILED',
  count: number,
): Promise<void> {
  await recordAudit(deps.db, {
    actor: reader.principal.subject,
    role: reader.role,
    action: 'payload.decode',
    subjectKind: 'namespace',
    subjectId: deps.namespace,
    result,
    detail: { count },
  });
}

/** What is not recorded is not shown: the entry comes before the answer. */
async function decode(deps: CodecDeps, reader: Reader, body: z.infer<typeof request>) {
  const encoded = body.payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
    ),
    data: Buffer.from(data, 'base64'),
  }));
  try {
    const decoded = await deps.codec.decode(encoded);
    await record(deps, reader, 'DONE', decoded.length);
    return decoded.map((one) => ({
      metadata: Object.fromEntries(
        Object.entries(one.metadata ?? {}).map(([name, value]) => [
          name,
          Buffer.from(value).toString('base64'),
        ]),
      ),
      data: Buffer.from(one.data ?? []).toString('base64'),
    }));
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    await record(deps, reader, 'FAILED', encoded.length);
    throw new ApiProblem('PAYLOAD_UNREADABLE', { cause });
  }
}

async function readBody(json: () => Promise<unknown>): Promise<z.infer<typeof request>> {
  const body = await json().catch((cause: unknown) => {
    throw new ApiProblem('MALFORMED_JSON', { cause });
  });
  const parsed = request.safeParse(body);
  if (!parsed.success) throw new ApiProblem('VALIDATION_FAILED');
  return parsed.data;
}

/** The codec server's app: `POST /decode` as the Temporal UI calls it, and `GET /livez`; nothing encodes. */
export function createCodecApp(deps: CodecDeps): Hono {
  const app = new Hono();
  const allowed = new Set(deps.allowedOrigins);
  app.onError((error, c) => {
    const problem = error instanceof ApiProblem ? error : new ApiProblem('INTERNAL');
    if (problem.status >= 500) deps.log.error({ err: error }, problem.code);
    const { en, status } = PROBLEMS[problem.code];
    return c.json({ code: problem.code, title: en, status }, status);
  });
  app.notFound((c) => c.json({ code: 'NO_SUCH_ROUTE', status: 404 }, 404));
  app.get('/livez', (c) => c.json({ status: 'up' }));
  app.use('/decode', async (c, next) => {
    const origin = c.req.header('Origin');
    if (origin !== undefined && !allowed.has(origin)) throw new ApiProblem('ORIGIN_REFUSED');
    await next();
    c.header('Cache-Control', 'no-store');
    c.header('X-Content-Type-Options', 'nosniff');
  });
  app.use(
    '/decode',
    cors({
      origin: [...deps.allowedOrigins],
      allowMethods: ['POST'],
      allowHeaders: ['Content-Type', 'Authorization', 'X-Namespace'],
      credentials: true,
      maxAge: 600,
    }),
  );
  const limit = bodyLimit({
    maxSize: BODY_LIMIT,
    onError: () => {
      throw new ApiProblem('BODY_TOO_LARGE');
    },
  });
  app.post('/decode', limit, async (c) => {
    const reader = await authorise(deps, c.req.header('Authorization'));
    const namespace = c.req.header('X-Namespace');
    if (namespace !== undefined && namespace !== deps.namespace) throw new ApiProblem('NOT_FOUND');
    const body = await readBody(() => c.req.json());
    return c.json({ payloads: await decode(deps, reader, body) });
  });
  return app;
}
