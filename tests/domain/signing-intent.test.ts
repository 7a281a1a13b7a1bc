/** Reading before signing: every page, long enough, in whatever order it is told. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEAST_DWELL_MS, refuseReading } from '../../domain/signing-intent.ts';

const read = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ page: at + 1, dwellMs: LEAST_DWELL_MS }));

describe('reading a paper before it is signed', () => {
  it('is taken in any order and with pages looked at again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.infiniteStream(fc.nat()), (count, noise) => {
        const glance = { page: 1, dwellMs: 0 };
        const pages = [...read(count), glance]
          .map((page) => ({ page, at: noise.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ page }) => page);
        expect(refuseReading(pages, count)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it('is refused when any page was left out or turned too soon', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        fc.integer({ min: 0, max: LEAST_DWELL_MS - 1 }),
        (count, which, dwellMs) => {
          const missed = (which % count) + 1;
          const others = read(count).filter(({ page }) => page !== missed);
          expect(refuseReading(others, count)).toBe('PAGES_UNREAD');
          expect(refuseReading([...others, { page: missed, dwellMs }], count)).toBe('PAGES_UNREAD');
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is not made good by pages that the paper does not have', () => {
    expect(refuseReading([...read(2), { page: 9, dwellMs: 60_000 }], 3)).toBe('PAGES_UNREAD');
    expect(refuseReading([], 1)).toBe('PAGES_UNREAD');
  });
});
