/**
 * Bins one variable and weighs them: missing and special values apart, numbers from fine quantiles merged upwards, codes
 * merged by their bad rate. The weight of evidence of a bin is ln(share of goods / share of bads); higher is better.
 */
import { NOT_APPLICABLE } from '../../domain/bureau.ts';
import {
  VARIABLE_CATALOGUE,
  type VariableName,
  type VariableValue,
} from '../../domain/variables.ts';
import { bandNumber, quantiles } from './measures.ts';
import { mergeGroups, type Monotone } from './merging.ts';
import type { Column } from './sample-table.ts';

export interface Counts {
  readonly good: number;
  readonly bad: number;
}

export type BinPlace =
  | { readonly kind: 'MISSING' }
  | { readonly kind: 'IS'; readonly values: readonly (string | number | boolean)[] }
  /** `from ≤ value < to`; null is open. */
  | { readonly kind: 'RANGE'; readonly from: number | null; readonly to: number | null };

export interface Bin extends Counts {
  readonly place: BinPlace;
  readonly woe: number;
}

export interface Binning {
  readonly variable: VariableName;
  /** Special values first, then ranges or codes; missing last, where it occurs. */
  readonly bins: readonly Bin[];
  /** Information value: Σ (share of goods − share of bads) · WoE. */
  readonly iv: number;
}

export interface BinningOptions {
  /** Fine bins to begin with. */
  readonly fineBins: number;
  readonly mostBins: number;
  /** Least share of the rows with a value that a bin may hold. */
  readonly minimumShare: number;
  /** Neighbours that differ by less chi-square than this are one: 3.841 is 5 % at one degree of freedom. */
  readonly chiSquare: number;
  readonly monotone: Monotone;
}

/** A bin without goods or without bads would weigh infinitely; half a loan stands in for the missing kind. */
const PSEUDO = 0.5;

/** Weights of bins by their counts. */
export function weightsOfEvidence(counts: readonly Counts[]): readonly number[] {
  const goods = counts.reduce((sum, one) => sum + one.good, 0);
  const bads = counts.reduce((sum, one) => sum + one.bad, 0);
  return counts.map(({ good, bad }) => {
    if (good + bad === 0) return 0;
    const pad = good === 0 || bad === 0 ? PSEUDO : 0;
    return Math.log((good + pad) / goods / ((bad + pad) / bads));
  });
}

/** Information value of bins by their counts. */
export function informationValue(counts: readonly Counts[]): number {
  const goods = counts.reduce((sum, one) => sum + one.good, 0);
  const bads = counts.reduce((sum, one) => sum + one.bad, 0);
  return weightsOfEvidence(counts).reduce((sum, woe, i) => {
    const { good, bad } = counts[i] ?? { good: 0, bad: 0 };
    return sum + (good / goods - bad / bads) * woe;
  }, 0);
}

interface Placed extends Counts {
  readonly place: BinPlace;
}

function countWhere(
  column: Column,
  bad: readonly boolean[],
  counts: (value: VariableValue) => boolean,
): Counts {
  let [goods, bads] = [0, 0];
  column.values.forEach((value, i) => {
    if (!counts(value)) return;
    if (bad[i] === true) bads += 1;
    else goods += 1;
  });
  return { good: goods, bad: bads };
}

/** Ranges over a column's numbers other than the special one. */
function numberBins(column: Column, bad: readonly boolean[], options: BinningOptions): Placed[] {
  const isSpecial = (value: VariableValue) => value === NOT_APPLICABLE;
  const known = column.values.filter((v): v is number => typeof v === 'number' && !isSpecial(v));
  const limits = quantiles(known, options.fineBins);
  const fine = Array.from({ length: limits.length + 1 }, () => ({ good: 0, bad: 0 }));
  column.values.forEach((value, i) => {
    if (typeof value !== 'number' || isSpecial(value)) return;
    const cell = fine[bandNumber(limits, value)];
    if (cell === undefined) return;
    if (bad[i] === true) cell.bad += 1;
    else cell.good += 1;
  });
  const groups = mergeGroups(
    fine.map((counts, i) => ({ ...counts, members: [i] })),
    options,
  );
  const ranges = groups.map(({ members, good, bad: bads }): Placed => {
    const [first, last] = [members[0] ?? 0, members.at(-1) ?? 0];
    const [from, to] = [limits[first - 1] ?? null, limits[last] ?? null];
    return { place: { kind: 'RANGE', from, to }, good, bad: bads };
  });
  const special = countWhere(column, bad, isSpecial);
  if (special.good + special.bad === 0) return ranges;
  return [{ place: { kind: 'IS', values: [NOT_APPLICABLE] }, ...special }, ...ranges];
}

/** Sets of codes (or of yes and no), in the order of their bad rate. */
function codeBins(column: Column, bad: readonly boolean[], options: BinningOptions): Placed[] {
  const cells = new Map<string | number | boolean, { good: number; bad: number }>();
  column.values.forEach((value, i) => {
    if (value === null) return;
    const cell = cells.get(value) ?? { good: 0, bad: 0 };
    if (bad[i] === true) cell.bad += 1;
    else cell.good += 1;
    cells.set(value, cell);
  });
  const byBadRate = [...cells].sort(
    ([nameA, a], [nameB, b]) =>
      a.bad / (a.good + a.bad) - b.bad / (b.good + b.bad) ||
      String(nameA).localeCompare(String(nameB)),
  );
  const groups = mergeGroups(
    byBadRate.map(([name, counts]) => ({ ...counts, members: [name] })),
    { ...options, monotone: 'ANY' },
  );
  return groups.map(({ members, good, bad: bads }) => ({
    place: { kind: 'IS', values: members },
    good,
    bad: bads,
  }));
}

/** Bins a column of a sample and weighs the bins. */
export function binColumn(
  column: Column,
  bad: readonly boolean[],
  options: BinningOptions,
): Binning {
  const { type } = VARIABLE_CATALOGUE[column.variable];
  const placed =
    type === 'number' ? numberBins(column, bad, options) : codeBins(column, bad, options);
  const missing = countWhere(column, bad, (value) => value === null);
  const all: readonly Placed[] =
    missing.good + missing.bad === 0
      ? placed
      : [...placed, { place: { kind: 'MISSING' }, ...missing }];
  const woes = weightsOfEvidence(all);
  return {
    variable: column.variable,
    bins: all.map((bin, i) => ({ ...bin, woe: woes[i] ?? 0 })),
    iv: informationValue(all),
  };
}

function holds(place: BinPlace, value: VariableValue): boolean {
  if (place.kind === 'MISSING') return value === null;
  if (value === null) return false;
  if (place.kind === 'IS') return place.values.includes(value);
  return (
    typeof value === 'number' &&
    (place.from === null || value >= place.from) &&
    (place.to === null || value < place.to)
  );
}

/** The weight of a value; of one that no bin knows, the lowest there is. */
export function woeOf(binning: Binning, value: VariableValue): number {
  const bin = binning.bins.find((one) => holds(one.place, value));
  return bin?.woe ?? Math.min(...binning.bins.map(({ woe }) => woe));
}
