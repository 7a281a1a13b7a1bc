/** Says who calls: by a bearer token, or by the session cookie of a browser in which staff signed in. */
import type { AppContext, Caller } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { readSecret } from './cookies.ts';
import { csrfToken, isOurPage } from './csrf.ts';
import { type Session, sessionOf } from './sessions.ts';

const BEARER = /^Bearer ([A-Za-z0-9_=.-]{1,8192})$/;

/**
 * The caller. A bearer token goes before a cookie: whoever sends one means it.
 * @throws ApiProblem TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED, SECOND_FACTOR_MISSING, ROLES_INCOMPATIBLE,
 *   SESSION_ENDED, CSRF_REFUSED, UNAVAILABLE
 */
export async function authenticate(c: AppContext): Promise<Caller> {
  const header = c.req.header('Authorization');
  if (header !== undefined) return await callerOfToken(c, header);
  if (readSecret(c, 'session') === undefined) throw new ApiProblem('TOKEN_MISSING');
  return callerOfSession(await requireSession(c));
}

async function callerOfToken(c: AppContext, header: string): Promise<Caller> {
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new ApiProblem('TOKEN_INVALID', { fault: 'TOKEN_MALFORMED' });
  const verdict = await c.get('deps').verifyToken(token);
  if (verdict.ok) return verdict.principal;
  if (verdict.refusal !== 'UNAVAILABLE')
    throw new ApiProblem(verdict.refusal, { fault: verdict.fault });
  throw new ApiProblem('UNAVAILABLE', { retryAfterSeconds: 5, cause: verdict.cause });
}

/** The person of a session as the caller. */
export function callerOfSession({ subject, roles, id }: Session): Caller {
  return { subject, roles, via: 'session', scopes: [], sessionId: id };
}

/**
 * The session of the request's cookie, once it is known that a page of ours sent it.
 * @throws ApiProblem SESSION_ENDED, CSRF_REFUSED
 */
export async function requireSession(c: AppContext): Promise<Session> {
  const deps = c.get('deps');
  const secret = readSecret(c, 'session');
  const session = secret === undefined ? null : await sessionOf(deps, secret);
  if (session === null) throw new ApiProblem('SESSION_ENDED');
  const ours = isOurPage({
    method: c.req.method,
    header: (name) => c.req.header(name),
    publicUrl: deps.publicUrl,
    token: csrfToken(deps.signIn.secret, session.secretSm3),
  });
  if (!ours) throw new ApiProblem('CSRF_REFUSED');
  return session;
}
