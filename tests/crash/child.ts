/** One of our processes as a child that a test may kill at any moment and start again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_WITHIN_MS = 60_000;
/** The last lines of what a child wrote, shown when it does not come up. */
const KEPT_LINES = 40;

/** A process that can be started, killed and started again; it runs at most once at a time. */
export interface Child {
  /** Starts it and waits until it says that it is ready. @throws with its last lines when it ends before that */
  start(env?: NodeJS.ProcessEnv): Promise<void>;
  /** SIGKILL: nothing is finished, nothing is said goodbye to. */
  kill(): Promise<void>;
  /** SIGTERM: what is in hand is finished. */
  stop(): Promise<void>;
}

/**
 * A process entry of the repository, run from its sources.
 * @param entry path from the root, such as `activities/worker.ts`
 * @param env its whole environment; what `start` is given goes over it
 */
export function createChild(entry: string, env: NodeJS.ProcessEnv): Child {
  let running: ChildProcess | undefined;
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const child = running;
    running = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    async start(more = {}) {
      if (running !== undefined) throw new Error(`${entry} runs already`);
      running = spawn(process.execPath, ['--import', 'tsx', entry], {
        cwd: ROOT,
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      await untilReady(entry, running);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

async function untilReady(entry: string, child: ChildProcess): Promise<void> {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      lines.push(...text.trimEnd().split('\n'));
      lines.splice(0, Math.max(0, lines.length - KEPT_LINES));
    });
  }
  let timer: NodeJS.Timeout | undefined;
  const said = new Promise<void>((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`${entry} ${what}\n${lines.join('\n')}`));
    child.once('message', () => resolve());
    child.once('exit', (code) => fail(`ended with ${code} before it was ready`));
    timer = setTimeout(() => fail('did not get ready'), READY_WITHIN_MS);
  });
  await said.finally(() => clearTimeout(timer));
}
