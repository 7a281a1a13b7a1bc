/** One small pool per area: whoever works in an area reaches the database in its role, with the caller's subject set. */
import { Kysely, PostgresDialect } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { type DatabaseOptions, type Db, openPool } from '../database.ts';
import type { Database } from '../schema/index.ts';
import { type Area, AREAS, roleOf, SUBJECT_SETTING } from './areas.ts';

export interface AreaDatabases {
  /**
   * The database as the area sees it, working for this subject; null works for nobody and sees no one's rows. Cheap to
   * call: one per request.
   */
  of(area: Area, subject: string | null): Db;
  close(): Promise<void>;
}

/** Connections of the areas in which few people work; owners, the worker and the edge have the process's share. */
const FEW = 3;
const BUSY: readonly Area[] = ['apply', 'worker', 'edge'];

/** Opens the pools; they connect when they are first asked. */
export function openAreaDatabases(
  options: DatabaseOptions,
  onIdleError: (error: Error) => void,
): AreaDatabases {
  const poolOf = (area: Area): Pool => {
    const poolMax = BUSY.includes(area) ? options.poolMax : Math.min(FEW, options.poolMax);
    return openPool({ ...options, poolMax, role: roleOf(area) }, onIdleError);
  };
  const pools = new Map(AREAS.map((area) => [area, poolOf(area)]));
  /** The subject each connection was last set to, so that a caller's second query needs no second setting. */
  const subjects = new WeakMap<PoolClient, string>();
  const connect = async (pool: Pool, subject: string): Promise<PoolClient> => {
    const client = await pool.connect();
    if ((subjects.get(client) ?? '') === subject) return client;
    try {
      await client.query('select set_config($1, $2, false)', [SUBJECT_SETTING, subject]);
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw error;
    }
    subjects.set(client, subject);
    return client;
  };
  return {
    of: (area, subject) => {
      const pool = pools.get(area);
      if (pool === undefined) throw new Error(`no pool of area ${area}`);
      const dialect = new PostgresDialect({
        pool: { connect: () => connect(pool, subject ?? ''), end: async () => {} },
      });
      return new Kysely<Database>({ dialect });
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}
