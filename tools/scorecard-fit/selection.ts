/** Chooses variables for the regression: by information value, without twins, and without weights of the wrong sign. */
import type { VariableName } from '../../domain/variables.ts';
import { type Binning, woeOf } from './binning.ts';
import { regress, type Regression } from './logistic.ts';
import type { Column } from './sample-table.ts';

/** A variable with its bins and the weight of evidence of every row. */
export interface Candidate {
  readonly binning: Binning;
  readonly woes: readonly number[];
}

export interface Dropped {
  readonly variable: VariableName;
  readonly why: 'LOW_IV' | 'ONE_BIN' | 'CORRELATED' | 'TOO_MANY' | 'WRONG_SIGN';
  /** The variable it says the same as. */
  readonly twin?: VariableName;
}

export interface SelectionOptions {
  readonly minimumIv: number;
  /** Largest correlation of two variables' weights of evidence. */
  readonly mostCorrelation: number;
  readonly mostVariables: number;
}

export interface Selection {
  readonly chosen: readonly Candidate[];
  readonly dropped: readonly Dropped[];
  readonly regression: Regression;
}

export const candidateOf = (column: Column, binning: Binning): Candidate => ({
  binning,
  woes: column.values.map((value) => woeOf(binning, value)),
});

/** Pearson's correlation; 0 when one of the two does not vary. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((s, v) => s + v, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ofA, ofB] = [0, 0, 0];
  a.forEach((value, i) => {
    const [left, right] = [value - meanA, (b[i] ?? 0) - meanB];
    both += left * right;
    ofA += left * left;
    ofB += right * right;
  });
  return ofA === 0 || ofB === 0 ? 0 : both / Math.sqrt(ofA * ofB);
}

const nameOf = ({ binning }: Candidate): VariableName => binning.variable;

function byInformation(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...candidates].sort(
    (a, b) => b.binning.iv - a.binning.iv || nameOf(a).localeCompare(nameOf(b)),
  );
}

/** The best variables by information value, each with something of its own to say. */
function preselect(
  candidates: readonly Candidate[],
  options: SelectionOptions,
): Omit<Selection, 'regression'> {
  const chosen: Candidate[] = [];
  const dropped: Dropped[] = [];
  for (const candidate of byInformation(candidates)) {
    const variable = nameOf(candidate);
    const twin = chosen.find(
      ({ woes }) => Math.abs(correlation(woes, candidate.woes)) > options.mostCorrelation,
    );
    if (candidate.binning.bins.length < 2) dropped.push({ variable, why: 'ONE_BIN' });
    else if (candidate.binning.iv < options.minimumIv) dropped.push({ variable, why: 'LOW_IV' });
    else if (twin !== undefined) dropped.push({ variable, why: 'CORRELATED', twin: nameOf(twin) });
    else if (chosen.length === options.mostVariables) dropped.push({ variable, why: 'TOO_MANY' });
    else chosen.push(candidate);
  }
  return { chosen, dropped };
}

/**
 * Regresses on the preselected variables. One whose weight is not positive would punish what the data reward, because
 * others say the same already: the most negative goes, and the rest is fitted again.
 */
export function selectAndRegress(
  candidates: readonly Candidate[],
  good: readonly boolean[],
  options: SelectionOptions,
): Selection {
  const first = preselect(candidates, options);
  const dropped = [...first.dropped];
  let chosen = first.chosen;
  for (;;) {
    const rows = good.map((_, i) => chosen.map(({ woes }) => woes[i] ?? 0));
    const regression = regress(rows, good);
    if (!regression.ok) return { chosen, dropped, regression };
    const lowest = Math.min(...regression.weights);
    const at = regression.weights.indexOf(lowest);
    const worst = chosen[at];
    if (worst === undefined || lowest > 0) return { chosen, dropped, regression };
    dropped.push({ variable: nameOf(worst), why: 'WRONG_SIGN' });
    chosen = chosen.filter((one) => one !== worst);
  }
}
