/** A request of a person by right, until it is answered: a copy is made at once, everything else waits for two people. */
import { condition, setHandler } from '@temporalio/workflow';
import { addDays } from '../domain/calendar.ts';
import type { Right } from '../domain/rights.ts';
import { openDoors } from './doors.ts';
import { remindUntilOverdue } from './due-date.ts';
import { rightsAnswered } from './messages.ts';

export interface PersonRightsInput {
  readonly requestId: string;
  readonly kind: Right;
  /** The day by whose end it is answered, in Shanghai. */
  readonly dueOn: string;
}

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
  const due = { remindOn: addDays(dueOn, -REMIND_DAYS), dueOn };
  await remindUntilOverdue(isAnswered, due, (step) => record.remindRights({ requestId, step }));
  await condition(isAnswered);
  await record.concludeRights({ requestId });
}
