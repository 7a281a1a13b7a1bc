/** Fits a scorecard to a labelled sample: hold-out split, bins, selection, regression, points, and how good it is. */
import type { Scorecard } from '../../domain/score.ts';
import { binColumn, type Binning, woeOf } from './binning.ts';
import { cardOf, type Scaling, type Weighted } from './card.ts';
import { auc, ks, psi, quantiles, bandNumber, type Scored } from './measures.ts';
import type { Monotone } from './merging.ts';
import { seeded, shuffled } from './random.ts';
import { rowsOf, type Sample } from './sample-table.ts';
import { candidateOf, type Dropped, selectAndRegress } from './selection.ts';

export interface FitOptions {
  readonly id: string;
  readonly version: number;
  /** Names the fit on the card. */
  readonly model: string;
  readonly scaling: Scaling;
  readonly seed: number;
  /** Share of the rows that the fit never sees. */
  readonly holdoutShare: number;
  readonly minimumIv: number;
  readonly mostCorrelation: number;
  readonly mostVariables: number;
  readonly mostBins: number;
  readonly minimumShare: number;
  /** The shape asked of numbers: `EITHER` lets the data choose the direction, `ANY` allows every shape. */
  readonly monotone: Monotone;
}

export const FIT_DEFAULTS: Omit<FitOptions, 'id' | 'version' | 'model'> = {
  scaling: { base: 600, odds: 20, pdo: 40 },
  seed: 1,
  holdoutShare: 0.3,
  minimumIv: 0.02,
  mostCorrelation: 0.7,
  mostVariables: 20,
  mostBins: 6,
  minimumShare: 0.05,
  monotone: 'EITHER',
};

const FINE_BINS = 20;
const CHI_SQUARE = 3.841;
/** Fewer loans of one kind tell nothing that would hold for others. */
const LEAST_OF_A_KIND = 50;

export interface Quality {
  readonly rows: number;
  readonly bad: number;
  readonly auc: number;
  readonly ks: number;
}

/** One band of the hold-out, worst scores first: how many went bad, and how many the card expected to. */
export interface Calibration {
  readonly rows: number;
  readonly bad: number;
  readonly expectedBad: number;
}

export interface FittedVariable extends Weighted {
  readonly error: number;
  /** Stability of the variable's bins between training and hold-out. */
  readonly psi: number;
}

export interface Fit {
  readonly card: Scorecard;
  readonly intercept: number;
  readonly variables: readonly FittedVariable[];
  readonly dropped: readonly Dropped[];
  readonly iterations: number;
  readonly train: Quality;
  readonly holdout: Quality;
  /** Stability of the score between training and hold-out. */
  readonly psi: number;
  readonly calibration: readonly Calibration[];
}

export type FitFailure =
  | 'TOO_FEW_BAD'
  | 'TOO_FEW_GOOD'
  | 'NO_VARIABLE'
  | 'SEPARATED'
  | 'NOT_CONVERGED'
  | 'SINGULAR';

export type Fitting =
  | { readonly ok: true; readonly fit: Fit }
  | { readonly ok: false; readonly code: FitFailure };

interface Split {
  readonly train: Sample;
  readonly holdout: Sample;
}

/** Splits goods and bads apart, so that both parts have the same share of bads. */
function split(sample: Sample, { seed, holdoutShare }: FitOptions): Split {
  const random = seeded(seed);
  const part = (isBad: boolean) => {
    const rows = sample.bad.flatMap((bad, i) => (bad === isBad ? [i] : []));
    const mixed = shuffled(rows, random);
    const held = Math.round(mixed.length * holdoutShare);
    return { holdout: mixed.slice(0, held), train: mixed.slice(held) };
  };
  const [good, bad] = [part(false), part(true)];
  const inOrder = (rows: readonly number[]) => [...rows].sort((a, b) => a - b);
  return {
    train: rowsOf(sample, inOrder([...good.train, ...bad.train])),
    holdout: rowsOf(sample, inOrder([...good.holdout, ...bad.holdout])),
  };
}

