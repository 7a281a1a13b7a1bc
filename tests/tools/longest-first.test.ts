/** The order in which test files start. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LONG_FILES, longestFirst } from '../../tools/test/longest-first.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

test('the longest files come first, and the others keep their order', () => {
  const files = ['b.test.ts', 'tests/crash/api.test.ts', 'a.test.ts', 'tests/crash/worker.test.ts'];
  const sorted = longestFirst(files.map((file) => ({ moduleId: join(root, file) })));
  expect(sorted.map(({ moduleId }) => moduleId.slice(root.length + 1))).toEqual([
    'tests/crash/worker.test.ts',
    'tests/crash/api.test.ts',
    'b.test.ts',
    'a.test.ts',
  ]);
});

test('every file that is called long is there', () => {
  const missing = Object.keys(LONG_FILES).filter((file) => !existsSync(join(root, file)));
  expect(missing).toEqual([]);
});
