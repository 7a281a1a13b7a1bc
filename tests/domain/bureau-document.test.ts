/** docs/bureaus.md defines every variable that comes from a bureau, and none that does not. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { deriveBureauVariables } from '../../domain/bureau.ts';
import { VARIABLE_CATALOGUE } from '../../domain/variables.ts';

it('each variable of a bureau has one definition in the document', () => {
  const document = readFileSync(new URL('../../docs/bureaus.md', import.meta.url), 'utf8');
  const rows = document.split('\n').filter((line) => line.startsWith('| `'));
  const cells = rows
    .filter((line) => !/^\| `[A-Z_]+`/.test(line))
    .map((line) => line.split('|')[1] ?? '');
  const defined = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1]));
  const catalogued = Object.entries(VARIABLE_CATALOGUE)
    .filter(([, { source }]) => source === 'PBOC' || source === 'BAIHANG')
    .map(([name]) => name);
  expect(new Set(defined)).toEqual(new Set(catalogued));
  expect(defined).toHaveLength(catalogued.length);
  const derived = Object.keys(deriveBureauVariables(null, null, '2026-11-24'));
  expect(new Set(derived)).toEqual(new Set(catalogued));
});
