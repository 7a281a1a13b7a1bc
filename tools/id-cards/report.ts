/** `npm run ocr:report -- --count 200 --seed 7 [--grade phone] [--paper ID_FRONT] [--misses]`: how well papers are read, as a table. */
import { parseArgs } from 'node:util';
import { FIELDS_OF, isPaperKind, type PaperKind } from '../../domain/prefill.ts';
import { type FieldTally, type Measured, measure } from './measure.ts';
import { GRADES, type Grade } from './photograph.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '7' },
    grade: { type: 'string', multiple: true },
    paper: { type: 'string', multiple: true },
    data: { type: 'string', default: '/usr/share/tesseract-ocr/5/tessdata' },
    misses: { type: 'boolean', default: false },
  },
});

const isGrade = (text: string): text is Grade => GRADES.some((grade) => grade === text);

const share = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

function line(name: string, papers: number, tally: FieldTally): string {
  const { right, wrong, missing, accepted, wrongAccepted } = tally;
  const cells = [
    name.padEnd(14),
    share(right, papers),
    share(wrong, papers),
    share(missing, papers),
    share(accepted, papers),
    wrongAccepted,
  ];
  return `| ${cells.join(' | ')} |`;
}

function print(paper: PaperKind, grade: Grade, measured: Measured): void {
  const { papers, unreadable, fields, milliseconds } = measured;
  const sorted = milliseconds.toSorted((one, other) => one - other);
  const at = (part: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0);
  console.log(
    `\n${paper}, grade ${grade}: ${papers} papers, ${unreadable} unreadable, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`,
  );
  console.log('| field | exact | wrong | missing | accepted | wrong accepted |');
  console.log('|---|---:|---:|---:|---:|---:|');
  for (const [name, tally] of Object.entries(fields)) console.log(line(name, papers, tally));
}

const papers = (values.paper ?? Object.keys(FIELDS_OF)).filter(isPaperKind);
const grades = (values.grade ?? [...GRADES]).filter(isGrade);
const [count, seed] = [Number(values.count), Number(values.seed)];
if (
  !Number.isInteger(count) ||
  count < 1 ||
  !Number.isInteger(seed) ||
  papers.length === 0 ||
  grades.length === 0
) {
  throw new Error(
    'Usage: npm run ocr:report -- --count N --seed N [--grade clean|phone|poor] [--paper ID_FRONT|ID_BACK|LICENCE]',
  );
}
console.log(`seed ${seed}, ${count} papers of each kind and grade`);
let wrongAccepted = 0;
for (const paper of papers) {
  for (const grade of grades) {
    const misread = (field: string, read: string | null, expected: string): void =>
      console.log(`  ${field}: read ${read ?? '—'} for ${expected}`);
    const series = { paper, grade, count, seed, dataFolder: values.data };
    const measured = await measure(values.misses ? { ...series, onMiss: misread } : series);
    print(paper, grade, measured);
    for (const tally of Object.values(measured.fields)) wrongAccepted += tally.wrongAccepted;
  }
}
console.log(`\nwrong accepted in all: ${wrongAccepted}`);
if (wrongAccepted > 0) process.exitCode = 1;
