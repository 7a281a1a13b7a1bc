/** Gives every request its id, language and one line in the access log. */
import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { ApiDeps, AppEnv } from '../deps.ts';
import { chooseLanguage } from '../problem-response.ts';

/** First of the middleware. The id is always ours, so that nobody writes into our log. */
export function requestContext(deps: ApiDeps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const requestId = randomUUID();
    const startedAt = performance.now();
    c.set('deps', deps);
    c.set('requestId', requestId);
    c.set('language', chooseLanguage(c.req.header('Accept-Language')));
    await next();
    c.res.headers.set('X-Request-Id', requestId);
    deps.log.info(
      {
        'http.request.method': c.req.method,
        'http.request.id': requestId,
        // The pattern and not the path: a path may hold what a caller put there by mistake.
        'http.route': routePath(c, -1),
        'http.response.status_code': c.res.status,
        'event.duration': Math.round((performance.now() - startedAt) * 1_000_000),
        'user.id': c.get('principal')?.subject,
      },
      'request',
    );
  };
}
