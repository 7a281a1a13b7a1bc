/** A bureau query by hand, once two people have agreed on it: asked until the bureau answers or the day is over. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import { openDoors } from './doors.ts';

export interface BureauQueryInput {
  readonly requestId: string;
}

export async function bureauQuery(input: BureauQueryInput): Promise<void> {
  const { record, outside } = openDoors();
  try {
    await outside('bureau').askByHand(input);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    await record.giveUpByHand(input);
  }
}
