/** The results of a bench: one table for people, one file for programs. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One measured value. `baseline` is what it is measured against, `ratio` ours over it; null where there is none. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** @param baseline the same of what it is measured against: a bare workflow, another engine */
export function result(name: string, value: number, unit: string, baseline?: number): Result {
  const has = baseline !== undefined && baseline !== 0;
  return {
    name,
    value: rounded(value),
    unit,
    baseline: baseline === undefined ? null : rounded(baseline),
    ratio: has ? rounded(value / baseline) : null,
  };
}

/** @param names what the two columns of values are called */
export function table(
  results: readonly Result[],
  names: readonly [string, string] = ['loan', 'bare workflow'],
): string {
  const head = ['', ...names, 'ratio', 'unit'];
  const cells = results.map(({ name, value, unit, baseline, ratio }) => [
    name,
    String(value),
    baseline === null ? '' : String(baseline),
    ratio === null ? '' : ratio < 0.01 ? String(ratio) : ratio.toFixed(2),
    unit,
  ]);
  const rows = [head, ...cells];
  const widths = head.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) =>
        at === 0 || at === 4 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

/** What stands in the file already; nothing where there is none or somebody broke it. */
function storedResults(path: string): readonly Result[] {
  if (!existsSync(path)) return [];
  try {
    const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
    // Only `writeResults` writes this file.
    return Array.isArray(stored) ? (stored as readonly Result[]) : [];
  } catch {
    return [];
  }
}

/** Writes results in place of former ones of the same name; what other measurements left stays. */
export function writeResults(path: string, results: readonly Result[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const names = new Set(results.map(({ name }) => name));
  const others = storedResults(path).filter(({ name }) => !names.has(name));
  writeFileSync(path, `${JSON.stringify([...others, ...results], null, 2)}\n`);
}
