/** Limits how many requests one caller may make a minute: a client at the rate it was granted. */
import type { MiddlewareHandler } from 'hono';
import type { ApiDeps, AppContext, AppEnv } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import type { NewRequestLimit, RequestLimit } from '../request-limits.ts';

/** Limits of clients by their rate, which is one of a few that the lender grants. */
function clientLimits(newLimit: NewRequestLimit): (rate: number) => RequestLimit {
  const made = new Map<number, RequestLimit>();
  return (rate) => {
    const known = made.get(rate);
    if (known !== undefined) return known;
    const limit = newLimit('client', rate);
    made.set(rate, limit);
    return limit;
  };
}

/** Made once per app, because it may hold the counters. Requests without a caller pass: they reach no record. */
export function createRateLimit(
  newLimit: NewRequestLimit,
  requestsPerMinute: ApiDeps['requestsPerMinute'],
): MiddlewareHandler<AppEnv> {
  const ofApplicants = newLimit('applicant', requestsPerMinute.applicant);
  const ofOthers = newLimit('other', requestsPerMinute.other);
  const ofClients = clientLimits(newLimit);
  const limitFor = (c: AppContext): RequestLimit => {
    const rate = c.get('principal')?.requestsPerMinute;
    if (rate !== undefined) return ofClients(rate);
    return c.get('role') === 'applicant' ? ofApplicants : ofOthers;
  };
  return async (c, next) => {
    const subject = c.get('principal')?.subject;
    const retryAfterSeconds = subject === undefined ? null : await limitFor(c).take(subject);
    if (retryAfterSeconds !== null)
      throw new ApiProblem('TOO_MANY_REQUESTS', { retryAfterSeconds });
    await next();
  };
}
