/** Turns weights into points: standard scaling by base, odds and points to double the odds, as a scorecard document. */
import { GRADES } from '../../domain/loan-terms.ts';
import type { ScoreReason } from '../../domain/reasons.ts';
import type { Band, Dimension, Scorecard } from '../../domain/score.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import type { VariableSource } from '../../domain/variable-catalogue.ts';
import { VARIABLE_CATALOGUE, type VariableName } from '../../domain/variables.ts';
import type { Bin, Binning } from './binning.ts';

export interface Scaling {
  /** Points that stand for `odds`. */
  readonly base: number;
  /** Good loans to one bad. */
  readonly odds: number;
  /** Points that double the odds. */
  readonly pdo: number;
}

/** A variable with the weight the regression gave it. */
export interface Weighted {
  readonly binning: Binning;
  readonly weight: number;
}

export interface CardInput {
  readonly id: string;
  readonly version: number;
  /** Names the fit: which rows and which seed the points come from. */
  readonly model: string;
  readonly scaling: Scaling;
  readonly intercept: number;
  readonly variables: readonly Weighted[];
  /**
   * The least share of rows without a value from which their own weight counts. Below it too few loans speak for a
   * missing value: it takes the lowest points and makes the score incomplete, which never approves.
   */
  readonly missingShare: number;
}

const REASON_OF_SOURCE: Readonly<Record<VariableSource, ScoreReason>> = {
  APPLICATION: 'SCORE_STABILITY',
  DERIVED: 'SCORE_DEBT',
  PBOC: 'SCORE_HISTORY',
  BAIHANG: 'SCORE_PUBLIC',
  FRAUD: 'SCORE_BEHAVIOUR',
  VERIFICATION: 'SCORE_BEHAVIOUR',
  REGISTRY: 'SCORE_PUBLIC',
};

/** What a loss of points is called: as in the shipped card, or by where the value comes from. */
function reasonOf(variable: VariableName): ScoreReason {
  const shipped = SCORECARD_V1.dimensions.find((dimension) => dimension.variable === variable);
  return shipped?.reason ?? REASON_OF_SOURCE[VARIABLE_CATALOGUE[variable].source];
}

function bandOf(bin: Bin, points: number): Band | null {
  const { place } = bin;
  if (place.kind === 'MISSING') return null;
  if (place.kind === 'IS') {
    const label = place.values.map((v) => (v === -1 ? 'NOT_APPLICABLE' : String(v))).join('|');
    return { kind: 'IS', values: place.values, points, label };
  }
  const { from, to } = place;
  const low = from === null ? '' : String(from);
  return { kind: 'RANGE', from, to, points, label: to === null ? `≥${low}` : `${low}–<${to}` };
}

const factorOf = ({ pdo }: Scaling): number => pdo / Math.LN2;

function dimensionOf({ binning, weight }: Weighted, input: CardInput): Dimension {
  const { zh, en } = VARIABLE_CATALOGUE[binning.variable];
  const pointsOf = (bin: Bin): number => Math.round(factorOf(input.scaling) * weight * bin.woe) + 0;
  const bands = binning.bins.flatMap((bin) => {
    const band = bandOf(bin, pointsOf(bin));
    return band === null ? [] : [band];
  });
  const rows = binning.bins.reduce((sum, { good, bad }) => sum + good + bad, 0);
  const missing = binning.bins.find(({ place }) => place.kind === 'MISSING');
  const known = missing !== undefined && missing.good + missing.bad >= input.missingShare * rows;
  return {
    id: binning.variable,
    variable: binning.variable,
    zh,
    en,
    required: !known,
    missingPoints: known ? pointsOf(missing) : Math.min(...bands.map(({ points }) => points)),
    bands,
    reason: reasonOf(binning.variable),
  };
}

/** Grades by odds: D begins where the base stands, and each better grade at twice the odds of the one below. */
function gradesOf({ base, pdo }: Scaling): Scorecard['grades'] {
  return GRADES.map((grade, at) => ({
    grade,
    from: at === GRADES.length - 1 ? 0 : base + pdo * (GRADES.length - 2 - at),
  }));
}

/** The scorecard of a regression on weights of evidence: log odds = intercept + Σ weight · WoE. */
export function cardOf(input: CardInput): Scorecard {
  const { base, odds, pdo } = input.scaling;
  const factor = factorOf(input.scaling);
  return {
    id: input.id,
    version: input.version,
    model: input.model,
    scale: { score: base, odds, pdo },
    basePoints: Math.round(base - factor * Math.log(odds) + factor * input.intercept),
    dimensions: input.variables.map((variable) => dimensionOf(variable, input)),
    grades: gradesOf(input.scaling),
  };
}
