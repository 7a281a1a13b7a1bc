/** What every database role may do with every table and column is exactly what is declared, and rows stay in their area. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Area, AREAS, roleOf } from '../../../db/access/areas.ts';
import { type AreaDatabases, openAreaDatabases } from '../../../db/access/pools.ts';
import { grantedColumns } from '../../../db/access/statements.ts';
import { MIGRATOR_TABLES, TABLE_ACCESS } from '../../../db/access/tables.ts';
import { openTestDatabase, type TestDatabase } from '../../ports/postgres.ts';

let database: TestDatabase;
let areas: AreaDatabases;
beforeAll(async () => {
  database = await openTestDatabase();
  areas = openAreaDatabases({ ...database.options, poolMax: 2 }, () => {});
});
afterAll(async () => {
  await areas.close();
  await database.close();
});

interface Privilege {
  readonly table: string;
  readonly column: string;
  readonly area: string;
  readonly select: boolean;
  readonly insert: boolean;
  readonly update: boolean;
  readonly remove: boolean;
}

/** What PostgreSQL says of every column of every table for every role. */
async function held(): Promise<readonly Privilege[]> {
  const roles = AREAS.map(roleOf);
  const { rows } = await sql<Privilege>`
    select c.relname::text as table, a.attname::text as column, substr(r.rolname, 8)::text as area,
           has_column_privilege(r.oid, c.oid, a.attnum, 'select') as select,
           has_column_privilege(r.oid, c.oid, a.attnum, 'insert') as insert,
           has_column_privilege(r.oid, c.oid, a.attnum, 'update') as update,
           has_table_privilege(r.oid, c.oid, 'delete') or has_table_privilege(r.oid, c.oid, 'truncate') as remove
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      cross join pg_roles r
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
       and r.rolname = any(${roles})
     order by 1, 2, 3`.execute(database.db);
  return rows;
}

/** The same as the declaration has it; a table that it does not know is granted to nobody. */
function declared(table: string, column: string, area: Area, present: readonly string[]) {
  const access = Object.entries(TABLE_ACCESS).find(([name]) => name === table)?.[1];
  const grant = access?.areas[area] ?? {};
  const has = (verb: 'select' | 'insert' | 'update') =>
    grantedColumns(grant, verb, present).includes(column);
  return {
    select: has('select'),
    insert: has('insert'),
    update: has('update'),
    remove: grant.delete === true,
  };
}

describe('every table', () => {
  it('is declared, and every declared table and column is there', async () => {
    const rows = await held();
    const known = new Map<string, Set<string>>();
    for (const { table, column } of rows) {
      known.set(table, (known.get(table) ?? new Set()).add(column));
    }
    const expected = [...Object.keys(TABLE_ACCESS), ...MIGRATOR_TABLES];
    expect([...known.keys()].sort()).toEqual(expected.sort());
    const strangers = Object.entries(TABLE_ACCESS).flatMap(([table, access]) =>
      Object.values(access.areas).flatMap((grant) =>
        (['select', 'insert', 'update'] as const).flatMap((verb) =>
          grantedColumns(grant, verb, []).filter((name) => known.get(table)?.has(name) !== true),
        ),
      ),
    );
    expect(strangers).toEqual([]);
  });

  it('gives every database role the declared columns and verbs, and nothing else', async () => {
    const rows = await held();
    const present = (table: string) =>
      rows.filter((row) => row.table === table).map((row) => row.column);
    const columns = new Map(rows.map(({ table }) => [table, present(table)]));
    for (const row of rows) {
      const area = AREAS.find((name) => name === row.area);
      if (area === undefined) throw new Error(`unknown area ${row.area}`);
      const { select, insert, update, remove } = row;
      expect({ ...row, select, insert, update, remove }).toEqual({
        ...row,
        ...declared(row.table, row.column, area, columns.get(row.table) ?? []),
      });
    }
  });

  it('has row-level security', async () => {
    const { rows } = await sql<{ name: string }>`
      select relname::text as name from pg_class
       where relnamespace = current_schema()::regnamespace and relkind = 'r' and not relrowsecurity
       order by 1`.execute(database.db);
    expect(rows.map(({ name }) => name)).toEqual([...MIGRATOR_TABLES]);
  });
});

describe('database roles', () => {
  it('cannot log in, own nothing and are in no role of power', async () => {
    const { rows } = await sql<{ name: string }>`
      select rolname::text as name from pg_roles r
       where rolname = any(${AREAS.map(roleOf)})
         and (rolcanlogin or rolsuper or rolcreaterole or rolcreatedb or rolbypassrls
              or exists (select from pg_auth_members m where m.member = r.oid)
              or exists (select from pg_class c where c.relowner = r.oid))`.execute(database.db);
    expect(rows).toEqual([]);
  });

  it('are what a pool of theirs acts as', async () => {
    for (const area of AREAS) {
      const { rows } = await sql<{ user: string }>`select current_user::text as user`.execute(
        areas.of(area, null),
      );
      expect(rows).toEqual([{ user: roleOf(area) }]);
    }
  });
});

