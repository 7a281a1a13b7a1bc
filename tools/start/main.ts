/**
 * `npm start`: one process that brings Xindai up, keeps it up, and takes it down again.
 */
import { join } from 'node:path';
import { prepareDataFolder } from './data-folder.ts';
import { reasonOf, StartFailure } from './failure.ts';
import type { House } from './house.ts';
import { parentOf } from './process-identity.ts';
import { RunFile } from './run-file.ts';
import { readSettings } from './settings.ts';
import { bringUp, takeSample } from './story.ts';
import { Supervisor } from './supervisor.ts';
import { startTable } from './table.ts';

/** What a start is given. */
export interface StartOptions {
  /** The repository's root folder. */
  readonly root: string;
  /** The Temporal program; undefined when TEMPORAL_ADDRESS names a cluster. */
  readonly temporalCli: string | undefined;
  readonly house: House;
}

/**
 * Starts everything, and answers when a signal has ended it: the exit code is 0 after an orderly end.
 * @throws StartFailure with one sentence after everything that was started has been stopped again
 */
export async function runStart({ root, temporalCli, house }: StartOptions): Promise<number> {
  const say = (line: string) => process.stdout.write(`[start] ${line}\n`);
  const settings = readSettings(root, temporalCli, process.env);
  prepareDataFolder(settings.dataDir);
  const runFile = new RunFile(settings.dataDir);
  await runFile.takeOver(say);
  const supervisor = new Supervisor(runFile, join(settings.dataDir, 'logs'), say);
  const ended = endSignal();
  const start = { settings, house, supervisor, runFile, say };
  const running = bringUp(start).then((env) => takeSample(start, env));
  try {
    const first = await Promise.race([ended, running.then(() => undefined)]);
    if (first === undefined) {
      process.stdout.write(startTable(settings));
      await ended;
    }
    say('stopping');
    await supervisor.stop();
    say('everything is stopped');
    return 0;
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    throw new StartFailure(`The start failed: ${reasonOf(error)}.`, { cause: error });
  } finally {
    await supervisor.stop();
    await running.catch(() => undefined);
  }
}

/**
 * Waits for the person's or the system's word to end. A second signal changes nothing, since npm passes on the
 * terminal's Ctrl-C a second time. When npm itself is killed, the change of parents counts as the word.
 */
function endSignal(): Promise<NodeJS.Signals | 'orphaned'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(signal));
    if (process.env.npm_lifecycle_event === undefined) return;
    const parents = ancestry();
    const watch = setInterval(() => {
      if (ancestry() === parents) return;
      clearInterval(watch);
      resolve('orphaned');
    }, 500);
    watch.unref();
  });
}

/** Our parent and its parent: npm runs scripts through a shell, which outlives a killed npm. */
function ancestry(): string {
  return `${process.ppid} ${parentOf(process.ppid) ?? ''}`;
}
