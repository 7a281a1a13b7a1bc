/** Cursors of the review queue: where the last page ended, in the order that it was asked for in. */
import { z } from 'zod';
import { QUEUE_SORTS, type QueueOrder, type QueuePlace } from '../db/queries/reads/queue.ts';
import { ApiProblem } from './problem-response.ts';

const instant = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:?\d\d)?$/);
/** The text of the sorted column, as PostgreSQL writes it: what reads it back must not be able to fail. */
const KEYS = {
  SLA: instant,
  AGE: instant,
  AMOUNT: z.string().regex(/^\d{1,15}$/),
  GRADE: z.string().regex(/^[A-Z-]$/),
} as const;

const cursor = z.strictObject({
  sort: z.enum(QUEUE_SORTS),
  descending: z.boolean(),
  key: z.string(),
  id: z.uuid(),
});

/**
 * Where the next page begins.
 * @throws ApiProblem CURSOR_INVALID also for a cursor of another order, whose page would begin anywhere
 */
export function readQueueCursor(text: string | undefined, order: QueueOrder): QueuePlace | null {
  if (text === undefined) return null;
  try {
    const place = cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (place.sort !== order.sort || place.descending !== order.descending)
      throw new RangeError('a cursor of another order');
    return { key: KEYS[order.sort].parse(place.key), id: place.id };
  } catch (cause) {
    throw new ApiProblem('CURSOR_INVALID', { cause });
  }
}

/** Cuts a list that was read one longer than the page, and says where the next page begins. */
export function cutQueuePage<T extends QueuePlace>(
  rows: readonly T[],
  limit: number,
  { sort, descending }: QueueOrder,
): { readonly rows: readonly T[]; readonly next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (rows.length <= limit || last === undefined) return { rows: page, next: null };
  const place = JSON.stringify({ sort, descending, key: last.key, id: last.id });
  return { rows: page, next: Buffer.from(place, 'utf8').toString('base64url') };
}
