/** Checks who calls, and whether their roles, and a client's scopes, allow the route. */
import type { MiddlewareHandler } from 'hono';
import { authenticate, callerOfSession, requireSession } from '../auth/authenticate.ts';
import { scopeOf } from '../auth/scopes.ts';
import { inArea } from '../area.ts';
import type { AppEnv } from '../deps.ts';
import { accessOf, actingRole, type RouteKey } from '../permissions.ts';
import { ApiProblem } from '../problem-response.ts';

/** Lets pass whoever holds a role of the route's row in the permissions table, by token or by session. */
export function requireAccess(key: RouteKey): MiddlewareHandler<AppEnv> {
  const access = accessOf(key);
  return async (c, next) => {
    if (access === 'session') {
      const session = await requireSession(c);
      c.set('session', session);
      c.set('principal', callerOfSession(session));
    }
    if (typeof access === 'string') return await next();
    const caller = await authenticate(c);
    c.set('principal', caller);
    const role = actingRole(access, caller.roles);
    if (role === undefined) throw new ApiProblem('ROLE_MISSING');
    c.set('role', role);
    c.set('deps', inArea(c.get('deps'), role, caller.subject));
    if (caller.via === 'client') {
      const scope = scopeOf(key);
      if (scope === undefined || !caller.scopes.includes(scope))
        throw new ApiProblem('SCOPE_MISSING');
    }
    return await next();
  };
}