describe('rows', () => {
  async function draft(owner: string): Promise<string> {
    const id = randomUUID();
    await database.db
      .insertInto('applications')
      .values({ id, owner_subject: owner, applicant_kind: 'PERSON', stage: 'APPLY' })
      .execute();
    await database.db
      .insertInto('application_pages')
      .values({ application_id: id, page: 1, revision: 1, sealed: Buffer.from('x') })
      .execute();
    return id;
  }
  const seen = async (area: Area, subject: string | null, id: string): Promise<number> =>
    (
      await areas
        .of(area, subject)
        .selectFrom('applications')
        .select('id')
        .where('id', '=', id)
        .execute()
    ).length;

  it('of one owner are not there for another, nor for nobody, also on one connection', async () => {
    const id = await draft('one');
    for (const [subject, count] of [
      ['one', 1],
      ['other', 0],
      [null, 0],
      ['one', 1],
    ] as const) {
      expect([subject, await seen('apply', subject, id)]).toEqual([subject, count]);
    }
    const pages = areas.of('apply', 'other').selectFrom('application_pages').select('page');
    expect(await pages.where('application_id', '=', id).execute()).toEqual([]);
  });

  it('cannot be written in the name of another', async () => {
    const mine = areas.of('apply', 'one');
    const values = { id: randomUUID(), applicant_kind: 'PERSON', stage: 'APPLY' } as const;
    await expect(
      mine
        .insertInto('applications')
        .values({ ...values, owner_subject: 'other' })
        .execute(),
    ).rejects.toThrow(/row-level security/);
    const entry = { action: 'x', subject_kind: 'x', subject_id: 'x', result: 'DONE', detail: '{}' };
    for (const area of [
      'apply',
      'risk',
      'finance',
      'operations',
      'oversight',
      'security',
    ] as const) {
      const forged = areas
        .of(area, 'one')
        .insertInto('audit_entries')
        .values({ ...entry, actor: 'other' });
      await expect(forged.execute(), area).rejects.toThrow(/row-level security/);
    }
  });

  it('of what somebody asked under a key are there for them alone, in every area', async () => {
    const values = { key: 'k-12345678', request_sm3: 'h', state: 'RUNNING' } as const;
    for (const area of [
      'apply',
      'risk',
      'finance',
      'operations',
      'oversight',
      'security',
    ] as const) {
      const mine = { ...values, actor: `one-${area}`, lease_until: new Date() };
      await areas.of(area, mine.actor).insertInto('idempotency_keys').values(mine).execute();
      const others = areas.of(area, 'other').selectFrom('idempotency_keys').select('key');
      expect([area, await others.execute()]).toEqual([area, []]);
    }
  });

  it('come into the sight of risk with a review, of finance with a payout, of operations when handed in', async () => {
    const id = await draft('two');
    const sights = async () =>
      await Promise.all(
        (['risk', 'finance', 'operations', 'oversight', 'worker'] as const).map((area) =>
          seen(area, 'somebody', id),
        ),
      );
    expect(await sights()).toEqual([0, 0, 0, 1, 1]);
    await database.db
      .insertInto('review_tasks')
      .values({
        id: randomUUID(),
        application_id: id,
        round: 1,
        level: 1,
        roles: ['reviewer'],
        state: 'OPEN',
        evidence_version: 1,
        sla_due_at: new Date(),
      })
      .execute();
    await database.db
      .updateTable('applications')
      .set({ stage: 'DECIDE' })
      .where('id', '=', id)
      .execute();
    expect(await sights()).toEqual([1, 0, 1, 1, 1]);
  });

  it('of the form are out of reach of finance, operations and security altogether', async () => {
    for (const area of ['finance', 'operations', 'security', 'edge'] as const) {
      const reading = areas.of(area, 'x').selectFrom('application_pages').select('sealed');
      await expect(reading.execute(), area).rejects.toThrow(/permission denied/);
    }
  });

  it('of the audit trail are not changed or removed by any role', async () => {
    for (const area of AREAS) {
      const db = areas.of(area, 'x');
      await expect(db.deleteFrom('audit_entries').execute(), area).rejects.toThrow(/permission/);
      const change = db.updateTable('audit_entries').set({ result: 'DONE' });
      await expect(change.execute(), area).rejects.toThrow(/permission/);
    }
  });
});
