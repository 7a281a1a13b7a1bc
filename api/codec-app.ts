/** Decodes payloads for the Temporal UI: signed in people with the right role, allowed origins, and a record of each. */
import { randomUUID } from 'node:crypto';
import type { PayloadCodec } from '@temporalio/common';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { z } from 'zod';
import { recordAudit } from '../db/queries/audit.ts';
import { CryptoError } from '../platform/crypto/errors.ts';
import { addressOf, networkOf } from './address.ts';
import { type CodecReader, type CodecReaderDeps, readCodecReader } from './codec-reader.ts';
import type { AccessLog } from './deps.ts';
import { securityHeaders } from './middleware/headers.ts';
import { ApiProblem } from './problem-response.ts';
import { PROBLEMS } from './problems.ts';
import { type RefusedTokens, refusedTokenReason } from './refused-tokens.ts';

export interface CodecDeps extends CodecReaderDeps {
  readonly codec: PayloadCodec;
  /** Origins of the Temporal UI; any other page is refused, whoever looks at it. */
  readonly allowedOrigins: readonly string[];
  readonly namespace: string;
  readonly log: AccessLog;
  readonly refusedTokens: RefusedTokens;
}

const BODY_LIMIT = 1024 * 1024;
const MOST_PAYLOADS = 1_000;

const payload = z.object({
  metadata: z.record(z.string(), z.base64()).default({}),
  data: z.base64().default(''),
});
const request = z.object({ payloads: z.array(payload).max(MOST_PAYLOADS) });

type Reader = CodecReader & { readonly requestId: string; readonly origin: string | undefined };

/** @throws ApiProblem ROLE_MISSING, and what readCodecReader throws */
async function authorise(deps: CodecDeps, c: Context): Promise<Reader> {
  const address = addressOf(c);
  const requestId = randomUUID();
  const read = await readCodecReader(deps, c).catch(async (error: unknown) => {
    const reason = refusedTokenReason(error);
    if (reason !== null) await deps.refusedTokens.note({ reason, address, requestId });
    throw error;
  });
  const reader = { ...read, requestId, origin: networkOf(address) };
  if (reader.role !== null) return reader;
  await record(deps, reader, { result: 'DENIED', reason: 'ROLE_MISSING', count: 0 });
  throw new ApiProblem('ROLE_MISSING');
}

interface Outcome {
  readonly result: 'DONE' | 'DENIED' | 'FAILED';
  readonly reason?: string;
  readonly count: number;
}

async function record(deps: CodecDeps, reader: Reader, outcome: Outcome): Promise<void> {
  const { caller, role, origin, requestId } = reader;
  const { result, reason, count } = outcome;
  const session = caller.sessionId === undefined ? {} : { session: caller.sessionId };
  await recordAudit(deps.db, {
    actor: caller.subject,
    role,
    via: caller.via,
    action: 'payload.decode',
    subjectKind: 'namespace',
    subjectId: deps.namespace,
    result,
    reason,
    origin,
    requestId,
    detail: { count, ...session },
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
    await record(deps, reader, { result: 'DONE', count: decoded.length });
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
    const outcome = { result: 'FAILED', reason: 'PAYLOAD_UNREADABLE' } as const;
    await record(deps, reader, { ...outcome, count: encoded.length });
    throw new ApiProblem('PAYLOAD_UNREADABLE', { cause });
  }
}

/** A page of another origin can send JSON only after the preflight has let it; a form it could send without. */
const isJson = (c: Context): boolean =>
  /^application\/json(;|$)/i.test(c.req.header('Content-Type') ?? '');

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
  app.use('*', securityHeaders(deps.secure));
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
    const reader = await authorise(deps, c);
    if (!isJson(c)) throw new ApiProblem('CONTENT_TYPE_UNSUPPORTED');
    const namespace = c.req.header('X-Namespace');
    if (namespace !== undefined && namespace !== deps.namespace) throw new ApiProblem('NOT_FOUND');
    const body = await readBody(() => c.req.json());
    return c.json({ payloads: await decode(deps, reader, body) });
  });
  return app;
}
