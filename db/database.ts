/** Opens PostgreSQL through Kysely: one pool, one schema, values parsed as the row types promise. */
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool, TypeOverrides } from 'pg';
import type { Database } from './schema/index.ts';

export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;
/** A place to run queries: the pool or an open transaction. */
export type Queryable = Db | Tx;

export interface DatabaseOptions {
  readonly url: string;
  /** PostgreSQL schema that holds every table; tests use one of their own. */
  readonly schema: string;
  readonly poolMax: number;
  /** Role that every connection acts in; the connecting user itself without it. */
  readonly role?: string;
}

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** int8 arrives as text; every amount of ours fits a safe integer, and one that does not must not be rounded. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('int8 value beyond the safe integers');
  return value;
}

const INT8 = 20;
const DATE = 1082;

/** Values as the row types promise them: amounts as numbers, dates as the text they are. */
function valueParsers(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(INT8, parseInt8);
  overrides.setTypeParser(DATE, (text) => text);
  return overrides;
}

/** Opens a bare pool. `onIdleError` hears of connections that break while nobody uses them. */
export function openPool(options: DatabaseOptions, onIdleError: (error: Error) => void): Pool {
  const { schema, role } = options;
  if (!SCHEMA_NAME.test(schema)) throw new Error('DATABASE_SCHEMA is not a plain lower-case name');
  if (role !== undefined && !SCHEMA_NAME.test(role))
    throw new Error('the role is not a plain lower-case name');
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolMax,
    options: `-c search_path=${schema}${role === undefined ? '' : ` -c role=${role}`}`,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    types: valueParsers(),
  });
  pool.on('error', onIdleError);
  // A connection in use that breaks between two of its queries fails the next one; without a listener of its own it would
  // end the process, and with it everything else that is in hand.
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  return pool;
}

/** Opens the database. `onIdleError` hears of connections that break while nobody uses them. */
export function openDatabase(options: DatabaseOptions, onIdleError: (error: Error) => void): Db {
  const pool = openPool(options, onIdleError);
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
