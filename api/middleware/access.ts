/** Checks who calls and whether their roles allow the route. */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../deps.ts';
import { accessOf, actingRole, type RouteKey } from '../permissions.ts';
import { ApiProblem } from '../problem-response.ts';

const BEARER = /^Bearer ([A-Za-z0-9_=.-]{1,8192})$/;

/** Reads the bearer token and lets pass whoever holds a role of the route's row in the permissions table. */
export function requireAccess(key: RouteKey): MiddlewareHandler<AppEnv> {
  const access = accessOf(key);
  return async (c, next) => {
    if (typeof access === 'string') return await next();
    const { verifyToken } = c.get('deps');
    const header = c.req.header('Authorization');
    if (header === undefined) throw new ApiProblem('TOKEN_MISSING');
    const token = BEARER.exec(header)?.[1];
    if (token === undefined) throw new ApiProblem('TOKEN_INVALID');
    const verdict = await verifyToken(token);
    if (!verdict.ok) {
      if (verdict.refusal !== 'UNAVAILABLE') throw new ApiProblem(verdict.refusal);
      throw new ApiProblem('UNAVAILABLE', { retryAfterSeconds: 5, cause: verdict.cause });
    }
    c.set('principal', verdict.principal);
    const role = actingRole(access, verdict.principal.roles);
    if (role === undefined) throw new ApiProblem('ROLE_MISSING');
    c.set('role', role);
    return await next();
  };
}
