/** Merges neighbouring groups of loans: too small ones, those that do not differ, and those against the asked-for order. */

/** Direction of the bad rate along the values: falling, rising, whichever fits the data, or any shape. */
export type Monotone = 'FALLING' | 'RISING' | 'EITHER' | 'ANY';

export interface Group<M> {
  readonly good: number;
  readonly bad: number;
  readonly members: readonly M[];
}

export interface MergeOptions {
  readonly mostBins: number;
  readonly minimumShare: number;
  readonly chiSquare: number;
  readonly monotone: Monotone;
}

const size = (group: Group<unknown>): number => group.good + group.bad;
const badRate = (group: Group<unknown>): number => group.bad / Math.max(1, size(group));

/** Pearson's chi-square of two groups against their common bad rate, one degree of freedom. */
export function chiSquareOf(a: Group<unknown>, b: Group<unknown>): number {
  const rate = (a.bad + b.bad) / Math.max(1, size(a) + size(b));
  if (rate === 0 || rate === 1) return 0;
  return [a, b].reduce((sum, group) => {
    const expected = size(group) * rate;
    return expected === 0 ? sum : sum + (group.bad - expected) ** 2 / (expected * (1 - rate));
  }, 0);
}

function joined<M>(groups: readonly Group<M>[], at: number): readonly Group<M>[] {
  const [left, right] = [groups[at], groups[at + 1]];
  if (left === undefined || right === undefined) return groups;
  const both = {
    good: left.good + right.good,
    bad: left.bad + right.bad,
    members: [...left.members, ...right.members],
  };
  return [...groups.slice(0, at), both, ...groups.slice(at + 2)];
}

/** The neighbours that differ least, and by how much. */
function closest(groups: readonly Group<unknown>[]): { at: number; chi: number } {
  let found = { at: 0, chi: Number.POSITIVE_INFINITY };
  for (const [at, group] of groups.slice(0, -1).entries()) {
    const next = groups[at + 1];
    const chi = next === undefined ? Number.POSITIVE_INFINITY : chiSquareOf(group, next);
    if (chi < found.chi) found = { at, chi };
  }
  return found;
}

function withoutSmall<M>(all: readonly Group<M>[], least: number): readonly Group<M>[] {
  let groups = all;
  for (;;) {
    const small = groups.findIndex((group) => size(group) < least);
    if (small < 0 || groups.length < 2) return groups;
    const [left, self, right] = [groups[small - 1], groups[small], groups[small + 1]];
    const toLeft =
      self !== undefined &&
      left !== undefined &&
      (right === undefined || chiSquareOf(left, self) <= chiSquareOf(self, right));
    groups = joined(groups, toLeft ? small - 1 : small);
  }
}

function withoutAlike<M>(all: readonly Group<M>[], options: MergeOptions): readonly Group<M>[] {
  let groups = all;
  while (groups.length > 1) {
    const { at, chi } = closest(groups);
    if (chi >= options.chiSquare && groups.length <= options.mostBins) return groups;
    groups = joined(groups, at);
  }
  return groups;
}

function ordered<M>(all: readonly Group<M>[], sign: 1 | -1): readonly Group<M>[] {
  let groups = all;
  for (;;) {
    const at = groups.findIndex((group, i) => {
      const next = groups[i + 1];
      return next !== undefined && sign * (badRate(next) - badRate(group)) <= 0;
    });
    if (at < 0) return groups;
    groups = joined(groups, at);
  }
}

/** How much the groups together tell of good and bad: their chi-square against the common bad rate. */
function distinction(groups: readonly Group<unknown>[]): number {
  const total = groups.reduce((sum, one) => sum + size(one), 0);
  const rate = groups.reduce((sum, one) => sum + one.bad, 0) / Math.max(1, total);
  return groups.reduce((sum, one) => sum + size(one) * (badRate(one) - rate) ** 2, 0);
}

/** Merges groups, given in the order of their values, until each may stand for itself. */
export function mergeGroups<M>(
  groups: readonly Group<M>[],
  options: MergeOptions,
): readonly Group<M>[] {
  const total = groups.reduce((sum, one) => sum + size(one), 0);
  const merged = withoutAlike(withoutSmall(groups, total * options.minimumShare), options);
  if (options.monotone === 'ANY') return merged;
  if (options.monotone !== 'EITHER') return ordered(merged, options.monotone === 'RISING' ? 1 : -1);
  const [rising, falling] = [ordered(merged, 1), ordered(merged, -1)];
  return distinction(rising) >= distinction(falling) ? rising : falling;
}
