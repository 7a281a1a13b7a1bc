/**
 * House rule: what the documents tell people to run and to open is there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { deadLinks, documents, unknownScripts } from './documents.ts';
import { ROOT } from './sources.ts';

const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const { scripts, engines } = z
  .object({
    scripts: z.record(z.string(), z.string()),
    engines: z.object({ node: z.string() }),
  })
  .parse(manifest);

test('every npm script that a document names exists', () => {
  expect(documents().flatMap((one) => unknownScripts(one, Object.keys(scripts)))).toEqual([]);
});

test('every relative link in a document leads to a file', () => {
  expect(documents().flatMap(deadLinks)).toEqual([]);
});

test('a planted script and a planted link are found', () => {
  const planted = {
    path: 'README.md',
    text: 'Try `npm run -s tokne` or [this](docs/nowhere.md#a).',
  };
  expect(unknownScripts(planted, ['token'])).toHaveLength(1);
  expect(deadLinks(planted)).toHaveLength(1);
  const fine = {
    path: 'README.md',
    text: '`npm start`, `npm run token`, [a](package.json), [b](https://x.y).',
  };
  expect(unknownScripts(fine, ['token', 'start'])).toEqual([]);
  expect(deadLinks(fine)).toEqual([]);
});

test('the set-up refuses exactly the Node.js versions that package.json refuses', async () => {
  const { OLDEST_NODE } = await import('../../tools/setup/node-version.mjs');
  expect(engines.node).toBe(`>=${OLDEST_NODE.join('.')}`);
});
