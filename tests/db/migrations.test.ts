/** Migrations: once each, from however many processes, and a second time nothing at all. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from '../../db/database.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import { ROOT } from '../house/sources.ts';
import { startServer } from '../ports/postgres.ts';

let server: { readonly url: string; stop(): Promise<void> };
const schemas: string[] = [];

beforeAll(async () => {
  const given = process.env['TEST_DATABASE_URL'];
  server = given === undefined ? await startServer() : { url: given, stop: async () => {} };
});
afterAll(async () => {
  await within('public', async (db) => {
    for (const schema of schemas)
      await sql`drop schema if exists ${sql.ref(schema)} cascade`.execute(db);
  });
  await server.stop();
});

function newSchema(): string {
  const schema = `migrations_${randomBytes(6).toString('hex')}`;
  schemas.push(schema);
  return schema;
}

async function within<T>(schema: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = openDatabase({ url: server.url, schema, poolMax: 2 }, () => undefined);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

async function applied(schema: string): Promise<readonly string[]> {
  return await within(schema, async (db) => {
    const { rows } = await sql<{
      name: string;
    }>`select name from kysely_migration order by name`.execute(db);
    return rows.map((row) => row.name);
  });
}

describe('migrateToLatest', () => {
  it('applies every migration once, and again nothing', async () => {
    const schema = newSchema();
    const first = await within(schema, (db) => migrateToLatest(db, schema));
    expect(first.length).toBeGreaterThan(0);
    expect(await within(schema, (db) => migrateToLatest(db, schema))).toEqual([]);
    expect(await applied(schema)).toEqual([...first].sort());
  });

  it('serves several connections that begin at the same moment: one applies, the others find it done', async () => {
    for (let round = 0; round < 3; round += 1) {
      const schema = newSchema();
      const all = await Promise.all(
        Array.from({ length: 4 }, () => within(schema, (db) => migrateToLatest(db, schema))),
      );
      const flat = all.flat();
      expect(flat).toEqual(await applied(schema));
    }
  });

  it('serves two processes that start at the same moment', async () => {
    const schema = newSchema();
    const outcomes = await Promise.all([migrateByProcess(schema), migrateByProcess(schema)]);
    expect(outcomes.filter(({ code }) => code !== 0)).toEqual([]);
    const said = outcomes.map((one) => one.said).sort();
    expect(said[0]).toMatch(/^schema \w+: applied 0001-story/);
    expect(said[1]).toMatch(/^schema \w+: up to date/);
  });

  it('leaves nothing behind of a migration that fails, and works once the obstacle is gone', async () => {
    const schema = newSchema();
    await within(schema, async (db) => {
      await sql`create schema ${sql.ref(schema)}`.execute(db);
      await sql`create table payouts (in_the_way text)`.execute(db);
      await expect(migrateToLatest(db, schema)).rejects.toThrow('migration 0001-story failed');
      const { rows } = await sql<{ name: string }>`
        select table_name as name from information_schema.tables
         where table_schema = ${schema} and table_name not like 'kysely%'`.execute(db);
      expect(rows).toEqual([{ name: 'payouts' }]);
      await sql`drop table payouts`.execute(db);
      expect(await migrateToLatest(db, schema)).toContain('0001-story');
    });
  });
});

/** Runs the process entry as a release would. */
function migrateByProcess(schema: string): Promise<{ code: number | null; said: string }> {
  const env = {
    ...process.env,
    DATABASE_URL: server.url,
    DATABASE_SCHEMA: schema,
    // Named because every process checks its whole environment; a migration opens neither.
    GATEWAY_KEYS_FILE: '/nowhere',
    DATA_KEYS_FILE: '/nowhere',
  };
  return new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', join(ROOT, 'db', 'migrate.ts')];
    const child = spawn(process.execPath, args, { cwd: ROOT, env });
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString('utf8');
    });
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString('utf8');
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, said }));
  });
}
