/**
 * A labelled sample as typed columns: which columns may be there at all, and what their cells may hold. A column that
 * is no variable of the catalogue is refused, and with it everything that names or reaches a person.
 */
import {
  assertAllowedFeature,
  BannedFeatureError,
  VARIABLE_CATALOGUE,
  type VariableName,
  type VariableValue,
} from '../../domain/variables.ts';
import { type CsvFault, type CsvRow, readCsv } from './csv.ts';

export interface Column {
  readonly variable: VariableName;
  /** One value per row; null is missing. */
  readonly values: readonly VariableValue[];
}

export interface Sample {
  readonly columns: readonly Column[];
  /** One per row: the loan went bad. */
  readonly bad: readonly boolean[];
}

export type SampleReading =
  | { readonly ok: true; readonly sample: Sample }
  | { readonly ok: false; readonly faults: readonly CsvFault[] };

/** Faults named at most; the rest of a bad file says nothing new. */
const MOST_FAULTS = 50;

const PERSONAL =
  /name|mobile|phone|tel|e-?mail|address|id.?(number|card|no)|passport|card.?(number|no)|account|birth|wechat|device|姓名|手机|电话|邮箱|地址|身份证|卡号|出生/i;

const isVariable = (name: string): name is VariableName => Object.hasOwn(VARIABLE_CATALOGUE, name);

function bannedFeature(name: string): boolean {
  try {
    assertAllowedFeature(name);
    return false;
  } catch (error) {
    if (error instanceof BannedFeatureError) return true;
    throw error;
  }
}

function headerFault(name: string, column: number, earlier: readonly string[]): CsvFault | null {
  const at = (code: string, message: string): CsvFault => ({ line: 1, column, code, message });
  if (earlier.includes(name)) return at('COLUMN_TWICE', `${name} stands twice.`);
  if (bannedFeature(name))
    return at('BANNED_FEATURE', `${name} may not be used in a credit decision.`);
  if (isVariable(name)) return null;
  return PERSONAL.test(name)
    ? at('PERSONAL_COLUMN', `${name} names or reaches a person; take it out of the file.`)
    : at('UNKNOWN_VARIABLE', `${name} is not in the variable catalogue.`);
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
/** Codes of the catalogue's texts; anything longer or freer is no code. */
const CODE = /^[A-Z][A-Z0-9_]{0,39}$/;

/** Undefined when the text is no value of the variable's type. An empty cell is a missing value. */
function parseCell(variable: VariableName, text: string): VariableValue | undefined {
  if (text === '') return null;
  const { type } = VARIABLE_CATALOGUE[variable];
  if (type === 'text') return CODE.test(text) ? text : undefined;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  const value = Number(text);
  return NUMBER.test(text) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** The faults never repeat a cell's content: it may be personal. */
function cellFault(row: CsvRow, at: number, code: string, message: string): CsvFault {
  return { line: row.line, column: at + 1, code, message };
}

function readTarget(rows: readonly CsvRow[], at: number, faults: CsvFault[]): readonly boolean[] {
  return rows.map((row) => {
    const cell = row.cells[at];
    if (cell !== '0' && cell !== '1')
      faults.push(cellFault(row, at, 'TARGET_VALUE', 'The target is neither 0 nor 1.'));
    return cell === '1';
  });
}

function readColumn(
  variable: VariableName,
  rows: readonly CsvRow[],
  at: number,
  faults: CsvFault[],
): Column {
  const values = rows.map((row) => {
    const value = parseCell(variable, row.cells[at] ?? '');
    if (value === undefined)
      faults.push(
        cellFault(
          row,
          at,
          'CELL_VALUE',
          `No ${VARIABLE_CATALOGUE[variable].type} for ${variable}.`,
        ),
      );
    return value ?? null;
  });
  return { variable, values };
}

/**
 * Reads a labelled sample: a column per variable of the catalogue and the target, 1 for a loan that went bad.
 * Faults name line and column.
 */
export function readSample(text: string, target: string): SampleReading {
  const csv = readCsv(text);
  if (!csv.ok) return csv;
  const targetAt = csv.header.indexOf(target);
  const faults: CsvFault[] = csv.header.flatMap((name, at) => {
    if (at === targetAt) return [];
    const found = headerFault(name, at + 1, csv.header.slice(0, at));
    return found === null ? [] : [found];
  });
  if (targetAt < 0)
    faults.push({ line: 1, column: 1, code: 'NO_TARGET', message: `No column ${target}.` });
  if (faults.length > 0) return { ok: false, faults };
  const bad = readTarget(csv.rows, targetAt, faults);
  const columns = csv.header.flatMap((name, at) =>
    at !== targetAt && isVariable(name) ? [readColumn(name, csv.rows, at, faults)] : [],
  );
  return faults.length > 0
    ? { ok: false, faults: faults.slice(0, MOST_FAULTS) }
    : { ok: true, sample: { columns, bad } };
}

/** The rows of the given numbers, in their order. */
export function rowsOf(sample: Sample, rows: readonly number[]): Sample {
  return {
    columns: sample.columns.map(({ variable, values }) => ({
      variable,
      values: rows.map((row) => values[row] ?? null),
    })),
    bad: rows.map((row) => sample.bad[row] === true),
  };
}
