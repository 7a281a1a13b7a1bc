/** How well a score tells good from bad, and how far two populations lie apart: AUC, KS and PSI. */

/** Scores, and for each whether the loan went bad. A higher score is meant to be better. */
export interface Scored {
  readonly scores: readonly number[];
  readonly bad: readonly boolean[];
}

/** Counts of good and bad at each distinct score, ascending. */
function countsByScore({ scores, bad }: Scored): readonly { good: number; bad: number }[] {
  const counts = new Map<number, { good: number; bad: number }>();
  scores.forEach((score, i) => {
    const count = counts.get(score) ?? { good: 0, bad: 0 };
    if (bad[i] === true) count.bad += 1;
    else count.good += 1;
    counts.set(score, count);
  });
  return [...counts].sort(([a], [b]) => a - b).map(([, count]) => count);
}

/**
 * The area under the ROC curve as Mann and Whitney's statistic: the share of pairs of a good and a bad loan in which
 * the good one has the higher score, a tie counting half. Exact; NaN without both kinds.
 */
export function auc(scored: Scored): number {
  let bads = 0;
  let wins = 0;
  let goods = 0;
  for (const count of countsByScore(scored)) {
    wins += count.good * (bads + count.bad / 2);
    bads += count.bad;
    goods += count.good;
  }
  return wins / (goods * bads);
}

/** Kolmogorov and Smirnov: the largest distance between the cumulated shares of bad and of good. NaN without both. */
export function ks(scored: Scored): number {
  const counts = countsByScore(scored);
  const total = counts.reduce(
    (sum, one) => ({ good: sum.good + one.good, bad: sum.bad + one.bad }),
    { good: 0, bad: 0 },
  );
  if (total.good === 0 || total.bad === 0) return Number.NaN;
  let [good, bad, most] = [0, 0, 0];
  for (const one of counts) {
    good += one.good / total.good;
    bad += one.bad / total.bad;
    most = Math.max(most, Math.abs(bad - good));
  }
  return most;
}

/** A share of nothing would make the index infinite; half a piece stands in for it. */
const share = (count: number, total: number): number => Math.max(count, 0.5) / total;

/** Population stability index over counts of the same bands: Σ (a − e) · ln(a / e). */
export function psiOfCounts(expected: readonly number[], actual: readonly number[]): number {
  const total = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);
  const [before, after] = [total(expected), total(actual)];
  return expected.reduce((sum, count, i) => {
    const [e, a] = [share(count, before), share(actual[i] ?? 0, after)];
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

/** The inner limits of `parts` bands with about as many values each; equal limits are one. */
export function quantiles(values: readonly number[], parts: number): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const limits = Array.from({ length: parts - 1 }, (_, i) => {
    return sorted[Math.floor(((i + 1) * sorted.length) / parts)] ?? 0;
  });
  return [...new Set(limits)].filter((limit) => limit > (sorted[0] ?? 0));
}

/** The number of the band that a value lies in: bands are `from ≤ value < to`. */
export function bandNumber(limits: readonly number[], value: number): number {
  const at = limits.findIndex((limit) => value < limit);
  return at < 0 ? limits.length : at;
}

function countBands(limits: readonly number[], values: readonly number[]): readonly number[] {
  const counts = Array.from({ length: limits.length + 1 }, () => 0);
  for (const value of values) {
    const band = bandNumber(limits, value);
    counts[band] = (counts[band] ?? 0) + 1;
  }
  return counts;
}

/** PSI of two sets of scores over the deciles of the first. */
export function psi(expected: readonly number[], actual: readonly number[]): number {
  const limits = quantiles(expected, 10);
  return psiOfCounts(countBands(limits, expected), countBands(limits, actual));
}
