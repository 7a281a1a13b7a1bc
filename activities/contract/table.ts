/** Tables on paper: cells that wrap, rows that stay whole, and a head that is repeated on every page. */
import { type Canvas, PAGE, TEXT_WIDTH } from './canvas.ts';
import type { FontWeight } from './fonts.ts';
import { breakIntoLines, type Span } from './line-breaking.ts';

export interface Column {
  readonly title: string;
  /** Share of the text width, relative to the other columns. */
  readonly share: number;
  readonly align?: 'left' | 'center' | 'right';
}

export interface Row {
  readonly cells: readonly string[];
  readonly weight?: FontWeight;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly size?: number;
  /** False for a table of names and values, whose first column is its head. */
  readonly head?: boolean;
}

const PADDING_X = 5;
const PADDING_Y = 3.5;
const LEADING = 1.4;

interface PlacedColumn extends Column {
  readonly x: number;
  readonly width: number;
}

/** A row broken into lines, ready to be drawn. */
interface SetRow {
  readonly cells: readonly (readonly (readonly Span[])[])[];
  readonly height: number;
}

function placeColumns(columns: readonly Column[]): PlacedColumn[] {
  const whole = columns.reduce((sum, column) => sum + column.share, 0);
  let x = PAGE.left;
  return columns.map((column) => {
    const width = (TEXT_WIDTH * column.share) / whole;
    const placed = { ...column, x, width };
    x += width;
    return placed;
  });
}

function setRow(canvas: Canvas, columns: readonly PlacedColumn[], row: Row, size: number): SetRow {
  const weight = row.weight ?? 'regular';
  const cells = columns.map((column, index) =>
    breakIntoLines(
      [{ text: row.cells[index] ?? '', weight, size }],
      column.width - 2 * PADDING_X,
      canvas.measure,
    ),
  );
  const lines = Math.max(...cells.map((cell) => cell.length));
  return { cells, height: lines * size * LEADING + 2 * PADDING_Y };
}

function drawRow(
  canvas: Canvas,
  columns: readonly PlacedColumn[],
  row: SetRow,
  y: number,
  size: number,
): void {
  const left = PAGE.left;
  const right = PAGE.left + TEXT_WIDTH;
  for (const [index, column] of columns.entries()) {
    const lines = row.cells[index] ?? [];
    const free = row.height - lines.length * size * LEADING;
    let baseline = y + free / 2 + ((LEADING - 1) / 2 + 0.88) * size;
    for (const line of lines) {
      const width = line.reduce((sum, span) => sum + canvas.measure(span.text, span), 0);
      const room = column.width - 2 * PADDING_X - width;
      const offset = { left: 0, center: room / 2, right: room }[column.align ?? 'left'];
      let x = column.x + PADDING_X + offset;
      for (const span of line) x += canvas.draw(span, x, baseline);
      baseline += size * LEADING;
    }
    canvas.line(column.x, y, column.x, y + row.height);
  }
  canvas.line(right, y, right, y + row.height);
  canvas.line(left, y, right, y);
  canvas.line(left, y + row.height, right, y + row.height);
}

/**
 * Draws a table from `top` and returns where it ends. `nextPage` begins a page and returns its first line.
 * @throws RangeError when one row is taller than a page
 */
export function drawTable(
  canvas: Canvas,
  table: Table,
  top: number,
  nextPage: () => number,
): number {
  const size = table.size ?? 9;
  const columns = placeColumns(table.columns);
  const titles = table.columns.map((column) => column.title);
  const head =
    table.head === false ? null : setRow(canvas, columns, { cells: titles, weight: 'bold' }, size);
  const limit = PAGE.height - PAGE.bottom;
  let y = top;
  const drawHead = (): void => {
    if (head === null) return;
    canvas.fill(PAGE.left, y, TEXT_WIDTH, head.height);
    drawRow(canvas, columns, head, y, size);
    y += head.height;
  };
  const headHeight = head?.height ?? 0;
  for (const [index, row] of table.rows.entries()) {
    const set = setRow(canvas, columns, row, size);
    if (set.height + headHeight > limit - PAGE.top) {
      throw new RangeError('A row of a table is taller than a page.');
    }
    const needed = set.height + (index === 0 ? headHeight : 0);
    const turned = y + needed > limit;
    if (turned) y = nextPage();
    if (turned || index === 0) drawHead();
    drawRow(canvas, columns, set, y, size);
    y += set.height;
  }
  return y + 8;
}
