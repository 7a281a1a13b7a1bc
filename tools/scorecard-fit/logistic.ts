/**
 * Logistic regression by Newton's method (iteratively reweighted least squares) with a small ridge: the log odds of a
 * good loan as a weighted sum. Data that a sum of these variables tells apart without error have no finite weights and
 * are refused.
 */

export type Regression =
  | {
      readonly ok: true;
      readonly intercept: number;
      readonly weights: readonly number[];
      /** Standard errors of the weights. */
      readonly errors: readonly number[];
      readonly iterations: number;
    }
  | { readonly ok: false; readonly code: 'SEPARATED' | 'NOT_CONVERGED' | 'SINGULAR' };

export interface RegressionOptions {
  /** Penalty on the squared weights (never on the intercept). */
  readonly ridge: number;
  readonly mostIterations: number;
  /** Largest change of a weight at which it has converged. */
  readonly tolerance: number;
}

export const REGRESSION: RegressionOptions = { ridge: 1e-4, mostIterations: 50, tolerance: 1e-9 };

/** Of weights of evidence, an honest weight lies near 1; one of this size comes from separation. */
const SEPARATION_WEIGHT = 25;

type Matrix = readonly (readonly number[])[];

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

/** Cholesky's factor of a symmetric positive definite matrix; null for any other. */
function cholesky(matrix: Matrix): number[][] | null {
  const factor: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    const line: number[] = [];
    for (let j = 0; j <= i; j += 1) {
      const other = j === i ? line : (factor[j] ?? []);
      let sum = row[j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (line[k] ?? 0) * (other[k] ?? 0);
      if (j === i && !(sum > 1e-12)) return null;
      line.push(j === i ? Math.sqrt(sum) : sum / (other[j] ?? 1));
    }
    factor.push(line);
  }
  return factor;
}

function solve(factor: Matrix, right: readonly number[]): readonly number[] {
  const forward: number[] = [];
  for (const [i, row] of factor.entries()) {
    const sum = forward.reduce((rest, value, k) => rest - (row[k] ?? 0) * value, right[i] ?? 0);
    forward.push(sum / (row[i] ?? 1));
  }
  const solution = zeros(factor.length);
  for (let i = factor.length - 1; i >= 0; i -= 1) {
    let sum = forward[i] ?? 0;
    for (let k = i + 1; k < factor.length; k += 1)
      sum -= (factor[k]?.[i] ?? 0) * (solution[k] ?? 0);
    solution[i] = sum / (factor[i]?.[i] ?? 1);
  }
  return solution;
}

const dot = (row: readonly number[], weights: readonly number[]): number =>
  row.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0);

/** ln(1 + e^x) without overflow. */
const softplus = (x: number): number =>
  x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));

const penaltyOf = (weights: readonly number[], ridge: number): number =>
  weights.slice(1).reduce((sum, weight) => sum + (ridge * weight * weight) / 2, 0);

function lossOf(rows: Matrix, good: readonly boolean[], weights: readonly number[], ridge: number) {
  return rows.reduce(
    (sum, row, i) => {
      const eta = dot(row, weights);
      return sum + softplus(good[i] === true ? -eta : eta);
    },
    penaltyOf(weights, ridge),
  );
}

interface Slope {
  readonly gradient: readonly number[];
  readonly hessian: number[][];
}

function slopeOf(
  rows: Matrix,
  good: readonly boolean[],
  weights: readonly number[],
  ridge: number,
): Slope {
  const n = weights.length;
  const gradient = weights.map((weight, i) => (i === 0 ? 0 : -ridge * weight));
  const hessian = weights.map((_weight, i) =>
    weights.map((_other, j) => (i === j && i > 0 ? ridge : 0)),
  );
  for (const [r, row] of rows.entries()) {
    const p = 1 / (1 + Math.exp(-dot(row, weights)));
    const residual = (good[r] === true ? 1 : 0) - p;
    const weight = p * (1 - p);
    for (let i = 0; i < n; i += 1) {
      const value = row[i] ?? 0;
      gradient[i] = (gradient[i] ?? 0) + value * residual;
      const line = hessian[i];
      if (line === undefined) continue;
      for (let j = 0; j <= i; j += 1) line[j] = (line[j] ?? 0) + weight * value * (row[j] ?? 0);
    }
  }
  return { gradient, hessian };
}

/** Whether every good row lies above every bad one. */
function separates(rows: Matrix, good: readonly boolean[], weights: readonly number[]): boolean {
  let [lowestGood, highestBad] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [i, row] of rows.entries()) {
    const eta = dot(row, weights);
    if (good[i] === true) lowestGood = Math.min(lowestGood, eta);
    else highestBad = Math.max(highestBad, eta);
  }
  return lowestGood > highestBad;
}

/** A Newton step, halved until the loss does not grow. */
function stepped(
  rows: Matrix,
  good: readonly boolean[],
  weights: readonly number[],
  step: readonly number[],
  ridge: number,
): readonly number[] {
  const before = lossOf(rows, good, weights, ridge);
  for (let part = 1; part > 1e-6; part /= 2) {
    const next = weights.map((weight, i) => weight + part * (step[i] ?? 0));
    if (lossOf(rows, good, next, ridge) <= before + 1e-9) return next;
  }
  return weights;
}

function errorsOf(factor: Matrix): readonly number[] {
  return factor.slice(1).map((_row, i) => {
    const unit = factor.map((_line, k) => (k === i + 1 ? 1 : 0));
    return Math.sqrt(solve(factor, unit)[i + 1] ?? Number.NaN);
  });
}

/**
 * Fits log odds of good = intercept + Σ weight · value.
 * @param values one row per loan, of equal width
 */
export function regress(
  values: Matrix,
  good: readonly boolean[],
  options: RegressionOptions = REGRESSION,
): Regression {
  const rows = values.map((row) => [1, ...row]);
  let weights: readonly number[] = zeros((values[0]?.length ?? 0) + 1);
  for (let iteration = 1; iteration <= options.mostIterations; iteration += 1) {
    const { gradient, hessian } = slopeOf(rows, good, weights, options.ridge);
    const factor = cholesky(hessian);
    if (factor === null)
      return { ok: false, code: separates(rows, good, weights) ? 'SEPARATED' : 'SINGULAR' };
    const next = stepped(rows, good, weights, solve(factor, gradient), options.ridge);
    const change = Math.max(...next.map((weight, i) => Math.abs(weight - (weights[i] ?? 0))));
    weights = next;
    if (weights.some((weight) => Math.abs(weight) > SEPARATION_WEIGHT))
      return { ok: false, code: 'SEPARATED' };
    if (change > options.tolerance) continue;
    if (separates(rows, good, weights)) return { ok: false, code: 'SEPARATED' };
    const [intercept = 0, ...slopes] = weights;
    return {
      ok: true,
      intercept,
      weights: slopes,
      errors: errorsOf(factor),
      iterations: iteration,
    };
  }
  return { ok: false, code: 'NOT_CONVERGED' };
}
