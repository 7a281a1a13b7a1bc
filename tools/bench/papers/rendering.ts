/** Drawing a contract, beside bare pdfkit putting the same number of pages and characters on paper with the same font. */
import { existsSync } from 'node:fs';
import PdfKitDocument from 'pdfkit';
import { renderContractPdf } from '../../../activities/contract/contract-document.ts';
import { loadFontSet } from '../../../activities/contract/fonts.ts';
import { contractFixture } from '../../../tests/papers/fixtures.ts';
import { percentile } from '../in-flight.ts';
import { type Result, result } from '../results.ts';

const ROUNDS = 60;
const WARM_UP = 10;
/** The package's TTF, which the house draws with as well; a machine without it measures no baseline. */
const FONT = 'node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf';

interface Timed {
  /** Milliseconds by the clock, ascending. */
  readonly times: readonly number[];
  /** How often a minute of one processor's time suffices for. */
  readonly perCoreMinute: number;
}

async function timed(work: () => Promise<unknown>): Promise<Timed> {
  for (let n = 0; n < WARM_UP; n += 1) await work();
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let n = 0; n < ROUNDS; n += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  const perCoreMinute = (60_000_000 * ROUNDS) / (user + system);
  return { times: times.toSorted((a, b) => a - b), perCoreMinute };
}

/** Pages of a PDF, by its page tree: pdfkit writes the count in clear. */
const pagesOf = (pdf: Buffer): number =>
  Number(/\/Type \/Pages[\s\S]{0,200}?\/Count (\d+)/.exec(pdf.toString('latin1'))?.[1] ?? 1);

/** The same pages drawn by pdfkit alone: lines of text at places, no layout, no tables, no glyph check. */
async function bare(pages: number, line: string, lines: number): Promise<Buffer> {
  const document = new PdfKitDocument({ autoFirstPage: false });
  const parts: Buffer[] = [];
  const ended = new Promise<void>((resolve) => {
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve());
  });
  if (existsSync(FONT)) document.font(FONT);
  for (let page = 0; page < pages; page += 1) {
    document.addPage({ size: 'A4' }).fontSize(10);
    for (let n = 0; n < lines; n += 1) document.text(line, 60, 60 + n * 16, { lineBreak: false });
  }
  document.end();
  await ended;
  return Buffer.concat(parts);
}

const LINE = '第一条　贷款人按本合同约定向借款人发放借款，借款人应按期足额偿还本金和利息。';
const LINES = 44;

export async function measureRendering(say: (line: string) => void): Promise<readonly Result[]> {
  const fonts = loadFontSet();
  const paper = contractFixture();
  const pdf = await renderContractPdf(paper, fonts);
  const pages = pagesOf(pdf);
  say(`a contract has ${pages} pages, ${pdf.length} bytes; ${ROUNDS} rounds`);
  const ours = await timed(() => renderContractPdf(paper, fonts));
  const theirs = await timed(() => bare(pages, LINE, LINES));
  return [
    result(
      'contract render, p50',
      percentile(ours.times, 0.5),
      'ms',
      percentile(theirs.times, 0.5),
    ),
    result(
      'contract render, p95',
      percentile(ours.times, 0.95),
      'ms',
      percentile(theirs.times, 0.95),
    ),
    result('contract render, per core', ours.perCoreMinute, 'contracts/min', theirs.perCoreMinute),
  ];
}
