/** What is asked of somebody who signs, and kept as evidence of it: the pages they saw, and a code for this very contract. */

/** How long one page of the paper was on screen, as the person's browser measured it. `page` counts from 1. */
export interface PageDwell {
  readonly page: number;
  readonly dwellMs: number;
}

/**
 * A page that was open for less was not looked at. The house's own floor, below any reading speed, so that only an unread
 * paper falls under it; how long a cost disclosure must be read is the policy's to say.
 */
export const LEAST_DWELL_MS = 500;

/** Codes that one contract may be sent within `CODE_WINDOW_MS`. */
export const MOST_CODES = 10;
export const CODE_WINDOW_MS = 3_600_000;

export type ReadingRefusal = 'PAGES_UNREAD';

/**
 * Refuses a signature of whoever left pages out or turned them without looking. The order of the list does not matter.
 * @param count pages of the paper, at least one
 */
export function refuseReading(pages: readonly PageDwell[], count: number): ReadingRefusal | null {
  const longest = new Map<number, number>();
  for (const { page, dwellMs } of pages)
    longest.set(page, Math.max(longest.get(page) ?? 0, dwellMs));
  const read = Array.from({ length: count }, (_, at) => longest.get(at + 1) ?? 0);
  return read.every((dwellMs) => dwellMs >= LEAST_DWELL_MS) ? null : 'PAGES_UNREAD';
}
