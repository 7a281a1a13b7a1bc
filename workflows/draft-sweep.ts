/** The sweep of idle drafts: reminds their owners, and lets them lapse after the policy's time. Run by a schedule. */
import { openDoors } from './doors.ts';

export interface SweepResult {
  readonly reminded: number;
  readonly lapsed: number;
}

export async function draftSweep(): Promise<SweepResult> {
  return await openDoors().record.sweepDrafts();
}
