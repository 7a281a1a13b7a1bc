/**
 * House rule: files of at most 400 lines, functions of at most 70.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measure, statedLimits } from './sizes.ts';
import { ROOMS } from './sources.ts';

test('the linter is told the limits of the house', () => {
  expect(statedLimits()).toEqual({
    'max-lines': ['error', expect.objectContaining({ max: 400 })],
    'max-lines-per-function': ['error', expect.objectContaining({ max: 70 })],
  });
});

test('no file and no function of the product is too long', () => {
  const { files, tooLong } = measure([...ROOMS, 'tools']);
  expect(tooLong).toEqual([]);
  expect(files).toBeGreaterThan(20);
});

test('a file and a function that are too long are found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xindai-house-'));
  try {
    const long = `function f() {\n${'  g();\n'.repeat(80)}}\n${'// line\n'.repeat(350)}`;
    writeFileSync(join(folder, 'long.ts'), long);
    writeFileSync(join(folder, 'short.ts'), 'function f() {}\n');
    const { tooLong } = measure([folder]);
    expect(tooLong).toHaveLength(2);
    expect(tooLong.every((sentence) => sentence.includes('long.ts'))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
