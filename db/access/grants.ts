/** How privileges are declared: per table and area, which columns may be read and written and which rows are in sight. */
import type { Area } from './areas.ts';
import { SUBJECT_SETTING } from './areas.ts';

/** All columns, also those that come later, or these alone. */
export type Columns = 'all' | readonly string[];

/** What an area may do with a table; what is absent it may not. */
export interface Grant {
  readonly select?: Columns;
  readonly insert?: Columns;
  readonly update?: Columns;
  readonly delete?: true;
}

/**
 * One table. `rows` is the condition that row-level security puts on an area's rows: one under the area's name, or else
 * every row for oversight, the worker and the edge, and `rows.every` for the others. `adds` is what must hold besides for a
 * row that anybody but the worker and the edge writes.
 */
export interface TableAccess {
  /** A view: it is read with its owner's sight and has no row-level security of its own. */
  readonly view?: true;
  readonly rows: { readonly every: string } & Partial<Readonly<Record<Area, string>>>;
  readonly adds?: string;
  readonly areas: Partial<Readonly<Record<Area, Grant>>>;
}

/** The subject that the connection works for; null without one, so that nothing equals it. */
export const SUBJECT = `nullif(current_setting('${SUBJECT_SETTING}', true), '')`;

export const EVERY_ROW = 'true';

/** Rows whose parent is in sight: the parent's own row-level security decides. */
export const within = (parent: string, column: string): string =>
  `exists (select 1 from ${parent} parent where parent.id = ${column})`;

export const OF_APPLICATION = within('applications', 'application_id');

export const READ: Grant = { select: 'all' };
export const READ_ADD: Grant = { select: 'all', insert: 'all' };
export const WRITE: Grant = { select: 'all', insert: 'all', update: 'all' };
export const WRITE_DELETE: Grant = { ...WRITE, delete: true };

/** These columns to read and nothing else. */
export const columns = (...names: readonly string[]): Grant => ({ select: names });

/** The same grant for several areas. */
export function each(areas: readonly Area[], grant: Grant): Partial<Readonly<Record<Area, Grant>>> {
  return Object.fromEntries(areas.map((area) => [area, grant]));
}
