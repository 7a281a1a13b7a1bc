/** Page cursors: where the last page ended, as opaque text. */
import { z } from 'zod';
import { ApiProblem } from './problem-response.ts';

/** `at` is PostgreSQL's own text of a timestamptz, because a Date would lose its microseconds and with them rows. */
export interface PagePlace {
  readonly at: string;
  readonly id: string;
}

const place = z.strictObject({
  at: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:?\d\d)?$/),
  id: z.uuid(),
});

export function writeCursor(at: PagePlace): string {
  return Buffer.from(JSON.stringify({ at: at.at, id: at.id }), 'utf8').toString('base64url');
}

/** @throws ApiProblem CURSOR_INVALID */
export function readCursor(text: string | undefined): PagePlace | null {
  if (text === undefined) return null;
  try {
    return place.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new ApiProblem('CURSOR_INVALID', { cause });
  }
}

/** Cuts a list that was read one longer than the page, and says where the next page begins. */
export function cutPage<T extends PagePlace>(
  rows: readonly T[],
  limit: number,
): { readonly rows: readonly T[]; readonly next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last !== undefined ? writeCursor(last) : null };
}
