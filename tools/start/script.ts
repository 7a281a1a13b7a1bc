/**
 * Runs one TypeScript program of the house to its end, as the migrations are.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailure } from './failure.ts';
import { lastReason, rotate } from './logs.ts';
import type { StartSettings } from './settings.ts';

/** One program to run. */
export interface Script {
  /** Names its log file. */
  readonly name: string;
  readonly args: readonly string[];
  readonly settings: Pick<StartSettings, 'root' | 'dataDir'>;
  readonly env: NodeJS.ProcessEnv;
  /** `logged` writes everything into the log; `shown` lets its output through to the terminal. */
  readonly output: 'logged' | 'shown';
  /** Ends it early. */
  readonly cancelled: AbortSignal;
}

/**
 * Runs a script and waits for its end.
 * @throws StartFailure when it ends with another exit code than 0
 */
export async function runToEnd(script: Script): Promise<void> {
  const { name, args, settings, env, output, cancelled } = script;
  const logFile = join(settings.dataDir, 'logs', `${name}.log`);
  rotate(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
      cwd: settings.root,
      env,
      signal: cancelled,
      stdio: ['ignore', output === 'shown' ? 'inherit' : log, log],
    });
    child.once('error', () => resolve(null));
    child.once('exit', (exitCode) => resolve(exitCode));
  });
  closeSync(log);
  if (code === 0) return;
  const reason = lastReason(logFile)?.replace(/[.\s]+$/, '') ?? 'no reason was given';
  throw new StartFailure(`${name} ended with exit code ${code}: ${reason}. Its log is ${logFile}.`);
}
