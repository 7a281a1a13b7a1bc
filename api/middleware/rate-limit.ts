/** Limits how many requests one caller may make a minute on this process: a client at the rate it was granted. */
import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { ApiDeps, AppContext, AppEnv } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';

const newLimiter = (points: number): RateLimiterMemory =>
  new RateLimiterMemory({ points, duration: 60 });

/** Limiters of clients by their rate, which is one of a few that the lender grants. */
function clientLimiters(): (rate: number) => RateLimiterMemory {
  const made = new Map<number, RateLimiterMemory>();
  return (rate) => {
    const known = made.get(rate);
    if (known !== undefined) return known;
    const limiter = newLimiter(rate);
    made.set(rate, limiter);
    return limiter;
  };
}

/** Made once per app, because it holds the counters. Requests without a caller pass: they reach no record. */
export function createRateLimit(
  requestsPerMinute: ApiDeps['requestsPerMinute'],
): MiddlewareHandler<AppEnv> {
  const ofApplicants = newLimiter(requestsPerMinute.applicant);
  const ofOthers = newLimiter(requestsPerMinute.other);
  const ofClients = clientLimiters();
  const limiterFor = (c: AppContext): RateLimiterMemory => {
    const rate = c.get('principal')?.requestsPerMinute;
    if (rate !== undefined) return ofClients(rate);
    return c.get('role') === 'applicant' ? ofApplicants : ofOthers;
  };
  return async (c, next) => {
    const subject = c.get('principal')?.subject;
    if (subject !== undefined) {
      await limiterFor(c)
        .consume(subject)
        .catch((reason: unknown) => {
          if (!(reason instanceof RateLimiterRes)) throw reason;
          const retryAfterSeconds = Math.max(1, Math.ceil(reason.msBeforeNext / 1000));
          throw new ApiProblem('TOO_MANY_REQUESTS', { retryAfterSeconds });
        });
    }
    await next();
  };
}
