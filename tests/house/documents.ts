/**
 * Finds what the documents promise and the repository does not have: npm scripts, and files behind links.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesUnder, ROOT } from './sources.ts';
import type { Source } from './sources.ts';

/** npm's own words for scripts that need no `run`. */
const SHORT = ['start', 'test', 'stop', 'restart'];

/** The Markdown files at the root and under docs. */
export function documents(): Source[] {
  const atRoot = readdirSync(ROOT).map((name) => join(ROOT, name));
  return [...atRoot, ...filesUnder(join(ROOT, 'docs'))]
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }));
}

/** One sentence per npm script that a document names and that is none of the given ones. */
export function unknownScripts({ path, text }: Source, scripts: readonly string[]): string[] {
  const run = [...text.matchAll(/\bnpm run (?:-s |--silent )?([\w:-]+)/g)].map((match) => match[1]);
  const short = [...text.matchAll(/\bnpm ([\w]+)/g)]
    .map((match) => match[1])
    .filter((name) => name !== undefined && SHORT.includes(name));
  return [...new Set([...run, ...short])]
    .filter((name) => name !== undefined && !scripts.includes(name))
    .map((name) => `${path} names the npm script ${name}, which is not there`);
}

/** One sentence per relative link whose file is not there. */
export function deadLinks({ path, text }: Source): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/\]\((?![a-z]+:|#)([^)\s#]+)(?:#[^)\s]*)?\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !existsSync(join(ROOT, dirname(path), decodeURIComponent(target))))
    .map((target) => `${path} links to ${target}, which is not there`);
}
