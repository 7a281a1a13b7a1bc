/** Builds the golden SQL of every file of db/queries, and says which functions have no sample. */
import { CATALOGUE, type Entry } from './catalogue.ts';
import { goldenFile } from './format.ts';
import { recordStatements } from './recorder.ts';

export interface GoldenFile {
  /** From the root, for example `db/sql/apply.sql`. */
  readonly path: string;
  readonly text: string;
}

/** Statements of every call of one query file, in the order of its samples. */
export async function recordCalls(
  entry: Entry,
): Promise<readonly { readonly name: string; readonly statements: readonly string[] }[]> {
  const calls = [];
  for (const [name, sample] of Object.entries(entry.samples)) {
    calls.push({ name, statements: await recordStatements(sample) });
  }
  return calls;
}

/** The golden files as they should be. */
export async function goldenFiles(): Promise<readonly GoldenFile[]> {
  const files: GoldenFile[] = [];
  for (const entry of CATALOGUE) {
    files.push({
      path: `db/sql/${entry.file}.sql`,
      text: goldenFile(`db/queries/${entry.file}.ts`, await recordCalls(entry)),
    });
  }
  return files;
}

const isFunction = (value: unknown): boolean =>
  typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));

/** Exported query functions of a file that no sample calls. */
export function withoutSample({ exports, samples }: Entry): readonly string[] {
  const called = new Set(Object.keys(samples).map((name) => name.replace(/ \(.*\)$/, '')));
  return Object.entries(exports)
    .filter(([name, value]) => isFunction(value) && !called.has(name))
    .map(([name]) => name);
}
