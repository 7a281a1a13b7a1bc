/**
 * House rules about what files say.
 */
import { describe, expect, test } from 'vitest';
import { ROOMS, sourcesIn } from './sources.ts';
import type { Source } from './sources.ts';
import {
  asyncValidators,
  missingFirstSentence,
  openPromises,
  silencedChecks,
  switchedTests,
  typeEscapes,
} from './wording.ts';

const product = sourcesIn([...ROOMS, 'tools']);
// The house tests speak about these words, so they are left out of the search for them.
const tests = sourcesIn(['tests']).filter(({ path }) => !path.startsWith('tests/house/'));

interface Rule {
  readonly title: string;
  readonly find: (source: Source) => string[];
  readonly where: readonly Source[];
  readonly planted: readonly string[];
  readonly fine: readonly string[];
}

const RULES: readonly Rule[] = [
  {
    title: 'every source file begins with a doc comment that says its duty',
    find: missingFirstSentence,
    where: product,
    planted: ['export const x = 1;', '/* Not a doc comment. */', '/** */', '/** no sentence */\n'],
    fine: [
      '/** Says it. */',
      '/**\n * Says it\n * in two lines.\n */',
      '#!/usr/bin/env node\n/** So. */',
    ],
  },
  {
    title: 'no work is promised in a comment',
    find: openPromises,
    where: [...product, ...tests],
    planted: ['// TODO later', '/* FIXME */'],
    fine: ['// All of it is done.', 'const TODOS = 1;'],
  },
  {
    title: 'no test is switched off or on alone',
    find: switchedTests,
    where: tests,
    planted: [
      "test.only('x', f)",
      "describe.skip('x', f)",
      "it.concurrent.skip('x', f)",
      "test.todo('x')",
    ],
    fine: ["test.skipIf(cond)('x', f)", "ctx.skip('no OpenSSL here')"],
  },
  {
    title: 'no check is silenced',
    find: silencedChecks,
    where: product,
    planted: ['// @ts-expect-error because', '// @ts-ignore'],
    fine: ['/** Uses @types. */'],
  },
  {
    title: 'no type is escaped from',
    find: typeEscapes,
    where: product,
    planted: [
      'const a: any = 1;',
      'const b = c as any;',
      'const d = e!.f;',
      'const g = h as unknown as I;',
    ],
    fine: ['const any = 1;', 'const b = c as unknown;', 'const d = !e;'],
  },
  {
    title: 'no update validator is async',
    find: asyncValidators,
    where: product,
    planted: [
      'setHandler(u, h, { validator: async (x) => {} });',
      'setHandler(u, h, { validator: async function (x) {} });',
      'setHandler(u, h, { async validator(x) {} });',
    ],
    fine: ['setHandler(u, async () => {}, { validator: (x) => {} });'],
  },
];

describe.each(RULES)('$title', ({ find, where, planted, fine }) => {
  test('holds in every file', () => {
    expect(where.flatMap(find)).toEqual([]);
  });

  test.each(planted)('a planted violation is found: %s', (text) => {
    expect(find({ path: 'planted.ts', text })).not.toEqual([]);
  });

  test.each(fine)('what is fine passes: %s', (text) => {
    expect(find({ path: 'fine.ts', text })).toEqual([]);
  });
});
