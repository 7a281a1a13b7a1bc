/** The schema is made ready by any database user who has the areas' roles, and one who has not is told what to do. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyAccess, RolesMissing } from '../../../db/access/apply-access.ts';
import { AREAS, roleOf } from '../../../db/access/areas.ts';
import { openAreaDatabases } from '../../../db/access/pools.ts';
import { type DatabaseOptions, type Db, openDatabase } from '../../../db/database.ts';
import { migrateToLatest } from '../../../db/migrator.ts';
import { openTestDatabase, type TestDatabase } from '../../ports/postgres.ts';

let database: TestDatabase;
let user: string;
let options: DatabaseOptions;
let db: Db;
beforeAll(async () => {
  database = await openTestDatabase();
  user = `plain_${randomBytes(5).toString('hex')}`;
  const run = (text: string) => sql.raw(text).execute(database.db);
  await run(`create role ${user} login password 'plain'`);
  await run(`create schema ${user} authorization ${user}`);
  const url = new URL(database.options.url);
  url.username = user;
  url.password = 'plain';
  options = { url: url.href, schema: user, poolMax: 2 };
  db = openDatabase(options, () => {});
});
afterAll(async () => {
  await db.destroy();
  await sql.raw(`drop schema ${user} cascade; drop role ${user}`).execute(database.db);
  await database.close();
});

it('a user without the roles is told the SQL to run, and nothing is granted meanwhile', async () => {
  const failure = await applyAccess(db, user).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RolesMissing);
  const { message } = failure instanceof Error ? failure : new Error('no error');
  for (const area of AREAS) expect(message).toContain(`grant ${roleOf(area)} to "${user}";`);
  expect(message).not.toContain('create role xindai_apply');
});

it('a user who was given the roles migrates, and its pools act in them; a second time changes nothing', async () => {
  for (const area of AREAS) {
    await sql.raw(`grant ${roleOf(area)} to ${user}`).execute(database.db);
  }
  await sql.raw(`create schema if not exists ${user}`).execute(database.db);
  await sql
    .raw(`grant create on database ${new URL(options.url).pathname.slice(1)} to ${user}`)
    .execute(database.db);
  expect((await migrateToLatest(db, user)).length).toBeGreaterThan(1);
  expect(await applyAccess(db, user)).toBe(false);
  const areas = openAreaDatabases(options, () => {});
  try {
    const mine = areas.of('apply', 'one').selectFrom('applications').select('id');
    expect(await mine.execute()).toEqual([]);
    const forbidden = areas.of('apply', 'one').selectFrom('scores').select('round');
    await expect(forbidden.execute()).rejects.toThrow(/permission denied/);
  } finally {
    await areas.close();
    await sql
      .raw(`revoke create on database ${new URL(options.url).pathname.slice(1)} from ${user}`)
      .execute(database.db);
  }
});
