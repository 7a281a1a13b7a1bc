/**
 * The eleven chapters of a loan's story, and the checks that the rooms keep them apart and call them the same.
 */
import { posix } from 'node:path';
import { importsOf } from './imports.ts';
import type { Source } from './sources.ts';

/** The chapters in the order of the story; the same names in every room. */
export const CHAPTERS = [
  'apply',
  'verify',
  'bureau',
  'fraud',
  'score',
  'decide',
  'offer',
  'contract',
  'sign',
  'disburse',
  'service',
] as const;

const NAMES: readonly string[] = CHAPTERS;

/** One sentence per import by which one chapter of the activities reaches into another. */
export function chapterCrossings(source: Source): string[] {
  const own = chapterOf(source.path);
  if (own === undefined) return [];
  return importsOf(source).flatMap(({ specifier }) => {
    if (!specifier.startsWith('.')) return [];
    const target = posix.normalize(posix.join(posix.dirname(source.path), specifier));
    const other = chapterOf(target);
    if (other === undefined || other === own) return [];
    return [`${source.path} imports ${specifier}: chapter ${own} reaches into ${other}`];
  });
}

/** The chapter whose folder in the activities holds the file. */
function chapterOf(path: string): string | undefined {
  const [room, folder, ...rest] = path.split('/');
  if (room !== 'activities' || rest.length === 0 || folder === undefined) return undefined;
  return NAMES.includes(folder) ? folder : undefined;
}

/** The names that are neither chapters nor among those that may stand beside them. */
export function namesOutOfPlace(names: readonly string[], beside: readonly string[]): string[] {
  return names.filter((name) => !NAMES.includes(name) && !beside.includes(name));
}
