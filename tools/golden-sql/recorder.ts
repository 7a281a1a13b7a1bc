/** A database that answers nothing of its own: it keeps the SQL it is asked and gives back the rows it was told to. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { Tx } from '../../db/database.ts';
import type { Database } from '../../db/schema/index.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';

/** What a sample call of a query function is given. */
export interface Asked {
  readonly tx: Tx;
  /** Seals nothing and opens everything as an empty document: sealed values are parameters, never SQL. */
  readonly cipher: FieldCipher;
  /** Rows for the next statement that has none promised yet; without a promise a statement finds no row. */
  readonly answer: (...rows: readonly Readonly<Record<string, unknown>>[]) => void;
}

/** One call of one query function. */
export type Sample = (asked: Asked) => unknown;

/** Calls by function name, or `name (what differs)` where one call does not show every statement of the function. */
export type Samples = Readonly<Record<string, Sample>>;

const CIPHER: FieldCipher = {
  sealJson: () => Buffer.alloc(0),
  openJson: (_column, _rowId, _sealed, parse) => parse({}),
  blindIndex: () => Buffer.alloc(0),
};

class RecordingConnection implements DatabaseConnection {
  readonly statements: string[] = [];
  readonly promised: (readonly unknown[])[] = [];

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.statements.push(query.sql);
    // The caller of `answer` promises rows of the shape that the statement selects.
    const rows = (this.promised.shift() ?? []) as R[];
    return { rows, numAffectedRows: BigInt(rows.length) };
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }
}

function driverOf(connection: DatabaseConnection): Driver {
  const nothing = async (): Promise<void> => undefined;
  return {
    init: nothing,
    acquireConnection: async () => connection,
    beginTransaction: nothing,
    commitTransaction: nothing,
    rollbackTransaction: nothing,
    releaseConnection: nothing,
    destroy: nothing,
  };
}

/**
 * The SQL that one sample sends, statement by statement, with parameters as `$n`.
 * @throws what the function throws, which says that its sample promises the wrong rows
 */
export async function recordStatements(sample: Sample): Promise<readonly string[]> {
  const connection = new RecordingConnection();
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driverOf(connection),
      createIntrospector: (one) => new PostgresIntrospector(one),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  await db.transaction().execute(async (tx) => {
    await sample({
      tx,
      cipher: CIPHER,
      answer: (...rows) => connection.promised.push(rows),
    });
  });
  await db.destroy();
  return connection.statements;
}
