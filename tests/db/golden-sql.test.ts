/** The golden SQL is complete, up to date, and SQL that the migrated database understands. */
import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../tools/golden-sql/catalogue.ts';
import { goldenFiles, recordCalls, withoutSample } from '../../tools/golden-sql/golden.ts';
import { filesUnder, ROOT } from '../house/sources.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';

const QUERIES = join(ROOT, 'db', 'queries');
/** No server prepares these, and they name no table. */
const SAVEPOINTS = /^(savepoint|release savepoint|rollback to savepoint) /;
const AGAIN = 'run `npm run golden-sql` and look at what changed';

describe('golden SQL', () => {
  it('covers every file of db/queries', () => {
    const files = filesUnder(QUERIES).map((path) =>
      relative(QUERIES, path).replaceAll('\\', '/').replace(/\.ts$/, ''),
    );
    expect(CATALOGUE.map((entry) => entry.file).sort()).toEqual(files.sort());
  });

  it('has a sample of every exported query function', () => {
    const missing = CATALOGUE.flatMap((entry) =>
      withoutSample(entry).map((name) => `${entry.file}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('notices a query function without a sample', () => {
    const [first] = CATALOGUE;
    if (first === undefined) throw new Error('the catalogue is empty');
    const grown = { ...first, exports: { ...first.exports, forgotten: () => undefined } };
    expect(withoutSample(grown)).toEqual(['forgotten']);
  });

  it('is up to date, and holds no file of queries that are gone', async () => {
    const expected = await goldenFiles();
    for (const { path, text } of expected) {
      expect(readFileSync(join(ROOT, path), 'utf8'), `${path}: ${AGAIN}`).toBe(text);
    }
    const there = filesUnder(join(ROOT, 'db', 'sql')).map((path) => relative(ROOT, path));
    expect(there.sort(), AGAIN).toEqual(expected.map(({ path }) => path).sort());
  });
});

describe('every statement', () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase();
  });
  afterAll(() => opened.close());

  it.each(CATALOGUE.map((entry) => [entry.file, entry] as const))(
    'of %s is understood by the migrated PostgreSQL: tables, columns and types exist',
    async (file, entry) => {
      for (const { name, statements } of await recordCalls(entry)) {
        const meaning = statements.filter((statement) => !SAVEPOINTS.test(statement));
        for (const [index, statement] of meaning.entries()) {
          const refused = await prepare(opened, `${basename(file)}_${index}`, statement);
          expect(refused, `${file}: ${name}`).toBeNull();
        }
      }
    },
  );
});

/** What PostgreSQL has against a statement, or null: preparing checks everything but the values. */
async function prepare(
  { db }: TestDatabase,
  name: string,
  statement: string,
): Promise<string | null> {
  const handle = name.replaceAll('-', '_');
  return await db.connection().execute(async (connection) => {
    try {
      await sql.raw(`prepare ${handle} as ${statement}`).execute(connection);
      await sql.raw(`deallocate ${handle}`).execute(connection);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : 'refused';
    }
  });
}
