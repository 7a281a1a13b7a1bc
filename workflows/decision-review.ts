/** An automatic decision that a person asked a person to look at again, until the person was told what came of it. */
import { condition, setHandler } from '@temporalio/workflow';
import { addDays } from '../domain/calendar.ts';
import { openDoors } from './doors.ts';
import { remindUntilOverdue } from './due-date.ts';
import { reviewDecided } from './messages.ts';

export interface DecisionReviewInput {
  readonly reviewId: string;
  /** The day by whose end it is decided, in Shanghai. */
  readonly dueOn: string;
}

const REMIND_DAYS = 3;

export async function decisionReview({ reviewId, dueOn }: DecisionReviewInput): Promise<void> {
  const { record } = openDoors();
  let decided = false;
  setHandler(reviewDecided, () => {
    decided = true;
  });
  const isDecided = (): boolean => decided;
  const due = { remindOn: addDays(dueOn, -REMIND_DAYS), dueOn };
  await remindUntilOverdue(isDecided, due, (step) =>
    record.remindDecisionReview({ reviewId, step }),
  );
  // A message can be lost between the record and here: the record is asked again every day.
  while (!(await record.answerDecisionReview({ reviewId }))) {
    decided = false;
    await condition(isDecided, '1 day');
  }
}
