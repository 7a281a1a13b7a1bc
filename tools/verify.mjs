/**
 * `npm run verify`: format, types, lint, dead code and house rules, without any server; one line per step.
 */
import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runEntry } from './setup/report.mjs';
import { ROOT, setUp } from './setup.mjs';

/** Each step: what it proves, and the program in node_modules that proves it. The longest come first. */
const STEPS = [
  { title: 'lint', command: 'oxlint', args: ['--type-aware'] },
  { title: 'house rules', command: 'vitest', args: ['run', 'tests/house', '--reporter=dot'] },
  { title: 'types', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { title: 'dead code', command: 'knip', args: ['--no-progress'] },
  {
    title: 'supply chain',
    command: 'tsx',
    args: ['tools/supply-chain/main.ts'],
  },
  { title: 'format', command: 'biome', args: ['format', '.'] },
];

/** Steps write nothing that another one reads, so that two of them share the processors. */
const LANES = Math.min(2, availableParallelism());

/**
 * Runs one step and keeps its output for when it fails.
 * @param {{ title: string, command: string, args: string[] }} step
 * @returns {Promise<boolean>} whether it passed
 */
function runStep({ title, command, args }) {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const program = join(ROOT, 'node_modules', '.bin', command);
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (code) => {
      const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
      process.stdout.write(`[verify] ${title}: ${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)\n`);
      if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`);
      resolve(code === 0);
    });
  });
}

/**
 * Runs every step, `LANES` of them at a time.
 * @returns {Promise<string[]>} the titles of those that failed
 */
async function runSteps() {
  /** @type {string[]} */
  const failed = [];
  const waiting = STEPS.values();
  // The lanes take from one iterator, so that each step is run by whichever is free.
  const lane = async () => {
    for (const step of waiting) if (!(await runStep(step))) failed.push(step.title);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return failed;
}

await runEntry(async () => {
  await setUp({ servers: false });
  const failed = await runSteps();
  if (failed.length > 0) {
    process.stdout.write(`[verify] failed: ${failed.join(', ')}\n`);
    process.exit(1);
  }
  process.stdout.write('[verify] everything holds\n');
});
