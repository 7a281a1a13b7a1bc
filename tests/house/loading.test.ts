/**
 * House rule: every module loads in plain Node.js, as the processes run it; the test runner forgives what Node does not
 * (a named import out of a CommonJS package, for one).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOMS, ROOT, sourcesIn } from './sources.ts';

/** Programs: loading one would start it. Everything they consist of is loaded all the same. */
const PROGRAMS =
  /^(activities\/worker|api\/(server|codec-server)|db\/migrate|sandbox\/server)\.ts$/;

/** Loaded by the workflow sandbox or a browser, not by Node.js; the API takes three files of the workflows. */
const ELSEWHERE = /^(web\/|workflows\/(?!(messages|ids|search-attributes)\.ts$))/;

/** Loads the modules one after the other in one new process, and answers one sentence per failure. */
function failuresOf(paths: readonly string[]): string[] {
  const script = `
    const failures = [];
    for (const path of ${JSON.stringify(paths)})
      await import(path).catch((error) => failures.push(path + ': ' + error.message.split('\\n')[0]));
    process.stdout.write(JSON.stringify(failures), () => process.exit(0));`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const answer = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (answer.status !== 0) return [answer.stderr];
  const failures: unknown = JSON.parse(answer.stdout);
  return Array.isArray(failures) ? failures.map(String) : ['no answer'];
}

test('every module of the product loads in plain Node.js', { timeout: 60_000 }, () => {
  const modules = sourcesIn(ROOMS)
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !PROGRAMS.test(path))
    .filter((path) => !ELSEWHERE.test(path))
    .map((path) => join(ROOT, path));
  expect(modules.length).toBeGreaterThan(20);
  expect(failuresOf(modules)).toEqual([]);
});

test('a planted import that only the test runner forgives is found', () => {
  mkdirSync(join(ROOT, '.build'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.build', 'house-'));
  try {
    const planted = join(folder, 'planted.ts');
    writeFileSync(
      planted,
      "import { temporal } from '@temporalio/proto';\nconsole.error(temporal);\n",
    );
    expect(failuresOf([planted])).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
