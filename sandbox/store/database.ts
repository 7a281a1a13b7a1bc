/** Opens the sandbox's own embedded database, quickly: a new one is copied from an empty template made once. */
import { createRequire } from 'node:module';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { SCHEMA } from './schema.ts';

/** Where the empty cluster is kept between runs; initdb takes seconds, a copy takes a fraction of one. */
const TEMPLATE = path.resolve(
  path.dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')),
  '../../../.cache/xindai-sandbox/empty-cluster',
);

async function exists(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    () => false,
  );
}

/** Makes the template if it is missing. Several processes may try at once: the first rename wins. */
async function prepareTemplate(): Promise<void> {
  if (await exists(TEMPLATE)) return;
  const draft = `${TEMPLATE}.${process.pid}.${Date.now()}`;
  await mkdir(path.dirname(TEMPLATE), { recursive: true });
  const database = await PGlite.create(draft);
  await database.close();
  await rename(draft, TEMPLATE).catch(() => rm(draft, { recursive: true, force: true }));
}

/**
 * Opens the database in `folder`, creating it with its tables when there is none. The data survives a crash of the
 * process: PGlite replays its write-ahead log when it opens.
 */
export async function openDatabase(folder: string): Promise<PGlite> {
  if (!(await exists(path.join(folder, 'PG_VERSION')))) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(path.dirname(folder), { recursive: true });
    // A read-only node_modules has no place for a template; the database is then made the slow way.
    await prepareTemplate()
      .then(() => cp(TEMPLATE, folder, { recursive: true }))
      .catch(() => rm(folder, { recursive: true, force: true }));
  }
  const database = await PGlite.create(folder);
  await database.exec(SCHEMA);
  return database;
}
