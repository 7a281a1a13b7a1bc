/** The results of a bench: one table for people, one file for programs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One measured value. `baseline` is the bare workflow's, `ratio` ours over it; null where there is none. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** @param baseline the same of the bare workflow */
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

const HEAD = ['', 'loan', 'bare workflow', 'ratio', 'unit'] as const;

/** @param head names of the columns: the measured, what it is compared with */
export function table(results: readonly Result[], head: readonly string[] = HEAD): string {
  const cells = results.map(({ name, value, unit, baseline, ratio }) => [
    name,
    String(value),
    baseline === null ? '' : String(baseline),
    ratio === null ? '' : ratio < 0.01 ? String(ratio) : ratio.toFixed(2),
    unit,
  ]);
  const rows = [[...head], ...cells];
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

export function writeResults(path: string, results: readonly Result[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
}