/** Log odds of good for each row, as the weights say. */
function logOdds(
  sample: Sample,
  intercept: number,
  variables: readonly Weighted[],
): readonly number[] {
  return sample.bad.map((_, row) =>
    variables.reduce((sum, { binning, weight }) => {
      const column = sample.columns.find(({ variable }) => variable === binning.variable);
      return sum + weight * woeOf(binning, column?.values[row] ?? null);
    }, intercept),
  );
}

const qualityOf = (scored: Scored): Quality => ({
  rows: scored.bad.length,
  bad: scored.bad.filter((bad) => bad).length,
  auc: auc(scored),
  ks: ks(scored),
});

function calibrationOf({ scores, bad }: Scored): readonly Calibration[] {
  const limits = quantiles(scores, 10);
  const bands = Array.from({ length: limits.length + 1 }, () => ({
    rows: 0,
    bad: 0,
    expectedBad: 0,
  }));
  scores.forEach((score, i) => {
    const band = bands[bandNumber(limits, score)];
    if (band === undefined) return;
    band.rows += 1;
    band.bad += bad[i] === true ? 1 : 0;
    band.expectedBad += 1 / (1 + Math.exp(score));
  });
  return bands;
}

/** The numbers of the bins that a column's values fall into. */
function binIndexes(binning: Binning, sample: Sample): readonly number[] {
  const column = sample.columns.find(({ variable }) => variable === binning.variable);
  return (column?.values ?? []).map((value) => woeOf(binning, value));
}

function tooFew({ bad }: Sample): FitFailure | null {
  const bads = bad.filter((one) => one).length;
  if (bads < LEAST_OF_A_KIND) return 'TOO_FEW_BAD';
  return bad.length - bads < LEAST_OF_A_KIND ? 'TOO_FEW_GOOD' : null;
}

function binningOptions(options: FitOptions) {
  const { mostBins, minimumShare, monotone } = options;
  return { fineBins: FINE_BINS, chiSquare: CHI_SQUARE, mostBins, minimumShare, monotone };
}

/** Fits a card. Equal samples, options and seed give an equal card. */
export function fitScorecard(sample: Sample, options: FitOptions): Fitting {
  const few = tooFew(sample);
  if (few !== null) return { ok: false, code: few };
  const { train, holdout } = split(sample, options);
  const candidates = train.columns.map((column) =>
    candidateOf(column, binColumn(column, train.bad, binningOptions(options))),
  );
  const good = train.bad.map((bad) => !bad);
  const { chosen, dropped, regression } = selectAndRegress(candidates, good, options);
  if (!regression.ok) return { ok: false, code: regression.code };
  if (chosen.length === 0) return { ok: false, code: 'NO_VARIABLE' };
  const { intercept, weights, errors, iterations } = regression;
  const variables = chosen.map(({ binning }, i) => ({
    binning,
    weight: weights[i] ?? 0,
    error: errors[i] ?? Number.NaN,
    psi: psi(binIndexes(binning, train), binIndexes(binning, holdout)),
  }));
  const { id, version, model, scaling, minimumShare: missingShare } = options;
  const scores = {
    train: logOdds(train, intercept, variables),
    holdout: logOdds(holdout, intercept, variables),
  };
  const fit: Fit = {
    card: cardOf({ id, version, model, scaling, intercept, variables, missingShare }),
    intercept,
    variables,
    dropped,
    iterations,
    train: qualityOf({ scores: scores.train, bad: train.bad }),
    holdout: qualityOf({ scores: scores.holdout, bad: holdout.bad }),
    psi: psi(scores.train, scores.holdout),
    calibration: calibrationOf({ scores: scores.holdout, bad: holdout.bad }),
  };
  return { ok: true, fit };
}
