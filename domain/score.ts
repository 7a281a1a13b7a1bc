/**
 * Scoring: a scorecard as data, its evaluation with the contribution of every dimension, and its own checks.
 * Total = base points + Σ points of the bands hit. A missing value takes the dimension's missing points; a missing
 * *required* value also makes the score incomplete, and an incomplete score never approves.
 */
import { GRADES, type Grade } from './loan-terms.ts';
import type { ScoreReason } from './reasons.ts';
import { assertAllowedFeature, type VariableName, type Variables } from './variables.ts';

/** A band: a half-open range `from ≤ value < to` (null is open), or a set of values. */
export type Band =
  | {
      readonly kind: 'RANGE';
      readonly from: number | null;
      readonly to: number | null;
      readonly points: number;
      readonly label: string;
    }
  | {
      readonly kind: 'IS';
      readonly values: readonly (string | number | boolean)[];
      readonly points: number;
      readonly label: string;
    };

export interface Dimension {
  readonly id: string;
  readonly variable: VariableName;
  readonly zh: string;
  readonly en: string;
  /** A required dimension without a value makes the score incomplete. */
  readonly required: boolean;
  readonly missingPoints: number;
  /** Special values first (`IS`), then ranges; the first band that fits counts. */
  readonly bands: readonly Band[];
  /** What a loss of points here is called in a reason. */
  readonly reason: ScoreReason;
}

export interface Scorecard {
  readonly id: string;
  readonly version: number;
  /** Scaling: `score` corresponds to `odds` good to one bad; every `pdo` points double the odds. */
  readonly scale: { readonly score: number; readonly odds: number; readonly pdo: number };
  readonly basePoints: number;
  readonly dimensions: readonly Dimension[];
  /** Lowest total of each grade, best first; the last one takes the rest. */
  readonly grades: readonly { readonly grade: Grade; readonly from: number }[];
}

export interface Contribution {
  readonly dimension: string;
  readonly value: number | boolean | string | null;
  /** Label of the band; `MISSING` without a value, `UNKNOWN` when no band fits. */
  readonly band: string;
  readonly points: number;
  /** Most points the dimension can give. */
  readonly max: number;
}

export interface Score {
  readonly scorecard: string;
  readonly version: number;
  readonly total: number;
  readonly grade: Grade;
  /** False when a required dimension has no value or no band. */
  readonly complete: boolean;
  /** Dimensions without a value, required or not. */
  readonly missing: readonly string[];
  readonly contributions: readonly Contribution[];
}

function fits(band: Band, value: number | boolean | string): boolean {
  if (band.kind === 'IS') return band.values.includes(value);
  if (typeof value !== 'number') return false;
  return (band.from === null || value >= band.from) && (band.to === null || value < band.to);
}

function maxPoints(dimension: Dimension): number {
  return Math.max(dimension.missingPoints, ...dimension.bands.map((band) => band.points));
}

function contribute(dimension: Dimension, variables: Variables): Contribution {
  const value = variables[dimension.variable];
  const max = maxPoints(dimension);
  const common = { dimension: dimension.id, value, max };
  if (value === null) return { ...common, band: 'MISSING', points: dimension.missingPoints };
  const band = dimension.bands.find((b) => fits(b, value));
  if (band === undefined) return { ...common, band: 'UNKNOWN', points: dimension.missingPoints };
  return { ...common, band: band.label, points: band.points };
}

function gradeOf(card: Scorecard, total: number): Grade {
  return card.grades.find((g) => total >= g.from)?.grade ?? 'E';
}

/** Scores one set of variables. */
export function scoreApplication(card: Scorecard, variables: Variables): Score {
  const contributions = card.dimensions.map((dimension) => contribute(dimension, variables));
  const total = contributions.reduce((sum, c) => sum + c.points, card.basePoints);
  const without = new Set(
    contributions
      .filter((c) => c.band === 'MISSING' || c.band === 'UNKNOWN')
      .map((c) => c.dimension),
  );
  return {
    scorecard: card.id,
    version: card.version,
    total,
    grade: gradeOf(card, total),
    complete: !card.dimensions.some((d) => d.required && without.has(d.id)),
    missing: [...without],
    contributions,
  };
}

/** Reasons for a score: the dimensions that lost most points, one reason each, most costly first. */
export function scoreReasons(card: Scorecard, score: Score, most = 4): readonly ScoreReason[] {
  const losses = score.contributions
    .map((c) => ({ dimension: c.dimension, loss: c.max - c.points }))
    .filter((c) => c.loss > 0)
    .sort((a, b) => b.loss - a.loss || a.dimension.localeCompare(b.dimension));
  const reasons = losses.flatMap(({ dimension }) => {
    const found = card.dimensions.find((d) => d.id === dimension);
    return found === undefined ? [] : [found.reason];
  });
  return [...new Set(reasons)].slice(0, most);
}

/** The odds, good to bad, that the card's scaling reads from a total. */
export function oddsAt(card: Scorecard, total: number): number {
  return card.scale.odds * 2 ** ((total - card.scale.score) / card.scale.pdo);
}

function rangeFaults(dimension: Dimension): readonly string[] {
  const ranges = dimension.bands.filter((b) => b.kind === 'RANGE');
  if (ranges.length === 0) return [];
  const faults: string[] = [];
  if (ranges[0]?.from !== null) faults.push(`${dimension.id}: the first range is not open below`);
  if (ranges.at(-1)?.to !== null) faults.push(`${dimension.id}: the last range is not open above`);
  ranges.slice(1).forEach((range, i) => {
    if (range.from !== ranges[i]?.to) faults.push(`${dimension.id}: ranges do not join`);
  });
  return faults;
}

/** What is wrong with a card: ranges that do not join, twice the same dimension, grades out of order. Empty when sound. */
export function scorecardFaults(card: Scorecard): readonly string[] {
  const ids = card.dimensions.map((d) => d.id);
  for (const dimension of card.dimensions) assertAllowedFeature(dimension.variable);
  const grades = card.grades.map((g) => g.from);
  return [
    ...card.dimensions.flatMap(rangeFaults),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id}: twice`),
    ...(grades.every((from, i) => i === 0 || from < (grades[i - 1] ?? 0))
      ? []
      : ['grades out of order']),
    ...(card.grades.map((g) => g.grade).join('') === GRADES.join('') ? [] : ['a grade is missing']),
  ];
}
