/**
 * Names a process so that exactly that one can be ended later: its id together with the moment it started.
 *
 * A process id alone is reused by the system; the pair is not, so ending a recorded process can never hit another.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process and the moment it started, in the operating system's own notation. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** The identity of a running process; undefined when there is none of that id, or only its unreaped remains. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether that very process still runs. */
export function stillRuns(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt;
}

/**
 * Ends that very process: asks by the signal, waits, and kills it when it has not gone by then.
 * @param patienceMs how long it may take to go by itself, in milliseconds
 * @returns whether it was running at all
 */
export async function endProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  patienceMs: number,
): Promise<boolean> {
  if (!stillRuns(identity)) return false;
  signalSafely(identity.pid, signal);
  if (!(await goneWithin(identity, patienceMs))) {
    signalSafely(identity.pid, 'SIGKILL');
    await goneWithin(identity, 5_000);
  }
  return true;
}

/** Whether that very process is gone before the time is over; the time is in milliseconds. */
export async function goneWithin(identity: ProcessIdentity, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (stillRuns(identity)) {
    if (Date.now() > deadline) return false;
    await wait(25);
  }
  return true;
}

function signalSafely(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It went between the look and the signal, which is what was wanted.
  }
}

/** The parent's id of a process; undefined where the system does not tell it in a file. */
export function parentOf(pid: number): number | undefined {
  const parent = statFields(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function startFromProc(pid: number): string | undefined {
  const fields = statFields(pid);
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

/** Fields 3 and on of /proc/PID/stat, counted after the command's closing bracket because the command may hold blanks. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  const answer = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const text = answer.stdout?.trim();
  return answer.status === 0 && text !== undefined && text !== '' ? text : undefined;
}
