/**
 * Scoring: a scorecard as data and its evaluation with the contribution of every dimension. scorecard-parse.ts reads one.
 * Total = base points + Σ points of the bands hit. A missing value takes the dimension's missing points; a missing
 * *required* value also makes the score incomplete, and an incomplete score never approves.
 */
import type { Grade } from './loan-terms.ts';
import type { ScoreReason } from './reasons.ts';
import type { VariableName, Variables, VariableValue } from './variable-catalogue.ts';

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
  /** Id of the fit the points come from; absent for a card that people wrote. */
  readonly model?: string;
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

interface CompiledRange {
  readonly from: number;
  readonly to: number;
  readonly band: Band;
  readonly order: number;
}

interface CompiledDimension {
  readonly id: string;
  readonly variable: VariableName;
  readonly required: boolean;
  readonly missingPoints: number;
  readonly max: number;
  /** Values named by `IS` bands, each with the first band that names it. */
  readonly special: ReadonlyMap<VariableValue, { readonly band: Band; readonly order: number }>;
  readonly ranges: readonly CompiledRange[];
}

function compileDimension(dimension: Dimension): CompiledDimension {
  const special = new Map<VariableValue, { readonly band: Band; readonly order: number }>();
  const ranges: CompiledRange[] = [];
  for (const [order, band] of dimension.bands.entries()) {
    if (band.kind === 'RANGE') {
      const { from, to } = band;
      ranges.push({ from: from ?? -Infinity, to: to ?? Infinity, band, order });
      continue;
    }
    for (const value of band.values) if (!special.has(value)) special.set(value, { band, order });
  }
  return {
    id: dimension.id,
    variable: dimension.variable,
    required: dimension.required,
    missingPoints: dimension.missingPoints,
    max: dimension.bands.reduce(
      (most, { points }) => Math.max(most, points),
      dimension.missingPoints,
    ),
    special,
    ranges,
  };
}

/** The band of a value: the first that fits. Numbers beyond the safe integers fit none. */
function bandOf(dimension: CompiledDimension, value: number | boolean | string): Band | undefined {
  const named = dimension.special.get(value);
  if (typeof value !== 'number') return named?.band;
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return undefined;
  for (const range of dimension.ranges) {
    if (named !== undefined && named.order < range.order) break;
    if (value >= range.from && value < range.to) return range.band;
  }
  return named?.band;
}

function contribute(dimension: CompiledDimension, variables: Variables): Contribution {
  const value = variables[dimension.variable] ?? null;
  const found = value === null ? undefined : bandOf(dimension, value);
  return {
    dimension: dimension.id,
    value,
    band: found?.label ?? (value === null ? 'MISSING' : 'UNKNOWN'),
    points: found?.points ?? dimension.missingPoints,
    max: dimension.max,
  };
}

/** What a decision names as its model: the fit, or `EXPERT` where people wrote the card. */
export function modelOf(card: Scorecard): string {
  return card.model ?? 'EXPERT';
}

/** Scores variables on one card. */
export type Scorer = (variables: Variables) => Score;

/** Compiles a card once, so that each score costs little more than its contributions. Total on any variables. */
export function compileScorecard(card: Scorecard): Scorer {
  const dimensions = card.dimensions.map(compileDimension);
  return (variables) => {
    const contributions: Contribution[] = [];
    const missing: string[] = [];
    let total = card.basePoints;
    let complete = dimensions.length > 0;
    for (const dimension of dimensions) {
      const one = contribute(dimension, variables);
      contributions.push(one);
      total += one.points;
      if (one.band !== 'MISSING' && one.band !== 'UNKNOWN') continue;
      missing.push(one.dimension);
      if (dimension.required) complete = false;
    }
    const grade = card.grades.find((g) => total >= g.from)?.grade ?? 'E';
    return {
      scorecard: card.id,
      version: card.version,
      total,
      grade,
      complete,
      missing,
      contributions,
    };
  };
}

/** Scores one set of variables; for many on one card, compile it once. */
export function scoreApplication(card: Scorecard, variables: Variables): Score {
  return compileScorecard(card)(variables);
}

/**
 * What stands for the score where a card cannot be used: incomplete, so that nothing approves on it.
 * @param card `id@version` of the card
 */
export function unscored(card: string): Score {
  const [scorecard = card, version] = card.split('@');
  return {
    scorecard,
    version: Number(version) || 0,
    total: 0,
    grade: 'E',
    complete: false,
    missing: [],
    contributions: [],
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
