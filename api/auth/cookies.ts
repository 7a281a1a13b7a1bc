/** The cookies of a staff sign-in: their names, attributes and reading. */
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Context } from 'hono';
import type { AppContext } from '../deps.ts';

/** `session`: somebody signed in. `attempt`: a sign-in that went to the provider. */
export type CookieKind = 'session' | 'attempt';

/** The `__Host-` names bind a cookie to this host, to TLS and to the path / (RFC 6265bis §4.1.3.2). */
const NAMES = {
  secure: { session: '__Host-xindai', attempt: '__Host-xindai-sign-in' },
  plain: { session: 'xindai_session', attempt: 'xindai_sign_in' },
} as const;

/** 32 random bytes in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** True when people reach us by TLS; plain HTTP is for development on one machine. */
function isSecure(c: AppContext): boolean {
  return c.get('deps').publicUrl.startsWith('https:');
}

const nameOf = (c: AppContext, kind: CookieKind): string =>
  NAMES[isSecure(c) ? 'secure' : 'plain'][kind];

/** The secret in a cookie of a request that is not the API's; `secure` says whether browsers come by TLS. */
export function secretOf(c: Context, kind: CookieKind, secure: boolean): string | undefined {
  const value = getCookie(c, NAMES[secure ? 'secure' : 'plain'][kind]);
  return value !== undefined && SECRET.test(value) ? value : undefined;
}

/** The secret in a cookie, or undefined when there is none or it is none of ours. */
export function readSecret(c: AppContext, kind: CookieKind): string | undefined {
  return secretOf(c, kind, isSecure(c));
}

/** Gives the browser a secret. Lax, because the provider sends people back by a link from its own site. */
export function writeSecret(
  c: AppContext,
  kind: CookieKind,
  secret: string,
  maxAgeSeconds: number,
): void {
  setCookie(c, nameOf(c, kind), secret, {
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(c),
    path: '/',
    maxAge: maxAgeSeconds,
  });
}

export function dropSecret(c: AppContext, kind: CookieKind): void {
  deleteCookie(c, nameOf(c, kind), { path: '/', secure: isSecure(c) });
}
