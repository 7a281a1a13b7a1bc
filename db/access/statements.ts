/** Turns the declared privileges into SQL: everything is taken back first, then granted as declared. */
import { type Area, AREAS, roleOf } from './areas.ts';
import { type Columns, EVERY_ROW, type Grant, type TableAccess } from './grants.ts';
import { TABLE_ACCESS } from './tables.ts';

/** The tables and the views that are there, by name. */
export interface Catalogue {
  readonly tables: ReadonlySet<string>;
  readonly views: ReadonlySet<string>;
}

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

/** The rows of a table that an area sees. */
function rowsOf({ rows }: TableAccess, area: Area): string {
  const all = area === 'oversight' || area === 'worker' || area === 'edge';
  return rows[area] ?? (all ? EVERY_ROW : rows.every);
}

/** The rows that it may write. */
function writesOf(access: TableAccess, area: Area): string {
  const rows = rowsOf(access, area);
  if (access.adds === undefined || area === 'worker' || area === 'edge') return rows;
  return `(${rows}) and (${access.adds})`;
}

function tableStatements(table: string, access: TableAccess): string[] {
  const statements = access.view === true ? [] : [`alter table ${table} enable row level security`];
  for (const area of AREAS) {
    const grant = access.areas[area];
    const list = grant === undefined ? null : privileges(grant);
    if (list === null) continue;
    statements.push(`grant ${list} on ${table} to ${roleOf(area)}`);
    if (access.view === true) continue;
    statements.push(
      `create policy ${roleOf(area)} on ${table} to ${roleOf(area)} using (${rowsOf(access, area)}) with check (${writesOf(access, area)})`,
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
  const declared = Object.entries(TABLE_ACCESS).filter(([table, { view }]) =>
    (view === true ? catalogue.views : catalogue.tables).has(table),
  );
  return [
    `revoke all on all tables in schema ${schema} from ${everyRole}`,
    `grant usage on schema ${schema} to ${everyRole}`,
    ...[...catalogue.tables].flatMap((table) =>
      AREAS.map((area) => `drop policy if exists ${roleOf(area)} on ${table}`),
    ),
    ...declared.flatMap(([table, access]) => tableStatements(table, access)),
  ];
}
