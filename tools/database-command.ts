/** Runs a command-line program over the records' database: one connection, one line of result, one sentence of failure. */
import { fileURLToPath } from 'node:url';
import { type Db, openDatabase } from '../db/database.ts';
import { StartFailure } from './start/failure.ts';

/**
 * Runs `command` with the arguments of the process when `moduleUrl` is the program that was started; does nothing when
 * it was only imported, as tests do.
 */
export async function runDatabaseCommand(
  moduleUrl: string,
  command: (db: Db, args: readonly string[]) => Promise<string>,
): Promise<void> {
  if (process.argv[1] !== fileURLToPath(moduleUrl)) return;
  try {
    await withDatabase(command);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function withDatabase(
  command: (db: Db, args: readonly string[]) => Promise<string>,
): Promise<void> {
  const { DATABASE_URL: url = '', DATABASE_SCHEMA: schema = 'xindai' } = process.env;
  if (url === '') throw new StartFailure('DATABASE_URL is not set.');
  const db = openDatabase({ url, schema, poolMax: 1 }, () => undefined);
  try {
    process.stdout.write(`${await command(db, process.argv.slice(2))}\n`);
  } finally {
    await db.destroy();
  }
}
