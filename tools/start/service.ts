/**
 * One child process under supervision: started, watched until it answers, restarted when it crashes, and stopped.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { StartFailure } from './failure.ts';
import { lastReason, rotate } from './logs.ts';
import { endProcess, identify } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What to run and how to tell that it is ready. */
export interface ServicePlan {
  /** Short name, also of the log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The operating-system user to run as, when another than ours. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** How long it may take to be ready, in milliseconds. */
  readonly readyWithinMs: number;
  /** `message`: it says so over IPC (`{ready: true}`); otherwise it is asked until it answers true. */
  readonly ready: 'message' | (() => Promise<boolean>);
  /** Pauses between a crash and the next try, in milliseconds, the last one repeating; growing up to ten seconds unless told. */
  readonly backOffMs?: readonly number[];
}

/** Where a service writes and whom it tells. */
export interface ServiceSurroundings {
  readonly logFile: string;
  /** One line for the terminal. */
  readonly say: (line: string) => void;
  /** Told of every process that is spawned for this service, and of its end (undefined). */
  readonly onProcess: (identity: ProcessIdentity | undefined) => void;
}

const BACK_OFF_MS = [200, 500, 1_000, 2_000, 5_000, 10_000];
/** A child that ran this long is taken as healthy again: its next crash starts the pauses anew. */
const HEALTHY_AFTER_MS = 60_000;
/** How long a child may take to stop before it is killed. */
const STOP_WITHIN_MS = 20_000;
const PROBE_EVERY_MS = 50;

/** A supervised child process. */
export class Service {
  readonly plan: ServicePlan;
  private readonly surroundings: ServiceSurroundings;
  private child: ChildProcess | undefined;
  private stopping = false;
  private crashes = 0;
  private restart: Promise<void> | undefined;
  /** Resolves when the end of the newest child has been seen. */
  private ended: Promise<unknown> | undefined;
  private readonly stopSignal = new AbortController();

  constructor(plan: ServicePlan, surroundings: ServiceSurroundings) {
    this.plan = plan;
    this.surroundings = surroundings;
  }

  /**
   * Starts the child and waits until it is ready; from then on a crash is answered by a restart.
   * @throws StartFailure when it ends or stays silent before it is ready
   */
  async start(): Promise<void> {
    rotate(this.surroundings.logFile);
    await this.launch();
  }

  /** Stops the child for good: by its signal, by force after 20 s. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.stopSignal.abort();
    const { child } = this;
    const identity = child?.pid === undefined ? undefined : identify(child.pid);
    if (identity !== undefined) await endProcess(identity, this.plan.stopSignal, STOP_WITHIN_MS);
    await this.restart;
    await this.ended;
    this.surroundings.onProcess(undefined);
  }

  private async launch(): Promise<void> {
    const startedAt = Date.now();
    const child = this.spawnChild();
    this.child = child;
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.ended = ended;
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity !== undefined) this.surroundings.onProcess(identity);
    const outcome = await this.becomeReady(child, ended);
    if (outcome !== 'ready') {
      if (identity !== undefined) await endProcess(identity, 'SIGTERM', STOP_WITHIN_MS);
      this.surroundings.onProcess(undefined);
      throw new StartFailure(this.explain(outcome));
    }
    void ended.then((how) => this.onEnd(how, startedAt));
  }

  private spawnChild(): ChildProcess {
    const { command, args, cwd, env, user, ready } = this.plan;
    const log = openSync(this.surroundings.logFile, 'a', 0o600);
    try {
      // A group of its own keeps the terminal's Ctrl-C from reaching the child past us: we stop them in order.
      return spawn(command, [...args], {
        cwd,
        env,
        detached: true,
        stdio: ready === 'message' ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
        ...user,
      });
    } finally {
      closeSync(log);
    }
  }

  private async becomeReady(child: ChildProcess, ended: Promise<string>): Promise<string> {
    const over = new AbortController();
    const { ready, readyWithinMs } = this.plan;
    const isReady = ready === 'message' ? readyMessage(child) : probe(ready, over.signal);
    const late = wait(readyWithinMs, undefined, { signal: over.signal }).then(
      () => `no answer within ${readyWithinMs / 1_000} s`,
      () => 'given up',
    );
    try {
      return await Promise.race([isReady, ended, late]);
    } finally {
      over.abort();
    }
  }

  private explain(outcome: string): string {
    const { logFile } = this.surroundings;
    const reason = outcome.startsWith('no answer') ? undefined : lastReason(logFile);
    const told = reason === undefined ? '' : `: ${reason.replace(/[.\s]+$/, '')}`;
    return `${this.plan.name} did not start (${outcome})${told}. Its log is ${logFile}.`;
  }

  private onEnd(how: string, startedAt: number): void {
    this.surroundings.onProcess(undefined);
    if (this.stopping) return;
    if (Date.now() - startedAt > HEALTHY_AFTER_MS) this.crashes = 0;
    this.restart = this.startAgain(how);
  }

  private async startAgain(how: string): Promise<void> {
    let reason = how;
    while (!this.stopping) {
      const pauses = this.plan.backOffMs ?? BACK_OFF_MS;
      const pause = pauses[Math.min(this.crashes, pauses.length - 1)] ?? 0;
      this.crashes += 1;
      const { say, logFile } = this.surroundings;
      say(`${this.plan.name} ended (${reason}); starting it again in ${pause} ms, see ${logFile}`);
      await wait(pause, undefined, { signal: this.stopSignal.signal }).catch(() => undefined);
      if (this.stopping) return;
      try {
        await this.launch();
        say(`${this.plan.name} runs again`);
        return;
      } catch {
        reason = 'it did not come up';
      }
    }
  }
}

function readyMessage(child: ChildProcess): Promise<'ready'> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'ready' in message) resolve('ready');
    });
  });
}

async function probe(ask: () => Promise<boolean>, over: AbortSignal): Promise<'ready'> {
  for (;;) {
    if (await ask().catch(() => false)) return 'ready';
    await wait(PROBE_EVERY_MS, undefined, { signal: over });
  }
}
