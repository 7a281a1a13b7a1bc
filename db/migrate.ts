/** Process entry: brings the schema to its newest version and says what it applied. */
import { loadConfig } from '../platform/config.ts';
import { openDatabase } from './database.ts';
import { migrateToLatest } from './migrator.ts';

async function main(): Promise<void> {
  const { database } = loadConfig();
  const db = openDatabase(database, () => undefined);
  try {
    const applied = await migrateToLatest(db, database.schema);
    process.stdout.write(
      `schema ${database.schema}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}\n`,
    );
  } finally {
    await db.destroy();
  }
}

try {
  await main();
} catch (error) {
  const known = error instanceof Error ? error.message : 'unknown error';
  const cause =
    error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  process.stderr.write(`migrate: ${known}${cause}\n`);
  process.exitCode = 1;
}
