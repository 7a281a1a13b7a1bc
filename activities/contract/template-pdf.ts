/** Draws a filled template as a PDF. The same blocks give the same bytes, hence the same SM3. */
import {
  BLOCK_SIZES,
  PARAGRAPH_STYLES,
  type ParagraphBlock,
  type Template,
  type TemplateValues,
} from '../../domain/template.ts';
import { type FilledBlock, fillTemplate } from '../../domain/template-fill.ts';
import { PAGE, TEXT_WIDTH } from './canvas.ts';
import type { FontSet } from './fonts.ts';
import { baselineOffset, createPaper, lineHeight, type Paper } from './layout.ts';
import type { Row, Table } from './table.ts';

/** What a paper bears beside its text. */
export interface PaperImprint {
  /** The party that issues it. */
  readonly author: string;
  /** Its number, at the foot of every page. */
  readonly reference: string;
  /** The creation date in the file. */
  readonly createdAt: Date;
}

type Filled<K extends FilledBlock['kind']> = Extract<FilledBlock, { readonly kind: K }>;

const CHINESE_DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** Ordinal of an article, 1 to 99: 12 → 十二, 21 → 二十一. */
function chineseOrdinal(n: number): string {
  const [tens, unit] = [Math.floor(n / 10), CHINESE_DIGITS[n % 10] ?? ''];
  if (tens === 0) return unit;
  return `${tens === 1 ? '' : (CHINESE_DIGITS[tens] ?? '')}十${unit}`;
}

/** Room below and alignment of each style; size and weight are the domain's. */
const SPACING: Readonly<
  Record<ParagraphBlock['style'], { readonly after: number; readonly center?: true }>
> = {
  TITLE: { after: 2, center: true },
  SUBTITLE: { after: 10, center: true },
  ANNEX: { after: 8, center: true },
  BODY: { after: 4 },
  LETTER: { after: 6 },
  NOTE: { after: 4 },
  SMALL: { after: 6 },
};

function drawParagraph(paper: Paper, block: ParagraphBlock): void {
  const { size, bold } = PARAGRAPH_STYLES[block.style];
  const { after, center } = SPACING[block.style];
  paper.paragraph(block.text, {
    size,
    weight: bold || block.prominent === true ? 'bold' : 'regular',
    align: center === true ? 'center' : 'left',
    spaceAfter: after,
    ...(block.keepWithNext === true ? { keepWithNext: 60 } : {}),
  });
}

function drawArticles(paper: Paper, block: Filled<'articles'>): void {
  for (const [index, article] of block.articles.entries()) {
    paper.heading(`第${chineseOrdinal(index + 1)}条　${article.title}`);
    for (const [at, clause] of article.clauses.entries())
      paper.clause(`${index + 1}.${at + 1}`, clause.text, clause.prominent);
  }
}

/** Names and values without a head. */
function factTable({ rows }: Filled<'facts'>): Table {
  return {
    head: false,
    size: BLOCK_SIZES.FACT,
    columns: [
      { title: '', share: 22 },
      { title: '', share: 78 },
    ],
    rows: rows.map((cells): Row => ({ cells })),
  };
}

/** The rates beside one another in the same size, so that none is less conspicuous (公告〔2021〕3号). */
function drawRates(paper: Paper, { items }: Filled<'rates'>): void {
  const height = 58;
  paper.reserve(height + 60);
  const top = paper.cursor;
  const width = TEXT_WIDTH / items.length;
  paper.canvas.fill(PAGE.left, top, TEXT_WIDTH, height);
  for (const [index, { label: name, rate }] of items.entries()) {
    const middle = PAGE.left + width * (index + 0.5);
    const label = { text: name, weight: 'bold', size: BLOCK_SIZES.LABEL } as const;
    const value = { text: `${rate}%`, weight: 'bold', size: BLOCK_SIZES.RATE } as const;
    paper.canvas.draw(label, middle - paper.canvas.measure(label.text, label) / 2, top + 20);
    paper.canvas.draw(value, middle - paper.canvas.measure(value.text, value) / 2, top + 45);
  }
  paper.space(height + 6);
}

