/** The security document names tests that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('names only tests that exist, and one or an honest gap for every clause of level 3', () => {
  const text = readFileSync('docs/security.md', 'utf8');
  const named = [...text.matchAll(/`([a-z/-]+\.test\.ts)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join('tests', path)))).toEqual([]);
  const rows = text.split('\n').filter((line) => /^\| \.\d+ /.test(line));
  const clauses = new Set(rows.map((row) => Number(/^\| \.(\d+)/.exec(row)?.[1])));
  expect([...clauses]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  for (const row of rows) expect(row).toMatch(/\.test\.ts`|\*\*operator\*\*|\*\*not met\*\*/);
});
