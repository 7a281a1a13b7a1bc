/** Limits what one address sends without being recognised: public routes, guesses at tokens and probing. */
import { isIPv6 } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { addressOf, networkOf } from '../address.ts';
import type { AppEnv } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';

/** Whoever has one IPv6 address has 2^64 of them and more: they count together. */
const counted = (address: string): string =>
  (isIPv6(address) ? networkOf(address) : undefined) ?? address;

/**
 * Made once per app, because it holds the counters. A request counts until its caller is known: people who are signed in
 * use nothing up, and an address that is over its limit is refused before any token is looked at.
 */
export function limitAddresses(perMinute: number): MiddlewareHandler<AppEnv> {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (c, next) => {
    const address = addressOf(c);
    if (address === undefined) return await next();
    const key = counted(address);
    await limiter.consume(key).catch((reason: unknown) => {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      const retryAfterSeconds = Math.max(1, Math.ceil(reason.msBeforeNext / 1000));
      throw new ApiProblem('TOO_MANY_REQUESTS', { retryAfterSeconds });
    });
    await next();
    if (c.get('principal') !== undefined) await limiter.reward(key);
    return undefined;
  };
}
