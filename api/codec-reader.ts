/** Who asks the codec server: staff by bearer token or by the session of their browser, and only in a role that may. */
import type { Context } from 'hono';
import type { Db } from '../db/database.ts';
import { secretOf } from './auth/cookies.ts';
import { callerOfSession } from './auth/authenticate.ts';
import { sessionOf } from './auth/sessions.ts';
import type { Caller } from './deps.ts';
import { actingRole, PAYLOAD_READERS, type Role } from './permissions.ts';
import { ApiProblem } from './problem-response.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface CodecReaderDeps {
  readonly db: Db;
  readonly verifyToken: TokenVerifier;
  readonly now: () => Date;
  /** Whether browsers reach us by TLS, which names the session's cookie. */
  readonly secure: boolean;
}

/** Somebody who was recognised; `role` is null when none of theirs may decode. */
export interface CodecReader {
  readonly caller: Caller;
  readonly role: Role | null;
}

const BEARER = /^Bearer ([A-Za-z0-9_=.-]{1,8192})$/;

/** @throws ApiProblem TOKEN_INVALID, TOKEN_EXPIRED, SECOND_FACTOR_MISSING, ROLES_INCOMPATIBLE, UNAVAILABLE */
async function byToken(deps: CodecReaderDeps, header: string): Promise<Caller> {
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new ApiProblem('TOKEN_INVALID', { fault: 'TOKEN_MALFORMED' });
  const verdict = await deps.verifyToken(token);
  if (verdict.ok) return verdict.principal;
  throw new ApiProblem(
    verdict.refusal,
    verdict.refusal === 'UNAVAILABLE' ? { cause: verdict.cause } : { fault: verdict.fault },
  );
}

/**
 * The browser sends the cookie by itself, so the page must say which one it is and be on the list: a request without
 * Origin is none of the Temporal UI's. @throws ApiProblem TOKEN_MISSING, ORIGIN_REFUSED, SESSION_ENDED
 */
async function bySession(deps: CodecReaderDeps, c: Context): Promise<Caller> {
  const secret = secretOf(c, 'session', deps.secure);
  if (secret === undefined) throw new ApiProblem('TOKEN_MISSING');
  if (c.req.header('Origin') === undefined) throw new ApiProblem('ORIGIN_REFUSED');
  const session = await sessionOf(deps, secret);
  if (session === null) throw new ApiProblem('SESSION_ENDED');
  return callerOfSession(session);
}

/** The person who asks; a token goes before a cookie. Origins were checked before. */
export async function readCodecReader(deps: CodecReaderDeps, c: Context): Promise<CodecReader> {
  const header = c.req.header('Authorization');
  const caller = header === undefined ? await bySession(deps, c) : await byToken(deps, header);
  return { caller, role: actingRole(PAYLOAD_READERS, caller.roles) ?? null };
}
