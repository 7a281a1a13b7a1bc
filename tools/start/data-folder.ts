/**
 * The data folder: that it can be written and that the disk has room, asked before anything is started on it.
 */
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf, StartFailure } from './failure.ts';

/** PostgreSQL's first files, Temporal's and the logs need about a third of this. */
const NEEDED_BYTES = 1024 ** 3;

/**
 * Makes the data folder when it is not there, and proves that it can be written.
 * @param neededBytes how much room the disk must have
 * @throws StartFailure when it cannot be written or the disk is nearly full
 */
export function prepareDataFolder(dataDir: string, neededBytes = NEEDED_BYTES): void {
  try {
    for (const folder of ['', 'logs', 'keys', 'objects', 'sandbox'])
      mkdirSync(join(dataDir, folder), { recursive: true });
    const probe = join(dataDir, '.write-test');
    writeFileSync(probe, 'x'.repeat(4_096));
    rmSync(probe);
  } catch (error) {
    throw new StartFailure(
      `The data folder ${dataDir} cannot be written (${reasonOf(error)}): make it writable, or set XINDAI_DATA to another folder.`,
    );
  }
  const { bavail, bsize } = statfsSync(dataDir);
  if (bavail * bsize < neededBytes)
    throw new StartFailure(
      `The disk under ${dataDir} has ${mebibytes(bavail * bsize)} MiB free and Xindai needs ${mebibytes(neededBytes)}: make room, or set XINDAI_DATA to a folder on another disk.`,
    );
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 1024 ** 2);
}
