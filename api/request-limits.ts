/**
 * Counts requests against a limit per minute: in Redis for all processes together where there is one, else in this process.
 */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { hmacSm3 } from '../platform/crypto/sm3.ts';

const MINUTE_SECONDS = 60;

/** One limit, counted for each who asks. */
export interface RequestLimit {
  /** Counts one; the seconds to wait once there are too many, else null. `who` is hashed before it is kept anywhere. */
  take(who: string): Promise<number | null>;
  /** Takes one count back. */
  giveBack(who: string): Promise<void>;
}

/** Makes a limit of so many a minute. Limits of the same name and number share their counts. */
export type NewRequestLimit = (name: string, perMinute: number) => RequestLimit;

/**
 * While Redis is away each process counts by itself and allows half: it cannot know how many others do the same, and
 * an outage must not be worth causing.
 */
const insured = (redis: Redis, keyPrefix: string, points: number): RateLimiterRedis =>
  new RateLimiterRedis({
    storeClient: redis,
    keyPrefix,
    points,
    duration: MINUTE_SECONDS,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory({
      keyPrefix,
      points: Math.ceil(points / 2),
      duration: MINUTE_SECONDS,
    }),
  });

/**
 * @param redis counts for all processes; undefined counts in this process alone
 * @param key keeps subjects and addresses out of the counters' names
 */
export function createRequestLimits(redis: Redis | undefined, key: Uint8Array): NewRequestLimit {
  return (name, perMinute) => {
    const prefix = `limit:${name}:${perMinute}`;
    const limiter =
      redis === undefined
        ? new RateLimiterMemory({ keyPrefix: prefix, points: perMinute, duration: MINUTE_SECONDS })
        : insured(redis, prefix, perMinute);
    const counterOf = (who: string): string => hmacSm3(key, `${name}|${who}`).toString('base64url');
    return {
      async take(who) {
        try {
          await limiter.consume(counterOf(who));
          return null;
        } catch (reason) {
          if (!(reason instanceof RateLimiterRes)) throw reason;
          return Math.max(1, Math.ceil(reason.msBeforeNext / 1000));
        }
      },
      async giveBack(who) {
        await limiter.reward(counterOf(who));
      },
    };
  };
}
