/** Prints what a fit found: the card's power, its variables bin by bin, and what was left out and why. */
import type { Bin } from './binning.ts';
import type { CsvFault } from './csv.ts';
import type { Fit, FitFailure, Quality } from './fit.ts';

const FAILURES: Readonly<Record<FitFailure, string>> = {
  TOO_FEW_BAD: 'Fewer than 50 loans went bad: too few to learn from.',
  TOO_FEW_GOOD: 'Fewer than 50 loans went well: too few to learn from.',
  NO_VARIABLE: 'No variable tells good from bad.',
  SEPARATED:
    'The variables tell good from bad without a single error. One of them was surely known only after the outcome: take it out.',
  NOT_CONVERGED: 'The regression did not converge.',
  SINGULAR: 'The variables repeat each other: the regression has no single answer.',
};

/** Why there is no card, in one sentence. */
export const failureText = (code: FitFailure): string => `${code}: ${FAILURES[code]}`;

/** One line for a fault of the file: where, what. */
export const faultText = ({ line, column, code, message }: CsvFault): string =>
  `line ${line}, column ${column}: ${code} ${message}`;

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

function qualityLine(name: string, { rows, bad, auc, ks }: Quality): string {
  return [
    name.padEnd(9),
    String(rows).padStart(8),
    percent(bad, rows).padStart(8),
    auc.toFixed(4).padStart(8),
    ks.toFixed(4).padStart(8),
  ].join(' ');
}

function placeText({ place }: Bin): string {
  if (place.kind === 'MISSING') return 'missing';
  if (place.kind === 'IS') return place.values.join('|');
  return `${place.from ?? '…'} – <${place.to ?? '…'}`;
}

function variableLines(fit: Fit): readonly string[] {
  return fit.variables.flatMap(({ binning, weight, error, psi }) => {
    const dimension = fit.card.dimensions.find(({ variable }) => variable === binning.variable);
    let band = 0;
    const bins = binning.bins.map((bin) => {
      const points =
        bin.place.kind === 'MISSING' ? dimension?.missingPoints : dimension?.bands[band]?.points;
      if (bin.place.kind !== 'MISSING') band += 1;
      return [
        `  ${placeText(bin).padEnd(30)}`,
        String(bin.good + bin.bad).padStart(7),
        percent(bin.bad, bin.good + bin.bad).padStart(8),
        bin.woe.toFixed(3).padStart(8),
        String(points ?? '').padStart(5),
      ].join(' ');
    });
    const head = `${binning.variable}: IV ${binning.iv.toFixed(3)}, weight ${weight.toFixed(3)} ± ${error.toFixed(3)}, PSI ${psi.toFixed(4)}`;
    return ['', head, ...bins];
  });
}

/** The report of a fit, line by line. */
export function reportLines(fit: Fit): readonly string[] {
  const { scale, basePoints } = fit.card;
  return [
    `${fit.card.id}@${fit.card.version}: ${fit.variables.length} variables, ${fit.iterations} iterations`,
    `scale: ${scale.score} points = ${scale.odds}:1, ${scale.pdo} points double the odds; base points ${basePoints}`,
    '',
    'part          rows      bad      AUC       KS',
    qualityLine('training', fit.train),
    qualityLine('hold-out', fit.holdout),
    `PSI of the score, training to hold-out: ${fit.psi.toFixed(4)}`,
    '',
    'hold-out by score, worst first: rows, bad, bad as the card expects',
    ...fit.calibration.map(
      ({ rows, bad, expectedBad }) =>
        `  ${String(rows).padStart(6)} ${percent(bad, rows).padStart(8)} ${percent(expectedBad, rows).padStart(8)}`,
    ),
    '',
    'variables, by information value: bin, rows, bad, WoE, points',
    ...variableLines(fit),
    '',
    ...fit.dropped.map(
      ({ variable, why, twin }) =>
        `left out: ${variable} ${why}${twin === undefined ? '' : ` (as ${twin})`}`,
    ),
  ];
}
