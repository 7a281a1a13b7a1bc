/** Writes the shipped scorecard into docs/scorecard.md: every dimension with its bands, points, missing and special values. */
import { REASONS } from '../../domain/reasons.ts';
import { type Band, type Dimension, oddsAt, type Scorecard } from '../../domain/score.ts';
import { VARIABLE_CATALOGUE } from '../../domain/variables.ts';

/** Where the document lies, from the root. */
export const SCORECARD_DOCUMENT = 'docs/scorecard.md';

const BEGIN = '<!-- begin: written by npm run scorecard-table -->';
const END = '<!-- end -->';

const signed = (points: number): string => (points > 0 ? `+${points}` : String(points));

/** A cell must not hold the sign that parts cells. */
const cell = (text: string): string => text.replaceAll('|', ' / ');

function placeOf(band: Band): string {
  if (band.kind === 'IS') {
    const names = band.values.map((value) =>
      value === -1 ? '−1 (not applicable)' : String(value),
    );
    return names.join(', ');
  }
  const { from, to } = band;
  if (from === null && to === null) return 'any';
  if (from === null) return `< ${String(to)}`;
  return to === null ? `≥ ${from}` : `${from} to < ${to}`;
}

function missingOf({ required, missingPoints }: Dimension): string {
  return required ? `${signed(missingPoints)}, and never approved` : signed(missingPoints);
}

function dimensionRows(dimension: Dimension): readonly string[] {
  const { unit, source } = VARIABLE_CATALOGUE[dimension.variable];
  const rows = dimension.bands.map((band) => `| ${cell(placeOf(band))} | ${signed(band.points)} |`);
  return [
    `### ${dimension.zh} · \`${dimension.id}\``,
    '',
    `${dimension.en}; ${unit}, from ${source}. A loss of points is told as 「${REASONS[dimension.reason].zh}」.`,
    '',
    '| value | points |',
    '|---|---:|',
    ...rows,
    `| missing | ${missingOf(dimension)} |`,
    '',
  ];
}

function gradeRows(card: Scorecard): readonly string[] {
  return card.grades.map(({ grade, from }, at) => {
    const last = at === card.grades.length - 1;
    const odds = last ? '' : `${oddsAt(card, from).toFixed(0)} : 1`;
    return `| ${grade} | ${last ? 'the rest' : `≥ ${from}`} | ${odds} |`;
  });
}

/** The generated part: scale, grades and every dimension. */
export function scorecardPart(card: Scorecard): string {
  const { score, odds, pdo } = card.scale;
  return [
    `\`${card.id}@${card.version}\`: ${card.dimensions.length} dimensions on ${card.basePoints} base points. ${score} points stand for ${odds} good loans to one bad, and every ${pdo} points double the odds.`,
    '',
    '| grade | total | odds at its lower end |',
    '|---|---|---|',
    ...gradeRows(card),
    '',
    ...card.dimensions.flatMap(dimensionRows),
  ].join('\n');
}

/** The document with its generated part renewed. @throws Error when the marks are not there */
export function withScorecard(document: string, card: Scorecard): string {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${SCORECARD_DOCUMENT} has lost its marks`);
  return `${document.slice(0, from)}${BEGIN}\n\n${scorecardPart(card)}\n${document.slice(to)}`;
}
