/**
 * `npm test`: brings up the servers that the tests share, runs the tests, and ends with the count line.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closingLines } from './count.ts';
import type { TestSummary } from './count.ts';
import { startTestServers } from './servers.ts';
import type { TestServers } from './servers.ts';
import { buildTestBundle } from './bundle.ts';

/** What a test run is given. */
export interface TestOptions {
  /** The repository's root folder. */
  readonly root: string;
  /** The `temporal` program. */
  readonly temporalCli: string;
  /** Passed on to vitest, such as a folder or `-t name`. */
  readonly args: readonly string[];
}

/**
 * Runs the tests.
 * @returns the exit code: 0 only when every test that ran has passed
 * @throws StartFailure when the servers do not come up
 */
export async function runTests({ root, temporalCli, args }: TestOptions): Promise<number> {
  const say = (line: string) => process.stdout.write(`[test] ${line}\n`);
  const cancelled = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => cancelled.abort());
  say('starting PostgreSQL and Temporal for the tests');
  const servers = await startTestServers(temporalCli, say);
  try {
    const bundle = await buildTestBundle(root, servers.folder, say);
    const summaryFile = join(servers.folder, 'summary.json');
    const env = {
      ...testEnvironment(process.env),
      ...servers.env,
      TEST_WORKFLOW_BUNDLE: bundle,
      XINDAI_TEST_SUMMARY: summaryFile,
    };
    const code = await runVitest({ root, args, env, cancelled: cancelled.signal });
    return await conclude(servers, summaryFile, code);
  } finally {
    await servers.stop();
  }
}

/** The environment without what would lead the tests to a running start's servers and data. */
function testEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const led =
    /^(DATABASE_|TEMPORAL_|XINDAI_|POSTGRES_|API_|CODEC_|SANDBOX_|GATEWAY_|AUTH_|REDIS_URL$|npm_)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !led.test(name)));
}

interface VitestRun {
  readonly root: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cancelled: AbortSignal;
}

function runVitest({ root, args, env, cancelled }: VitestRun): Promise<number> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = [
    '--reporter=default',
    `--reporter=${join(root, 'tools', 'test', 'reporter.ts')}`,
  ];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      signal: cancelled,
    });
    child.once('error', () => resolve(1));
    child.once('exit', (code, signal) => {
      if (signal !== null) process.stdout.write(`[test] vitest was ended by ${signal}\n`);
      resolve(code ?? 1);
    });
  });
}

/** Stops the servers first, so that nothing is printed after the count line. */
async function conclude(servers: TestServers, summaryFile: string, code: number): Promise<number> {
  const summary = readSummary(summaryFile);
  await servers.stop();
  process.stdout.write(closingLines(summary, code));
  return code !== 0 ? code : summary.failed > 0 ? 1 : 0;
}

function readSummary(path: string): TestSummary {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestSummary;
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}
