/**
 * An objection (异议) until it is answered: marked at once, sent to the bureau, decided by compliance, and told to the person
 * within 20 natural days (征信业管理条例 art. 25), with a reminder before and an escalation after.
 */
import { ActivityFailure, condition, isCancellation, setHandler } from '@temporalio/workflow';
import { openDoors } from './doors.ts';
import { type DueDate, remindUntilOverdue } from './due-date.ts';
import { objectionDecided } from './messages.ts';

export interface BureauObjectionInput extends DueDate {
  readonly objectionId: string;
}

/** A bureau that has not taken the objection on by then leaves too little time: the house verifies by itself. */
const SENDING_PATIENCE_MS = 3 * 86_400_000;

export async function bureauObjection(input: BureauObjectionInput): Promise<void> {
  const { objectionId } = input;
  const { record, outside } = openDoors();
  let decided = false;
  setHandler(objectionDecided, () => {
    decided = true;
  });
  const isDecided = (): boolean => decided;
  await record.markDisputed({ objectionId });
  try {
    await outside('bureau', SENDING_PATIENCE_MS).sendObjection({ objectionId });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    await record.verifyInHouse({ objectionId });
  }
  await remindUntilOverdue(isDecided, input, (step) =>
    record.remindObjection({ objectionId, step }),
  );
  await condition(isDecided);
  await record.replyToObjection({ objectionId });
}