function tableOf({ columns, rows }: Filled<'table'>): Table {
  return {
    size: BLOCK_SIZES.TABLE,
    columns,
    rows: rows.map(
      ({ cells, prominent }): Row => (prominent === true ? { cells, weight: 'bold' } : { cells }),
    ),
  };
}

const BOX_SIDE = 10;

/** One act, one box; a tick is drawn only for an act that the person agreed to. */
function drawBoxes(paper: Paper, { items }: Filled<'boxes'>): void {
  for (const { text, ticked } of items) {
    const height = lineHeight(BLOCK_SIZES.BOX);
    paper.reserve(2 * height);
    const [x, y] = [PAGE.left + 2, paper.cursor + (height - BOX_SIDE) / 2];
    for (const [x1, y1, x2, y2] of [
      [0, 0, 1, 0],
      [1, 0, 1, 1],
      [1, 1, 0, 1],
      [0, 1, 0, 0],
    ] as const)
      paper.canvas.line(x + x1 * BOX_SIDE, y + y1 * BOX_SIDE, x + x2 * BOX_SIDE, y + y2 * BOX_SIDE);
    if (ticked) paper.canvas.tick(x, y, BOX_SIDE);
    paper.paragraph(text, { size: BLOCK_SIZES.BOX, indent: 20, spaceAfter: 4 });
  }
}

function drawLines(paper: Paper, { lines }: Filled<'lines'>): void {
  const { size } = PARAGRAPH_STYLES.LETTER;
  for (const { text, prominent } of lines)
    paper.paragraph(text, {
      size,
      weight: prominent ? 'bold' : 'regular',
      spaceAfter: SPACING.LETTER.after,
    });
}

/** Where the parties sign: columns of lines that stay together. */
function drawSignatures(paper: Paper, { parties }: Filled<'signatures'>): void {
  const size = BLOCK_SIZES.SIGNATURE;
  const most = Math.max(...parties.map((party) => party.length));
  const height = 30 + most * lineHeight(size) + 24;
  paper.reserve(height);
  paper.space(16);
  const top = paper.cursor;
  // A single party signs on the right, as letters are.
  const columns = Math.max(2, parties.length);
  const first = columns - parties.length;
  // The visible seal is drawn here once the first of several parties, the lender, has sealed (activities/sign).
  if (parties.length > 1) paper.canvas.mark('lender-seal', PAGE.left, top);
  for (let row = 0; row < most; row += 1) {
    const y = top + row * (lineHeight(size) + 6) + baselineOffset(size);
    for (const [column, party] of parties.entries())
      paper.canvas.draw(
        { text: party[row] ?? '', weight: row === 0 ? 'bold' : 'regular', size },
        PAGE.left + ((first + column) * TEXT_WIDTH) / columns,
        y,
      );
  }
  paper.space(height - 16);
}

function drawBreak(paper: Paper, { page, reserve, height }: Filled<'break'>): void {
  if (page === true) paper.newPage();
  if (reserve !== undefined) paper.reserve(reserve);
  if (height !== undefined) paper.space(height);
}

function drawBlock(paper: Paper, block: FilledBlock): void {
  switch (block.kind) {
    case 'paragraph':
      return drawParagraph(paper, block);
    case 'articles':
      return drawArticles(paper, block);
    case 'facts':
      return block.rows.length === 0 ? undefined : paper.table(factTable(block));
    case 'rates':
      return drawRates(paper, block);
    case 'table':
      return paper.table(tableOf(block));
    case 'boxes':
      return drawBoxes(paper, block);
    case 'lines':
      return drawLines(paper, block);
    case 'signatures':
      return drawSignatures(paper, block);
    case 'break':
      return drawBreak(paper, block);
  }
}

/**
 * Renders a paper.
 * @param template one that `parseTemplate` has read
 * @throws TemplateError when a value is missing or of another type than the template states
 * @throws FontError GLYPH_MISSING when a character, of a name for instance, cannot be drawn
 */
export async function renderTemplatePdf(
  template: Template,
  values: TemplateValues,
  imprint: PaperImprint,
  fonts: FontSet,
): Promise<Buffer> {
  const blocks = fillTemplate(template, values);
  const paper = createPaper(fonts, {
    ...imprint,
    title: template.title,
    referenceLabel: template.referenceLabel,
  });
  for (const block of blocks) drawBlock(paper, block);
  return await paper.finish();
}
