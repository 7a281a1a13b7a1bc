/** Intervals for rates and means, the balance of arms, and the shift between two distributions. */
import { chiSquareTail, normalQuantile, tQuantile } from './distributions.ts';

/** So many of so many. */
export interface Proportion {
  readonly hits: number;
  readonly of: number;
}

/** An estimate with an interval that covers the true value with the stated confidence. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Mean and spread of a sample; `deviation` is the sample's standard deviation (over n − 1). */
export interface Sample {
  readonly mean: number;
  readonly deviation: number;
  readonly of: number;
}

const twoSided = (confidence: number): number => normalQuantile(1 - (1 - confidence) / 2);

/** The score interval of Wilson (1927) for a rate; null for none of none. */
export function wilson({ hits, of }: Proportion, confidence: number): Estimate | null {
  if (of <= 0) return null;
  const z = twoSided(confidence);
  const value = hits / of;
  const scale = 1 + (z * z) / of;
  const centre = (value + (z * z) / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((value * (1 - value)) / of + (z * z) / (4 * of * of));
  return { value, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * The difference `one − other` of two rates with the hybrid score interval of Newcombe (1998, Statistics in Medicine 17,
 * 873–890, method 10, without continuity correction); null when one of them has no sample.
 */
export function newcombe(one: Proportion, other: Proportion, confidence: number): Estimate | null {
  const a = wilson(one, confidence);
  const b = wilson(other, confidence);
  if (a === null || b === null) return null;
  const value = a.value - b.value;
  const low = value - Math.hypot(a.value - a.low, b.high - b.value);
  const high = value + Math.hypot(a.high - a.value, b.value - b.low);
  return { value, low: Math.max(-1, low), high: Math.min(1, high) };
}

/** The mean with its t interval; null for fewer than two. */
export function meanOf({ mean, deviation, of }: Sample, confidence: number): Estimate | null {
  if (of < 2) return null;
  const half = (tQuantile(1 - (1 - confidence) / 2, of - 1) * deviation) / Math.sqrt(of);
  return { value: mean, low: mean - half, high: mean + half };
}

/** The difference `one − other` of two means by Welch's interval, which does not take the spreads for equal. */
export function meanDifference(one: Sample, other: Sample, confidence: number): Estimate | null {
  if (one.of < 2 || other.of < 2) return null;
  const a = one.deviation ** 2 / one.of;
  const b = other.deviation ** 2 / other.of;
  const value = one.mean - other.mean;
  if (a + b === 0) return { value, low: value, high: value };
  const degrees = (a + b) ** 2 / (a ** 2 / (one.of - 1) + b ** 2 / (other.of - 1));
  const half = tQuantile(1 - (1 - confidence) / 2, degrees) * Math.sqrt(a + b);
  return { value, low: value - half, high: value + half };
}

/** How likely counts so far from the intended shares are by chance alone. */
export interface BalanceTest {
  readonly chiSquare: number;
  readonly degrees: number;
  readonly pValue: number;
}

/**
 * Pearson's chi-square test of counts against shares (the sample-ratio test). Null for fewer than two shares or no counts;
 * a share of nothing that was counted all the same gives a p-value of 0.
 */
export function balanceOf(
  cells: readonly { readonly count: number; readonly share: number }[],
): BalanceTest | null {
  const total = cells.reduce((sum, { count }) => sum + count, 0);
  const shares = cells.reduce((sum, { share }) => sum + share, 0);
  const real = cells.filter(({ share }) => share > 0);
  if (real.length < 2 || total === 0) return null;
  const degrees = real.length - 1;
  if (cells.some(({ count, share }) => share <= 0 && count > 0))
    return { chiSquare: Number.MAX_VALUE, degrees, pValue: 0 };
  const chiSquare = real.reduce((sum, { count, share }) => {
    const expected = (total * share) / shares;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return { chiSquare, degrees, pValue: chiSquareTail(chiSquare, degrees) };
}

/**
 * Population stability index between two distributions over the same bands: Σ (now − before) · ln(now ÷ before) of the shares.
 * A band that is empty on one side counts as half a case there, so that the index stays finite. Null when a side is empty.
 */
export function stabilityIndex(
  bands: readonly { readonly before: number; readonly now: number }[],
): number | null {
  const used = bands.filter(({ before, now }) => before > 0 || now > 0);
  const sum = (side: 'before' | 'now') => used.reduce((all, band) => all + band[side], 0);
  const [thenTotal, nowTotal] = [sum('before'), sum('now')];
  if (thenTotal === 0 || nowTotal === 0) return null;
  return used.reduce((index, band) => {
    const before = Math.max(band.before, 0.5) / thenTotal;
    const now = Math.max(band.now, 0.5) / nowTotal;
    return index + (now - before) * Math.log(now / before);
  }, 0);
}
