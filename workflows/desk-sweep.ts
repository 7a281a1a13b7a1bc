/** The sweep of the review desk: claims that nobody works on lapse, open tasks are given out. Run by a schedule. */
import { openDoors } from './doors.ts';

export interface DeskSweepResult {
  readonly lapsed: number;
  readonly assigned: number;
}

export async function deskSweep(): Promise<DeskSweepResult> {
  return await openDoors().record.sweepDesk();
}
