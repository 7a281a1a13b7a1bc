/** Every column of the migrated database has a class, and what says who somebody is lies nowhere in clear. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIELD_CLASSES, type FieldClass } from '../../../db/classes.ts';
import { HOUSE_PLACES, PERSON_PLACES } from '../../../db/queries/sealed-rows.ts';
import { openTestDatabase, type TestDatabase } from '../../ports/postgres.ts';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

let database: TestDatabase;
let columns: readonly Column[] = [];
/** Bookkeeping of the migrations. */
const OF_THE_MIGRATOR = /^kysely_migration/;

beforeAll(async () => {
  database = await openTestDatabase();
  const { rows } = await sql<Column>`
    select table_name as table, column_name as column, data_type as type from information_schema.columns
     where table_schema = current_schema()`.execute(database.db);
  columns = rows.filter(({ table }) => !OF_THE_MIGRATOR.test(table));
}, 60_000);
afterAll(async () => {
  await database.close();
});

const classOf = ({ table, column }: Column): FieldClass | undefined =>
  FIELD_CLASSES.get(table)?.get(column);

/** How a value may be kept, by the column's type. */
const TYPES: Readonly<Record<FieldClass['kept'], RegExp>> = {
  clear: /./,
  sealed: /^bytea$/,
  'sealed within': /^jsonb$/,
  'keyed index': /^bytea$/,
  hash: /^(bytea|text|character varying)$/,
  wrapped: /^bytea$/,
};

/** What is wrong with the keeping of a column, or null. */
function fault(column: Column): string | null {
  const name = `${column.table}.${column.column}`;
  const found = classOf(column);
  if (found === undefined) return `${name} has no class`;
  if (!TYPES[found.kept].test(column.type))
    return `${name} cannot be ${found.kept}: ${column.type}`;
  if (found.kept === 'clear' && (found.class === 'C2' || found.class === 'C3')) {
    return `${name} holds ${found.class} in clear`;
  }
  return /^sealed(_|$)/.test(column.column) && !found.kept.startsWith('sealed')
    ? name === 'audit_seals.sealed_at'
      ? null
      : `${name} is called sealed`
    : null;
}

describe('the classes', () => {
  it('name every column, and keep what is personal sealed or indexed', () => {
    expect(columns.length).toBeGreaterThan(300);
    expect(columns.map(fault).filter((found) => found !== null)).toEqual([]);
  });

  it('name no column that is not there', () => {
    const there = new Set(columns.map(({ table, column }) => `${table}.${column}`));
    const declared = [...FIELD_CLASSES].flatMap(([table, fields]) =>
      [...fields.keys()].map((column) => `${table}.${column}`),
    );
    expect(declared.filter((name) => !there.has(name))).toEqual([]);
  });

  it('notice a new column without a class, and a telephone number as text', () => {
    expect(fault({ table: 'applicants', column: 'nickname', type: 'text' })).toMatch(/no class/);
    expect(fault({ table: 'applicants', column: 'identity_index', type: 'text' })).toMatch(/text/);
  });

  it('agree with the places that a rotation seals anew', () => {
    const rotated = [...PERSON_PLACES, ...HOUSE_PLACES].map((at) => `${at.table}.${at.column}`);
    // These live for minutes and are gone before any rotation matters; their key opens them until then.
    const passing = ['sign_in_attempts.sealed'];
    const sealed = columns.filter((column) => classOf(column)?.kept === 'sealed');
    const names = sealed.map(({ table, column }) => `${table}.${column}`);
    expect([...rotated, ...passing].sort()).toEqual(names.sort());
  });
});
