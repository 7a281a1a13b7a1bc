/** Tells our own pages from others where the browser sends the session cookie by itself (OWASP CSRF Prevention). */
import { timingSafeEqual } from 'node:crypto';
import { hmacSm3 } from '../../platform/crypto/sm3.ts';

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export const CSRF_HEADER = 'X-CSRF-Token';

/** The token of one session's pages; a page of another origin cannot read it. */
export function csrfToken(key: Uint8Array, secretSm3: string): string {
  return hmacSm3(key, `csrf|${secretSm3}`).toString('hex');
}

export interface CsrfFacts {
  readonly method: string;
  readonly header: (name: string) => string | undefined;
  /** Our own address; its origin is the only one whose pages act. */
  readonly publicUrl: string;
  /** What `csrfToken` gives for the session. */
  readonly token: string;
}

/** True when the request changes nothing, or comes from a page of ours: by origin and by the session's token, both. */
export function isOurPage(facts: CsrfFacts): boolean {
  if (SAFE.has(facts.method)) return true;
  return isOurOrigin(facts) && isOurToken(facts.header(CSRF_HEADER), facts.token);
}

/** Browsers send at least one of the two headers with every unsafe request; what sends neither is none. */
function isOurOrigin({ header, publicUrl }: CsrfFacts): boolean {
  const site = header('Sec-Fetch-Site');
  const origin = header('Origin');
  if (site === undefined && origin === undefined) return false;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || origin === new URL(publicUrl).origin;
}

function isOurToken(given: string | undefined, expected: string): boolean {
  const left = Buffer.from(given ?? '', 'utf8');
  const right = Buffer.from(expected, 'utf8');
  return left.length === right.length && timingSafeEqual(left, right);
}
