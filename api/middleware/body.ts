/** Refuses bodies that are too large or of a type the route does not take, before they are read. */
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { AppEnv } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';

/** Largest JSON body: a whole form with its device trail is a tenth of it. */
export const JSON_BODY_LIMIT = 256 * 1024;

/** Answers 413 to a body above `maxBytes`, whether its length is announced or not. */
export function limitBody(maxBytes: number): MiddlewareHandler<AppEnv> {
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new ApiProblem('BODY_TOO_LARGE');
    },
  });
}

/** Answers 415 to a body of any other media type than the route's; a route without body takes none. */
export function requireMediaType(accepted: readonly string[]): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const essence = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
    if (essence !== undefined && !accepted.includes(essence)) {
      throw new ApiProblem('CONTENT_TYPE_UNSUPPORTED');
    }
    await next();
  };
}
