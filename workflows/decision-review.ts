/** An automatic decision that a person asked a person to look at again, until the person was told what came of it. */
import { condition, setHandler } from '@temporalio/workflow';
import { addDays } from '../domain/calendar.ts';
import { openDoors } from './doors.ts';
import { reviewDecided } from './messages.ts';
import { untilMorningOf } from './time.ts';

export interface DecisionReviewInput {
  readonly reviewId: string;
  /** The day by whose end it is decided, in Shanghai. */
  readonly dueOn: string;
}

/** Days from the due day on which the clock speaks: overdue is the morning after, for the day itself still counts. */
const STEPS = [
  { step: 'REMIND', days: -3 },
  { step: 'OVERDUE', days: 1 },
] as const;

export async function decisionReview({ reviewId, dueOn }: DecisionReviewInput): Promise<void> {
  const { record } = openDoors();
  let decided = false;
  setHandler(reviewDecided, () => {
    decided = true;
  });
  const isDecided = (): boolean => decided;
  for (const { step, days } of STEPS) {
    if (await condition(isDecided, untilMorningOf(addDays(dueOn, days)))) break;
    await record.remindDecisionReview({ reviewId, step });
  }
  // A message can be lost between the record and here: the record is asked again every day.
  while (!(await record.answerDecisionReview({ reviewId }))) {
    decided = false;
    await condition(isDecided, '1 day');
  }
}
