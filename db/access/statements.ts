/** Turns the declared privileges into SQL: everything is taken back first, then granted as declared. */
import { type Area, AREAS, roleOf } from './areas.ts';
import { type Columns, EVERY_ROW, type Grant, type TableAccess } from './grants.ts';
import { TABLE_ACCESS } from './tables.ts';

/** The columns of each table that is there, by its name. */
export type Catalogue = ReadonlyMap<string, readonly string[]>;

const VERBS = ['select', 'insert', 'update'] as const;
export type Verb = (typeof VERBS)[number];

/** The columns an area may use in this way. */
export function grantedColumns(
  grant: Grant,
  verb: Verb,
  present: readonly string[],
): readonly string[] {
  const declared: Columns = grant[verb] ?? [];
  return declared === 'all' ? present : declared;
}

/** What one area is granted on one table, as PostgreSQL's privilege list; null when nothing. */
function privileges(grant: Grant): string | null {
  const parts = VERBS.flatMap((verb) => {
    const declared = grant[verb];
    if (declared === undefined) return [];
    return [declared === 'all' ? verb : `${verb} (${declared.join(', ')})`];
  });
  if (grant.delete === true) parts.push('delete');
  return parts.length === 0 ? null : parts.join(', ');
}

/** The rows of a table that an area sees and may write. */
export function rowsOf(access: TableAccess, area: Area): string {
  if (area === 'worker' || area === 'edge') return EVERY_ROW;
  return access.rows[area] ?? access.rows.every;
}

function tableStatements(table: string, access: TableAccess): string[] {
  const statements = [`alter table ${table} enable row level security`];
  for (const area of AREAS) {
    const grant = access.areas[area];
    const list = grant === undefined ? null : privileges(grant);
    if (list === null) continue;
    const rows = rowsOf(access, area);
    statements.push(
      `grant ${list} on ${table} to ${roleOf(area)}`,
      `create policy ${roleOf(area)} on ${table} to ${roleOf(area)} using (${rows}) with check (${rows})`,
    );
  }
  return statements;
}

/**
 * Statements that bring one schema to the declared privileges. A declared table that no migration has made yet is left
 * out; a table that is there and not declared is granted to nobody.
 */
export function accessStatements(schema: string, catalogue: Catalogue): readonly string[] {
  const everyRole = AREAS.map(roleOf).join(', ');
  const declared = Object.entries(TABLE_ACCESS).filter(([table]) => catalogue.has(table));
  return [
    `revoke all on all tables in schema ${schema} from ${everyRole}`,
    `grant usage on schema ${schema} to ${everyRole}`,
    ...[...catalogue.keys()].flatMap((table) =>
      AREAS.map((area) => `drop policy if exists ${roleOf(area)} on ${table}`),
    ),
    ...declared.flatMap(([table, access]) => tableStatements(table, access)),
  ];
}
