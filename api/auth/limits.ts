/**
 * Limits of sign-in that hold over every process: counted by rate-limiter-flexible in our own database. Not in Redis, which
 * may lose its counts: these stand between a guesser and a code, and without the database there is no code to guess.
 */
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { CompiledQuery } from 'kysely';
import type { Db } from '../../db/database.ts';
import { hmacSm3 } from '../../platform/crypto/sm3.ts';

/** How many in which time, in seconds. */
interface Limit {
  readonly points: number;
  readonly duration: number;
}

/** House limits: a person asks again once or twice, a household or an office shares one address. */
export const LIMITS = {
  codesPerNumber: { points: 5, duration: 3_600 },
  codesPerAddress: { points: 20, duration: 3_600 },
  triesPerAddress: { points: 60, duration: 900 },
} as const satisfies Readonly<Record<string, Limit>>;
export type LimitName = keyof typeof LIMITS;

export interface SignInLimits {
  /** Counts one; false once there are too many. `who` is hashed before it is kept. */
  take(name: LimitName, who: string): Promise<boolean>;
}

interface Query {
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** The one method of a pg pool that the limiter calls, through Kysely's pool and its schema. */
function clientOf(db: Db) {
  return {
    async query({ text, values = [] }: Query) {
      const result = await db.executeQuery(CompiledQuery.raw(text, [...values]));
      return { rows: result.rows, rowCount: result.rows.length };
    },
  };
}

/** @param key keeps numbers and addresses out of the counters' names */
export function createSignInLimits(db: Db, key: Uint8Array): SignInLimits {
  const storeClient = clientOf(db);
  const limiterOf = (name: LimitName): RateLimiterPostgres =>
    new RateLimiterPostgres({
      ...LIMITS[name],
      storeClient,
      storeType: 'pool',
      tableName: 'sign_in_limits',
      tableCreated: true,
      keyPrefix: name,
    });
  const limiters: Readonly<Record<LimitName, RateLimiterPostgres>> = {
    codesPerNumber: limiterOf('codesPerNumber'),
    codesPerAddress: limiterOf('codesPerAddress'),
    triesPerAddress: limiterOf('triesPerAddress'),
  };
  return {
    async take(name, who) {
      try {
        await limiters[name].consume(hmacSm3(key, `limit|${name}|${who}`).toString('hex'));
        return true;
      } catch (reason) {
        if (reason instanceof RateLimiterRes) return false;
        throw reason;
      }
    },
  };
}
