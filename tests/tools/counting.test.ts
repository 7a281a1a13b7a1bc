/**
 * The last line of `npm test`: it counts honestly, and a run that broke never looks like a pass.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closingLines } from '../../tools/test/count.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xindai-count-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs vitest over one file with our reporter, and answers the summary and the exit code. */
function count(text: string) {
  writeFileSync(join(folder, 'x.test.js'), text);
  writeFileSync(join(folder, 'vitest.config.js'), 'export default {};\n');
  const summary = join(folder, 'summary.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporter = join(root, 'tools', 'test', 'reporter.ts');
  const args = [vitest, 'run', `--reporter=${reporter}`, '--root', folder];
  const env = { ...process.env, XINDAI_TEST_SUMMARY: summary, VITEST: '', NODE_OPTIONS: '' };
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
  return { code: status ?? 1, summary: JSON.parse(readFileSync(summary, 'utf8')) };
}

const head = `import { expect, test } from '${join(root, 'node_modules', 'vitest', 'dist', 'index.js')}';\n`;

test('passed, failed and skipped tests are counted, and a skipped one gives its reason', () => {
  const { code, summary } = count(`${head}
    test('a', () => {});
    test('b', () => expect(1).toBe(2));
    test('c', (ctx) => ctx.skip('no Redis on this machine'));`);
  expect(code).toBe(1);
  expect(closingLines(summary, code)).toBe(
    'skipped: x.test.js: c (no Redis on this machine)\n1 passed, 1 failed, 1 skipped\n',
  );
});

test('a file that does not load counts as one failure', () => {
  const { code, summary } = count(`${head} throw new Error('no');`);
  expect(code).toBe(1);
  expect(closingLines(summary, code)).toBe('0 passed, 1 failed, 0 skipped\n');
});

test('an error outside every test counts as one failure', () => {
  const { code, summary } = count(`${head}
    test('a', async () => { setTimeout(() => { throw new Error('late'); }, 1); await new Promise((r) => setTimeout(r, 50)); });`);
  expect(code).toBe(1);
  expect(closingLines(summary, code)).toBe('1 passed, 1 failed, 0 skipped\n');
});

test('a run that ended badly without a failed test still counts one failure', () => {
  expect(closingLines({ passed: 3, failed: 0, skipped: [] }, 1)).toBe(
    '3 passed, 1 failed, 0 skipped\n',
  );
});
