/** Gives every request its id, language, security headers and one line in the access log. */
import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { ApiDeps, AppEnv } from '../deps.ts';
import { chooseLanguage } from '../problem-response.ts';

/**
 * Headers of every answer: nothing is cached or framed, nothing loads from elsewhere (OWASP REST Security Cheat Sheet).
 * The page at /docs has only inline style.
 */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

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
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
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
