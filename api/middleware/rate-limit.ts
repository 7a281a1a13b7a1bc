/** Limits how many requests one token's subject may make a minute on this process. */
import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { ApiDeps, AppEnv } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';

/** Made once per app, because it holds the counters. Requests without a token pass: they reach no record. */
export function createRateLimit(
  requestsPerMinute: ApiDeps['requestsPerMinute'],
): MiddlewareHandler<AppEnv> {
  const ofApplicants = new RateLimiterMemory({ points: requestsPerMinute.applicant, duration: 60 });
  const ofOthers = new RateLimiterMemory({ points: requestsPerMinute.other, duration: 60 });
  return async (c, next) => {
    const subject = c.get('principal')?.subject;
    if (subject !== undefined) {
      const limiter = c.get('role') === 'applicant' ? ofApplicants : ofOthers;
      await limiter.consume(subject).catch((reason: unknown) => {
        if (!(reason instanceof RateLimiterRes)) throw reason;
        const retryAfterSeconds = Math.max(1, Math.ceil(reason.msBeforeNext / 1000));
        throw new ApiProblem('TOO_MANY_REQUESTS', { retryAfterSeconds });
      });
    }
    await next();
  };
}
