/** A strict reader of CSV (RFC 4180): a header, equal numbers of cells, quotes only around a whole cell. */

/** Where a file does not fit; line and column count from 1, the column is that of the cell. */
export interface CsvFault {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

export interface CsvRow {
  /** Line on which the row begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

export type CsvReading =
  | { readonly ok: true; readonly header: readonly string[]; readonly rows: readonly CsvRow[] }
  | { readonly ok: false; readonly faults: readonly CsvFault[] };

/** A plain cell ends at the next comma or line break and holds no quote. */
const PLAIN = /[^",\r\n]*/y;
/** A quoted cell; a quote inside is written twice. */
const QUOTED = /"(?:[^"]|"")*"/y;
const BREAK = /\r\n|\n/y;

interface Cursor {
  readonly text: string;
  at: number;
  line: number;
}

function take(pattern: RegExp, cursor: Cursor): string | null {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0];
  if (found === undefined) return null;
  cursor.at += found.length;
  cursor.line += found.split('\n').length - 1;
  return found;
}

function fault(line: number, column: number, code: string, message: string): CsvFault {
  return { line, column, code, message };
}

function readCell(cursor: Cursor): string | null {
  if (cursor.text[cursor.at] !== '"') return take(PLAIN, cursor);
  const quoted = take(QUOTED, cursor);
  return quoted === null ? null : quoted.slice(1, -1).replaceAll('""', '"');
}

/** Reads one row and the line break behind it. */
function readRow(cursor: Cursor): CsvRow | CsvFault {
  const { line } = cursor;
  const cells: string[] = [];
  for (;;) {
    const cell = readCell(cursor);
    const column = cells.length + 1;
    if (cell === null) return fault(line, column, 'QUOTE_OPEN', 'A quoted cell does not end.');
    cells.push(cell);
    if (cursor.at === cursor.text.length || take(BREAK, cursor) !== null) return { line, cells };
    if (cursor.text[cursor.at] !== ',')
      return fault(cursor.line, column, 'QUOTE_STRAY', 'A quote or a lone CR inside a cell.');
    cursor.at += 1;
  }
}

/** Reads a whole file. The first fault of form ends the reading; rows of the wrong width are all named. */
export function readCsv(text: string): CsvReading {
  const cursor: Cursor = { text: text.startsWith('\uFEFF') ? text.slice(1) : text, at: 0, line: 1 };
  const rows: CsvRow[] = [];
  while (cursor.at < cursor.text.length) {
    const row = readRow(cursor);
    if ('code' in row) return { ok: false, faults: [row] };
    rows.push(row);
  }
  const [head, ...body] = rows;
  if (head === undefined)
    return { ok: false, faults: [fault(1, 1, 'EMPTY', 'The file is empty.')] };
  const width = head.cells.length;
  const faults = body
    .filter((row) => row.cells.length !== width)
    .map((row) =>
      fault(row.line, row.cells.length, 'WIDTH', `${row.cells.length} cells instead of ${width}.`),
    );
  return faults.length > 0 ? { ok: false, faults } : { ok: true, header: head.cells, rows: body };
}
