/** Refuses requests with more headers than any client of ours sends; their size is limited where we listen. */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';

/** Browsers behind two proxies send about thirty. */
const HEADERS_MOST = 64;

/** Answers 431 above that. Node.js would drop what is too much, and with it perhaps the header that matters. */
export function limitHeaders(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if ([...c.req.raw.headers.keys()].length > HEADERS_MOST)
      throw new ApiProblem('HEADERS_TOO_MANY');
    await next();
  };
}
