/** Request quotas of the services that have one, counted per caller. */

/** Requests a second that a service allows one caller, with a burst of the same size. */
export const RATE_LIMITS: Readonly<Record<string, number>> = { pboc: 2, baihang: 5 };

export interface RateLimiter {
  /** Null when the call may pass, else how long to wait in milliseconds. */
  refuse(service: string, appId: string, nowMs: number): number | null;
}

/** A token bucket per caller and service. */
export function createRateLimiter(limits: Readonly<Record<string, number>>): RateLimiter {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    refuse: (service, appId, nowMs) => {
      const perSecond = limits[service];
      if (perSecond === undefined) return null;
      const key = `${service}/${appId}`;
      const bucket = buckets.get(key) ?? { tokens: perSecond, atMs: nowMs };
      const refilled = Math.min(
        perSecond,
        bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond,
      );
      if (refilled < 1) {
        buckets.set(key, { tokens: refilled, atMs: nowMs });
        return Math.ceil(((1 - refilled) / perSecond) * 1000);
      }
      buckets.set(key, { tokens: refilled - 1, atMs: nowMs });
      return null;
    },
  };
}
