/** Opens the sandbox's own embedded database, quickly: a new one is copied from an empty template made once. */
import { createRequire } from 'node:module';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { z } from 'zod';
import { SCHEMA } from './schema.ts';

const PACKAGE = path.resolve(
  path.dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')),
  '..',
);

/**
 * Where the empty cluster is kept between runs; initdb takes seconds, a copy takes a fraction of one. A cluster belongs
 * to the version of PGlite that made it.
 */
async function templateFolder(): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(path.join(PACKAGE, 'package.json'), 'utf8')));
  return path.resolve(PACKAGE, '../../.cache/xindai-sandbox', `cluster-${version}`);
}

async function exists(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    () => false,
  );
}

/** Makes the template if it is missing. Several processes may try at once: the first rename wins. */
async function prepareTemplate(template: string): Promise<void> {
  if (await exists(template)) return;
  const draft = `${template}.${process.pid}.${Date.now()}`;
  await mkdir(path.dirname(template), { recursive: true });
  const database = await PGlite.create(draft);
  // The databases nobody connects to are two thirds of the files, and files are what a copy costs.
  await database.exec(
    'update pg_database set datistemplate = false where datname <> current_database()',
  );
  await database.exec('drop database template0');
  await database.exec('drop database template1');
  await database.close();
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
}

/** A read-only node_modules has no place for a template: the database is then made the slow way. */
function isForbidden(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'EACCES' || code === 'EROFS' || code === 'EPERM';
}

async function copyTemplate(folder: string): Promise<void> {
  const template = await templateFolder();
  await prepareTemplate(template);
  // A copy cut short by a crash must not look like a database: it gets its name when it is whole.
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await cp(template, draft, { recursive: true });
  await rename(draft, folder);
}

/**
 * Opens the database in `folder`, creating it with its tables when there is none. The data survives a crash of the
 * process: PGlite replays its write-ahead log when it opens.
 */
export async function openDatabase(folder: string): Promise<PGlite> {
  if (!(await exists(path.join(folder, 'PG_VERSION')))) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(path.dirname(folder), { recursive: true });
    await copyTemplate(folder).catch((error: unknown) => {
      if (!isForbidden(error)) throw error;
    });
  }
  const database = await PGlite.create(folder);
  await database.exec(SCHEMA);
  return database;
}
