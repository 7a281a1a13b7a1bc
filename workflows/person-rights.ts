/** A request of a person by right, until it is answered: a copy is made at once, everything else waits for two people. */
import { condition, setHandler } from '@temporalio/workflow';
import type { Right } from '../domain/rights.ts';
import { openDoors } from './doors.ts';
import { rightsAnswered } from './messages.ts';
import { untilMorningOf } from './time.ts';

export interface PersonRightsInput {
  readonly requestId: string;
  readonly kind: Right;
  /** The day by whose end it is answered, in Shanghai. */
  readonly dueOn: string;
}

const DAY_MS = 86_400_000;
const REMIND_DAYS = 3;

export async function personRights({ requestId, kind, dueOn }: PersonRightsInput): Promise<void> {
  const { record, outside } = openDoors();
  if (kind === 'EXPORT') {
    await outside('paper').renderExport({ requestId });
    return;
  }
  let answered = false;
  setHandler(rightsAnswered, () => {
    answered = true;
  });
  const isAnswered = (): boolean => answered;
  const untilReminder = Math.max(1_000, untilMorningOf(dueOn) - REMIND_DAYS * DAY_MS);
  if (!(await condition(isAnswered, untilReminder))) {
    await record.remindRights({ requestId, step: 'REMIND' });
    // The day itself still counts: overdue is the morning after.
    if (!(await condition(isAnswered, untilMorningOf(dueOn) + DAY_MS))) {
      await record.remindRights({ requestId, step: 'OVERDUE' });
      await condition(isAnswered);
    }
  }
  await record.concludeRights({ requestId });
}
