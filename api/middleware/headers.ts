/** Security headers of every answer: nothing is framed, cached or loaded from elsewhere, and no page runs what is not ours. */
import type { MiddlewareHandler } from 'hono';
import { STYLE_DIGEST } from '../docs-page.ts';

/** Content that is no page loads nothing; the one page that there is has one style element, named by its digest. */
const POLICY_OF_DATA =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const POLICY_OF_PAGES = `default-src 'none'; style-src '${STYLE_DIGEST}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

const HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
const HSTS = 'max-age=31536000; includeSubDomains';

/**
 * Sets them (OWASP Secure Headers). An answer is kept by no cache unless its route says otherwise.
 * @param secure whether browsers reach us by HTTPS; over plain HTTP a promise of it would be ignored and is not made
 */
export function securityHeaders(secure: boolean): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
    if (secure) headers.set('Strict-Transport-Security', HSTS);
    const isPage = headers.get('Content-Type')?.startsWith('text/html') === true;
    headers.set('Content-Security-Policy', isPage ? POLICY_OF_PAGES : POLICY_OF_DATA);
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
  };
}
