/**
 * House rule: the workflow bundle holds the story, the rules and nothing of the world.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWorkflowBundle } from '../../platform/temporal/bundle.ts';
import { strangers } from './bundle.ts';
import { ROOT } from './sources.ts';

let folder: string;
beforeAll(() => {
  // Under the root, so that a planted workflow finds the packages; the folder is ignored by git.
  mkdirSync(join(ROOT, '.build'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.build', 'house-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('every module in the workflow bundle belongs there', { timeout: 60_000 }, async () => {
  const { modules } = await buildWorkflowBundle({
    workflowsPath: join(ROOT, 'workflows', 'index.ts'),
    outDir: join(folder, 'own'),
  });
  expect(modules).toContain(join(ROOT, 'workflows', 'index.ts'));
  expect(modules).toContain(join(ROOT, 'domain', 'journey.ts'));
  expect(strangers(modules)).toEqual([]);
});

test('a planted module of another room is found', { timeout: 60_000 }, async () => {
  writeFileSync(
    join(folder, 'planted.ts'),
    `import { businessDate } from '../../platform/clock.ts';
     export async function planted() { return String(businessDate); }`,
  );
  const { modules } = await buildWorkflowBundle({
    workflowsPath: join(folder, 'planted.ts'),
    outDir: join(folder, 'planted'),
  });
  expect(strangers(modules)).toContain('platform/clock.ts');
});

test.each([
  '/node_modules/kysely/dist/index.js',
  '/node_modules/pg/lib/index.js',
  '/db/database.ts',
  '/api/app.ts',
  '/activities/index.ts',
  '/platform/log.ts',
])('%s would be found', (path) => {
  expect(strangers([join(ROOT, path)])).toEqual([path.slice(1)]);
});
