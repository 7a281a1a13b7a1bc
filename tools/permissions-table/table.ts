/** Writes the declared permissions as one document: roles, routes by role, and database tables by area. */
import { cellOf, ROUTE_DATA, routes } from '../../api/matrix.ts';
import { accessOf, type RouteKey } from '../../api/permissions.ts';
import { DATA_KINDS, SIGHTS } from '../../api/sight.ts';
import { AREAS, roleOf } from '../../db/access/areas.ts';
import type { Columns, Grant, TableAccess } from '../../db/access/grants.ts';
import { TABLE_ACCESS } from '../../db/access/tables.ts';
import { incompatibleRoles, type Role, ROLES } from '../../domain/authority.ts';

/** Where the document lies, from the root. */
export const PERMISSIONS_DOCUMENT = 'docs/permissions.md';

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function rolesTable(): string {
  const rows = ROLES.map((role) => {
    const { area, rows: sight, data, unmasking } = SIGHTS[role];
    const apart = ROLES.filter((other) => incompatibleRoles([role, other]) !== null);
    return [
      role,
      `\`${roleOf(area)}\``,
      sight,
      ...DATA_KINDS.map((kind) => data[kind] ?? '–'),
      unmasking ?? '–',
      apart.length === 0 ? '–' : apart.join(', '),
    ];
  });
  return tableOf(
    ['role', 'database role', 'rows', ...DATA_KINDS, 'unmasks by', 'never with'],
    rows,
  );
}

/** Full, partial or no sight of what a route answers. */
function mark(route: RouteKey, role: Role): string {
  const cell = cellOf(route, role);
  if (cell === null) return '';
  const clear = cell.data.filter(({ sight }) => sight === 'clear').length;
  return clear === ROUTE_DATA[route].length ? '●' : '◐';
}

function routesTable(): string {
  const rows = routes().map((route) => {
    const access = accessOf(route);
    const data = ROUTE_DATA[route].join(', ');
    const cells =
      typeof access === 'string'
        ? ROLES.map((_role, index) => (index === 0 ? access : ''))
        : ROLES.map((role) => mark(route, role));
    return [`\`${route}\``, data === '' ? '–' : data, ...cells];
  });
  return tableOf(['route', 'data', ...ROLES], rows);
}

const LETTERS = { select: 'R', insert: 'A', update: 'C' } as const;

/** Capital letters for every column, small ones for some. */
function letters(grant: Grant | undefined): string {
  if (grant === undefined) return '';
  const letter = (columns: Columns | undefined, sign: string): string => {
    if (columns === undefined) return '';
    return columns === 'all' ? sign : sign.toLowerCase();
  };
  const said = [
    letter(grant.select, LETTERS.select),
    letter(grant.insert, LETTERS.insert),
    letter(grant.update, LETTERS.update),
    grant.delete === true ? 'D' : '',
  ];
  return said.join('');
}

function databaseTable(): string {
  const declared: readonly (readonly [string, TableAccess])[] = Object.entries(TABLE_ACCESS);
  const rows = [...declared]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([table, { areas }]) => [`\`${table}\``, ...AREAS.map((area) => letters(areas[area]))]);
  return tableOf(['table', ...AREAS], rows);
}

/** The whole document. */
export function permissionsDocument(): string {
  return `# Who may see and do what

Written by \`npm run permissions-table\` from api/permissions.ts, api/sight.ts, api/matrix.ts and db/access; a test compares it.
It is enforced three times: the API checks the role of the route, every query runs for its caller's rows, and PostgreSQL
checks columns and rows again, because each request reaches it in the database role of its area.

## Roles

What a role sees of each kind of data: clear, masked (first and last characters, docs in domain/masks.ts), or not at all (–).
*rows*: one's own applications; those under review; those with a payout; those handed in; all. Anything else is not found (404).
*never with*: roles that no person holds together; a token or sign-in with both is refused.

${rolesTable()}

## Routes

● all of the answer's data in clear; ◐ some of it masked or left out; empty: refused. \`public\`, \`signed\` (an envelope of the
bank) and \`session\` (staff who signed in, of whatever role) ask for no role.

${routesTable()}

## Tables

R reads, A adds, C changes, D deletes; a small letter stands for some columns only. Rows are narrowed by row-level security as
above. No database role may log in; the API and the worker take them on.

${databaseTable()}
`;
}
