/**
 * `.data/run.json`: who runs on this data now, so that a start after a kill can end exactly what was left over.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, goneWithin, identify, stillRuns } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { StartFailure } from './failure.ts';

/** What the file holds. */
export interface RunRecord {
  /** The supervisor; undefined after an orderly end. */
  supervisor?: ProcessIdentity;
  /** Set while the supervisor is ending its children. */
  stopping?: boolean;
  /** The port PostgreSQL was given, kept so that addresses stay the same from start to start. */
  postgresPort?: number;
  /** The running children by name. */
  children: Record<string, RecordedChild>;
}

/** One running child and how it is asked to end. */
export interface RecordedChild extends ProcessIdentity {
  readonly signal: 'SIGTERM' | 'SIGINT';
  /** Node children end by themselves when the supervisor is gone; the others do not. */
  readonly endsAlone: boolean;
}

/** Keeps the record in the file; every change is written at once, whole or not at all. */
export class RunFile {
  private readonly path: string;
  private record: RunRecord;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'run.json');
    this.record = readRecord(this.path);
  }

  get postgresPort(): number | undefined {
    return this.record.postgresPort;
  }

  /** The process that now runs under a child's name; undefined while none does. */
  child(name: string): ProcessIdentity | undefined {
    return this.record.children[name];
  }

  /** Changes the record and writes it. */
  change(edit: (record: RunRecord) => void): void {
    edit(this.record);
    const partial = `${this.path}.partial`;
    writeFileSync(partial, `${JSON.stringify(this.record, null, 2)}\n`);
    renameSync(partial, this.path);
  }

  /**
   * Makes this process the one supervisor of the data, ending what a killed supervisor left behind.
   * @param say told of every left-over that is ended
   * @throws StartFailure when another supervisor is alive on the same data
   */
  async takeOver(say: (line: string) => void): Promise<void> {
    await this.waitForPredecessor();
    await endLeftOvers(this.record, say);
    const supervisor = identify(process.pid);
    this.change((record) => {
      record.children = {};
      delete record.stopping;
      if (supervisor !== undefined) record.supervisor = supervisor;
    });
  }

  /** A supervisor that is about to end is waited for; one that runs on is not to be disturbed. */
  private async waitForPredecessor(): Promise<void> {
    const { supervisor } = this.record;
    if (supervisor === undefined || supervisor.pid === process.pid) return;
    const noticeMs = 2_000;
    const stopMs = 45_000;
    if (await goneWithin(supervisor, noticeMs)) {
      this.record = readRecord(this.path);
      return;
    }
    this.record = readRecord(this.path);
    if (this.record.stopping === true && (await goneWithin(supervisor, stopMs))) {
      this.record = readRecord(this.path);
      return;
    }
    throw new StartFailure(
      `Xindai already runs on this data (process ${supervisor.pid}): stop it first, or set XINDAI_DATA to another folder.`,
    );
  }
}

/**
 * Ends the children that a killed supervisor left on this data, and leaves those of a living one alone.
 * @returns false when the supervisor is alive
 */
export async function endAbandoned(dataDir: string, say: (line: string) => void): Promise<boolean> {
  const record = readRecord(join(dataDir, 'run.json'));
  if (record.supervisor !== undefined && stillRuns(record.supervisor)) return false;
  await endLeftOvers(record, say);
  return true;
}

async function endLeftOvers(record: RunRecord, say: (line: string) => void): Promise<void> {
  for (const [name, child] of Object.entries(record.children)) {
    if (!stillRuns(child)) continue;
    if (child.endsAlone && (await goneWithin(child, 5_000))) continue;
    if (await endProcess(child, child.signal, 15_000))
      say(`ended ${name} (pid ${child.pid}), left over from a run that was killed`);
  }
}

/** Reads the record; a missing or unreadable one counts as empty, since it is only a memory of what ran. */
function readRecord(path: string): RunRecord {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null && 'children' in parsed)
      return parsed as RunRecord;
  } catch {
    // No start has been here, or the file was cut short by a full disk.
  }
  return { children: {} };
}
