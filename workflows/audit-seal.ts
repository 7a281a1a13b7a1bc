/** The hourly seal over the audit chain. Run by a schedule. */
import type { Activities } from '../activities/index.ts';
import { openDoors } from './doors.ts';

/** The time-stamp authority may be away for most of the hour; the next run seals what this one could not. */
const PATIENCE_MS = 50 * 60_000;

export async function auditSeal(): Promise<Awaited<ReturnType<Activities['sealAudit']>>> {
  return await openDoors().outside('signing', PATIENCE_MS).sealAudit();
}
