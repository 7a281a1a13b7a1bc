/** Makes a repeated act one act: the same Idempotency-Key and request get the stored answer. */
import type { Context, MiddlewareHandler } from 'hono';
import { z } from 'zod';
import {
  beginAct,
  finishAct,
  releaseAct,
  type StoredAnswer,
} from '../../db/queries/idempotency.ts';
import { createSm3, sm3Hex } from '../../platform/crypto/sm3.ts';
import { type AppEnv, callerOf } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';

/** 8 to 128 visible ASCII characters. */
const KEY = /^[\x21-\x7e]{8,128}$/;

/** How long a request may take before its key is taken for that of a crashed process. */
const LEASE_SECONDS = 60;

const stored = z.object({
  status: z.number().int(),
  contentType: z.string(),
  body: z.string(),
  language: z.string().nullable(),
});

/**
 * The act's key for the loan: bound to the caller, because Temporal compares update ids within a run and two callers
 * may choose the same key. Also the update id.
 */
export const actKey = (subject: string, key: string): string => sm3Hex(`${subject}|${key}`);

async function requestSm3(c: Context<AppEnv>): Promise<string> {
  const hash = createSm3();
  hash.update(`${c.req.method}\n${c.req.path}\n`);
  hash.update(Buffer.from(await c.req.arrayBuffer()));
  return hash.digest('hex');
}

function replay(answer: StoredAnswer): Response {
  return new Response(answer.body, {
    status: answer.status,
    headers: {
      'Content-Type': answer.contentType,
      'Idempotency-Replayed': 'true',
      ...(answer.language === null ? {} : { 'Content-Language': answer.language }),
    },
  });
}

/** Runs after the access check; sets the act's key for the handlers. */
export function idempotent(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { db, vault } = c.get('deps');
    const key = c.req.header('Idempotency-Key');
    if (key === undefined) throw new ApiProblem('IDEMPOTENCY_KEY_MISSING');
    if (!KEY.test(key)) throw new ApiProblem('IDEMPOTENCY_KEY_INVALID');
    const { subject } = callerOf(c);
    const act = { actor: subject, key, requestSm3: await requestSm3(c) };
    const cipher = await vault.ofHouse(db);
    const begun = await beginAct(db, cipher, act, LEASE_SECONDS, (value) => stored.parse(value));
    switch (begun.state) {
      case 'REPLAY':
        return replay(begun.answer);
      case 'MISMATCH':
        throw new ApiProblem('IDEMPOTENCY_KEY_REUSED');
      case 'RUNNING':
        throw new ApiProblem('IDEMPOTENCY_KEY_RUNNING', { retryAfterSeconds: 1 });
      case 'STARTED':
        break;
    }
    c.set('actKey', actKey(subject, key));
    await next();
    // A refusal is an answer too and is stored; a failure of ours is none, so that the caller may try again.
    const answer = c.res;
    if (answer.status >= 500) {
      await releaseAct(db, act, begun.leaseUntil);
      return undefined;
    }
    await finishAct(db, await vault.ofHouse(db), act, begun.leaseUntil, {
      status: answer.status,
      contentType: answer.headers.get('Content-Type') ?? 'application/json',
      language: answer.headers.get('Content-Language'),
      body: await answer.clone().text(),
    });
    return undefined;
  };
}
