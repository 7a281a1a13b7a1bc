/** Limits what one address sends without being recognised: public routes, guesses at tokens and probing. */
import { isIPv6 } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { addressOf, networkOf } from '../address.ts';
import type { AppEnv } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import type { NewRequestLimit } from '../request-limits.ts';

/** Whoever has one IPv6 address has 2^64 of them and more: they count together. */
const counted = (address: string): string =>
  (isIPv6(address) ? networkOf(address) : undefined) ?? address;

/**
 * Made once per app, because it may hold the counters. A request counts until its caller is known: people who are signed
 * in use nothing up, and an address that is over its limit is refused before any token is looked at.
 */
export function limitAddresses(
  newLimit: NewRequestLimit,
  perMinute: number,
): MiddlewareHandler<AppEnv> {
  const limit = newLimit('address', perMinute);
  return async (c, next) => {
    const address = addressOf(c);
    if (address === undefined) return await next();
    const who = counted(address);
    const retryAfterSeconds = await limit.take(who);
    if (retryAfterSeconds !== null)
      throw new ApiProblem('TOO_MANY_REQUESTS', { retryAfterSeconds });
    await next();
    if (c.get('principal') !== undefined) await limit.giveBack(who);
    return undefined;
  };
}
