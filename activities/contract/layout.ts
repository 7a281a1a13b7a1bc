/**
 * The layout of a paper: headings, paragraphs, clauses and tables that flow down the pages, on a canvas.
 * Lengths are points. Whoever writes a paper calls these in order and then `finish`.
 */
import { BLOCK_SIZES } from '../../domain/template.ts';
import { type Canvas, createCanvas, type CanvasOptions, PAGE, TEXT_WIDTH } from './canvas.ts';
import type { FontSet, FontWeight } from './fonts.ts';
import { breakIntoLines, type Span } from './line-breaking.ts';
import { drawTable, type Table } from './table.ts';

export interface PaperOptions extends CanvasOptions {
  /** Printed at the foot of every page, left of the page number: the paper's own number. */
  readonly reference: string;
  /** What the reference is called; the number of a contract unless told. */
  readonly referenceLabel?: string;
}

export interface ParagraphStyle {
  readonly weight?: FontWeight;
  readonly size?: number;
  readonly align?: 'left' | 'center' | 'right';
  /** Indent of the whole paragraph. */
  readonly indent?: number;
  readonly spaceAfter?: number;
  /** Room that must be left on the page below the paragraph, so that a heading never ends a page. */
  readonly keepWithNext?: number;
}

export interface Paper {
  readonly canvas: Canvas;
  /** Where the next line begins, from the top of the page. */
  readonly cursor: number;
  paragraph(content: string | readonly Span[], style?: ParagraphStyle): void;
  /** A heading in bold that stays with what follows it. */
  heading(text: string): void;
  /** A numbered clause: the label hangs to the left of its text. Prominent clauses are bold (民法典 art. 496). */
  clause(label: string, text: string, prominent: boolean): void;
  table(table: Table): void;
  /** Begins a new page unless `height` still fits on this one. */
  reserve(height: number): void;
  space(height: number): void;
  newPage(): void;
  finish(): Promise<Buffer>;
}

export const BODY_SIZE = 10.5;
const LEADING = 1.62;
const CLAUSE_INDENT = 30;

/** Height of a line of this size. */
export function lineHeight(size: number): number {
  return size * LEADING;
}

/** Distance from the top of a line to its baseline: the characters stand in the middle of the leading. */
export function baselineOffset(size: number): number {
  return (lineHeight(size) - size) / 2 + size * 0.88;
}

interface Flow {
  y: number;
}

function startPage(canvas: Canvas, flow: Flow): void {
  canvas.addPage();
  flow.y = PAGE.top;
}

function reserve(canvas: Canvas, flow: Flow, height: number): void {
  if (flow.y + height > PAGE.height - PAGE.bottom) startPage(canvas, flow);
}

function drawParagraph(
  canvas: Canvas,
  flow: Flow,
  spans: readonly Span[],
  style: ParagraphStyle,
): void {
  const indent = style.indent ?? 0;
  const size = Math.max(...spans.map((span) => span.size));
  const height = lineHeight(size);
  const lines = breakIntoLines(spans, TEXT_WIDTH - indent, canvas.measure);
  reserve(canvas, flow, Math.min(lines.length, 2) * height + (style.keepWithNext ?? 0));
  for (const line of lines) {
    reserve(canvas, flow, height);
    const used = line.reduce((sum, span) => sum + canvas.measure(span.text, span), 0);
    const free = TEXT_WIDTH - indent - used;
    const offset = { left: 0, center: free / 2, right: free }[style.align ?? 'left'];
    let x = PAGE.left + indent + offset;
    for (const span of line) x += canvas.draw(span, x, flow.y + baselineOffset(size));
    flow.y += height;
  }
  flow.y += style.spaceAfter ?? 4;
}

/** The number of the paper and of the page, on every page, once the number of pages is known. */
function drawFooters(canvas: Canvas, options: PaperOptions): void {
  const style = { weight: 'regular', size: 8.5 } as const;
  const count = canvas.pageCount();
  const y = PAGE.height - 36;
  for (let index = 0; index < count; index += 1) {
    canvas.selectPage(index);
    canvas.line(PAGE.left, y - 14, PAGE.width - PAGE.right, y - 14);
    canvas.draw(
      { text: `${options.referenceLabel ?? '合同编号'}：${options.reference}`, ...style },
      PAGE.left,
      y,
    );
    const page = `第 ${index + 1} 页 共 ${count} 页`;
    const x = PAGE.width - PAGE.right - canvas.measure(page, style);
    canvas.draw({ text: page, ...style }, x, y);
    const issuer = canvas.measure(options.author, style);
    canvas.draw({ text: options.author, ...style }, PAGE.width - PAGE.right - issuer, 40);
    canvas.draw({ text: options.title, ...style }, PAGE.left, 40);
    canvas.line(PAGE.left, 48, PAGE.width - PAGE.right, 48);
  }
}

/** Begins a paper on an empty first page. @throws FontError GLYPH_MISSING from whatever draws text */
export function createPaper(fonts: FontSet, options: PaperOptions): Paper {
  const canvas = createCanvas(fonts, options);
  const flow: Flow = { y: PAGE.top };
  canvas.addPage();
  const paragraph: Paper['paragraph'] = (content, style = {}) => {
    const plain = (text: string): Span => ({
      text,
      weight: style.weight ?? 'regular',
      size: style.size ?? BODY_SIZE,
    });
    drawParagraph(canvas, flow, typeof content === 'string' ? [plain(content)] : content, style);
  };
  return {
    canvas,
    get cursor() {
      return flow.y;
    },
    paragraph,
    heading: (text) => {
      flow.y += 6;
      paragraph(text, {
        weight: 'bold',
        size: BLOCK_SIZES.HEADING,
        spaceAfter: 4,
        keepWithNext: 40,
      });
    },
    clause: (label, text, prominent) => {
      const weight = prominent ? 'bold' : 'regular';
      const size = lineHeight(BODY_SIZE);
      reserve(canvas, flow, 2 * size);
      canvas.draw(
        { text: label, weight, size: BODY_SIZE },
        PAGE.left,
        flow.y + baselineOffset(BODY_SIZE),
      );
      paragraph(text, { weight, indent: CLAUSE_INDENT });
    },
    table: (table) => {
      flow.y = drawTable(canvas, table, flow.y, () => {
        startPage(canvas, flow);
        return flow.y;
      });
    },
    reserve: (height) => reserve(canvas, flow, height),
    space: (height) => {
      flow.y += height;
    },
    newPage: () => startPage(canvas, flow),
    finish: () => {
      drawFooters(canvas, options);
      return canvas.finish();
    },
  };
}
