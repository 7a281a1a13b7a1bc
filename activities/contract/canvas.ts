/**
 * The pages a paper is drawn on: a pdfkit document with our fonts, where every text is measured and drawn run by run.
 * The same drawing gives the same bytes: the creation date comes from the caller and nothing is random.
 */
import PdfKitDocument from 'pdfkit';
import { type FontSet, splitIntoRuns } from './fonts.ts';
import type { MeasureText, Span } from './line-breaking.ts';

/** A4 in points, and the frame the text stands in. */
export const PAGE = { width: 595.28, height: 841.89, left: 56, right: 56, top: 66, bottom: 64 };
export const TEXT_WIDTH = PAGE.width - PAGE.left - PAGE.right;

export interface CanvasOptions {
  readonly title: string;
  /** The party that issues the paper. */
  readonly author: string;
  /** The creation date in the file. */
  readonly createdAt: Date;
}

export interface Canvas {
  /** Width of a text in points. */
  readonly measure: MeasureText;
  /** Draws a text with its baseline at `y` (points from the top) and says how wide it was. */
  draw(span: Span, x: number, y: number): number;
  line(x1: number, y1: number, x2: number, y2: number): void;
  fill(x: number, y: number, width: number, height: number): void;
  /** A tick in a square box whose upper left corner is at `x`, `y`. */
  tick(x: number, y: number, side: number): void;
  /** Names a place on this page, so that what is added to the finished file later finds it. Points from the top left. */
  mark(name: string, x: number, y: number): void;
  addPage(): void;
  pageCount(): number;
  /** Makes an earlier page, counted from 0, the one that is drawn on. */
  selectPage(index: number): void;
  /** Closes the document; nothing can be drawn afterwards. */
  finish(): Promise<Buffer>;
}

const INK = '#000000';
const RULE = '#8c8c8c';
const SHADE = '#f0f0f0';

function openDocument(options: CanvasOptions) {
  return new PdfKitDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    bufferPages: true,
    autoFirstPage: false,
    pdfVersion: '1.7',
    subset: 'PDF/A-2b',
    lang: 'zh-CN',
    displayTitle: true,
    info: {
      Title: options.title,
      Author: options.author,
      Creator: 'Xindai',
      Producer: 'Xindai',
      CreationDate: options.createdAt,
      ModDate: options.createdAt,
    },
  });
}

/** Opens an empty document. @throws FontError GLYPH_MISSING from `measure` and `draw` */
export function createCanvas(fonts: FontSet, options: CanvasOptions): Canvas {
  const doc = openDocument(options);
  for (const face of new Set([...fonts.regular, ...fonts.bold])) {
    doc.registerFont(face.id, face.font);
  }
  const widths = new Map<string, number>();
  const runWidth = (faceId: string, text: string, size: number): number => {
    const key = `${faceId}\n${size}\n${text}`;
    const known = widths.get(key);
    if (known !== undefined) return known;
    const width = doc.font(faceId).fontSize(size).widthOfString(text);
    widths.set(key, width);
    return width;
  };
  return {
    measure: (text, { weight, size }) =>
      splitIntoRuns(fonts, weight, text).reduce(
        (sum, run) => sum + runWidth(run.face.id, run.text, size),
        0,
      ),
    draw: ({ text, weight, size }, x, y) => {
      let at = x;
      for (const run of splitIntoRuns(fonts, weight, text)) {
        doc.font(run.face.id).fontSize(size).fillColor(INK);
        doc.text(run.text, at, y, { lineBreak: false, baseline: 'alphabetic' });
        at += runWidth(run.face.id, run.text, size);
      }
      return at - x;
    },
    line: (x1, y1, x2, y2) => {
      doc.moveTo(x1, y1).lineTo(x2, y2).lineWidth(0.5).strokeColor(RULE).stroke();
    },
    fill: (x, y, width, height) => {
      doc.rect(x, y, width, height).fill(SHADE);
    },
    mark: (name, x, y) => {
      doc.addNamedDestination(name, 'XYZ', x, y, 0);
    },
    tick: (x, y, side) => {
      doc.moveTo(x + side * 0.2, y + side * 0.5).lineTo(x + side * 0.42, y + side * 0.75);
      doc
        .lineTo(x + side * 0.82, y + side * 0.22)
        .lineWidth(1.4)
        .strokeColor(INK)
        .stroke();
    },
    addPage: () => {
      doc.addPage();
    },
    pageCount: () => doc.bufferedPageRange().count,
    selectPage: (index) => {
      doc.switchToPage(index);
    },
    finish: () => collect(doc),
  };
}

function collect(doc: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
    doc.end();
  });
}
