/**
 * An objection (异议) until it is answered: marked at once, sent to the bureau, decided by compliance, and told to the person
 * within 20 natural days (征信业管理条例 art. 25), with a reminder before and an escalation after.
 */
import { ActivityFailure, condition, isCancellation, setHandler } from '@temporalio/workflow';
import { addDays } from '../domain/calendar.ts';
import { openDoors } from './doors.ts';
import { objectionDecided } from './messages.ts';
import { untilMorningOf } from './time.ts';

export interface BureauObjectionInput {
  readonly objectionId: string;
  /** The day on which people are reminded, and the last day of the answer, in Shanghai. */
  readonly remindOn: string;
  readonly dueOn: string;
}

/** A bureau that has not taken the objection on by then leaves too little time: the house verifies by itself. */
const SENDING_PATIENCE_MS = 3 * 86_400_000;

export async function bureauObjection(input: BureauObjectionInput): Promise<void> {
  const { objectionId, remindOn, dueOn } = input;
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
  if (!(await condition(isDecided, untilMorningOf(remindOn)))) {
    await record.remindObjection({ objectionId, step: 'REMIND' });
    // The day itself still counts: overdue is the morning after.
    if (!(await condition(isDecided, untilMorningOf(addDays(dueOn, 1))))) {
      await record.remindObjection({ objectionId, step: 'OVERDUE' });
      await condition(isDecided);
    }
  }
  await record.replyToObjection({ objectionId });
}
