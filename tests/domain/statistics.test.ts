/** Intervals and tests give the values that their authors and tables have published. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareTail, normalQuantile, tQuantile } from '../../domain/distributions.ts';
import {
  balanceOf,
  meanDifference,
  meanOf,
  newcombe,
  stabilityIndex,
  wilson,
} from '../../domain/statistics.ts';

describe('quantiles', () => {
  it('of the normal distribution are those of the tables', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0.0001)).toBeCloseTo(-3.719016485455709, 10);
    expect(normalQuantile(1e-12)).toBeCloseTo(-7.034483825301132, 8);
    expect(() => normalQuantile(1)).toThrow(RangeError);
  });

  it('of the t distribution are those of the tables to three decimals from ten degrees on', () => {
    const table = [
      [10, 2.228],
      [20, 2.086],
      [30, 2.042],
      [100, 1.984],
    ] as const;
    for (const [degrees, value] of table) expect(tQuantile(0.975, degrees)).toBeCloseTo(value, 3);
  });

  it('of chi-square leave the published tails: 5 % beyond 3.841 with one degree and beyond 16.919 with nine', () => {
    expect(chiSquareTail(3.841459, 1)).toBeCloseTo(0.05, 6);
    expect(chiSquareTail(16.918978, 9)).toBeCloseTo(0.05, 6);
    expect(chiSquareTail(10.827566, 1)).toBeCloseTo(0.001, 7);
    expect(chiSquareTail(0, 3)).toBe(1);
  });
});

describe('rates', () => {
  // Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0.0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('have the published Wilson interval for %i of %i', (hits, of, low, high) => {
    const interval = wilson({ hits, of }, 0.95);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  // Newcombe (1998), Statistics in Medicine 17, 873–890, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1.0],
  ])('differ by the published interval: %i/%i and %i/%i', (a, m, b, n, low, high) => {
    const interval = newcombe({ hits: a, of: m }, { hits: b, of: n }, 0.95);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  it('have no interval of nothing, and none that leaves 0 … 1 or misses the estimate', () => {
    expect(wilson({ hits: 0, of: 0 }, 0.95)).toBeNull();
    expect(newcombe({ hits: 0, of: 0 }, { hits: 1, of: 2 }, 0.95)).toBeNull();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, part) => {
          const hits = Math.floor(of * part);
          const interval = wilson({ hits, of }, 0.99);
          if (interval === null) return false;
          const { low, high, value } = interval;
          return low >= 0 && high <= 1 && low <= value + 1e-12 && value <= high + 1e-12;
        },
      ),
    );
  });
});

describe('means', () => {
  it('have the t interval: 50 ± 2.0452 · 10 ÷ √30', () => {
    const interval = meanOf({ mean: 50, deviation: 10, of: 30 }, 0.95);
    expect(interval?.low).toBeCloseTo(50 - (2.0452 * 10) / Math.sqrt(30), 3);
    expect(meanOf({ mean: 50, deviation: 10, of: 1 }, 0.95)).toBeNull();
  });

  it('differ by Welch: 8 ± 1.9913 · 1.9039 for 58 ± 9 of 40 and 50 ± 8 of 40 at 76.9 degrees', () => {
    const interval = meanDifference(
      { mean: 58, deviation: 9, of: 40 },
      { mean: 50, deviation: 8, of: 40 },
      0.95,
    );
    const error = Math.sqrt(81 / 40 + 64 / 40);
    expect(interval?.value).toBe(8);
    expect(interval?.high).toBeCloseTo(8 + 1.9913 * error, 3);
  });
});

describe('balance', () => {
  it('gives 4.0 with one degree, p = 0.0455, for 5,100 and 4,900 of equal shares', () => {
    const test = balanceOf([
      { count: 5_100, share: 5_000 },
      { count: 4_900, share: 5_000 },
    ]);
    expect(test).toMatchObject({ chiSquare: 4, degrees: 1 });
    expect(test?.pValue).toBeCloseTo(0.0455, 4);
  });

  it('is lost for good when somebody is counted where nobody may be', () => {
    expect(
      balanceOf([
        { count: 10, share: 1 },
        { count: 10, share: 1 },
        { count: 1, share: 0 },
      ])?.pValue,
    ).toBe(0);
    expect(balanceOf([{ count: 1, share: 1 }])).toBeNull();
  });
});

describe('the stability index', () => {
  it('is the sum by hand: 40/60 → 60/40 is 2 · 0.2 · ln 1.5 = 0.1622', () => {
    const index = stabilityIndex([
      { before: 40, now: 60 },
      { before: 60, now: 40 },
    ]);
    expect(index).toBeCloseTo(2 * 0.2 * Math.log(1.5), 12);
  });

  it('is nothing for equal shares, finite for an empty band, and unknown for an empty window', () => {
    expect(
      stabilityIndex([
        { before: 10, now: 100 },
        { before: 30, now: 300 },
      ]),
    ).toBeCloseTo(0, 12);
    const half = stabilityIndex([
      { before: 0, now: 50 },
      { before: 100, now: 50 },
    ]);
    // The empty band counts half a case: (0.5 − 0.005) · ln 100 + (0.5 − 1) · ln 0.5.
    expect(half).toBeCloseTo(0.495 * Math.log(100) - 0.5 * Math.log(0.5), 12);
    expect(stabilityIndex([{ before: 0, now: 5 }])).toBeNull();
  });
});
