/**
 * Finds the source files that the house rules speak about.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The rooms of product code; `tools` and `tests` are workshops around the house. */
export const ROOMS = [
  'domain',
  'workflows',
  'activities',
  'api',
  'db',
  'platform',
  'sandbox',
  'web',
] as const;

/** One source file. */
export interface Source {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const CODE = /\.(ts|tsx|mjs|cjs)$/;
const LEFT_OUT = new Set(['node_modules', 'dist', '.data', '.build', 'histories']);

/** All code files under the given folders of the root. */
export function sourcesIn(folders: readonly string[]): Source[] {
  return folders
    .flatMap((folder) => filesUnder(join(ROOT, folder)).filter((path) => CODE.test(path)))
    .map((path) => ({
      path: relative(ROOT, path).replaceAll('\\', '/'),
      text: readFileSync(path, 'utf8'),
    }));
}

/** All files under a folder, at any depth; none when the folder is not there. */
export function filesUnder(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    if (LEFT_OUT.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
