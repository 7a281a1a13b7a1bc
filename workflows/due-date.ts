/** The clock of what people owe by a day: it reminds before, says when it is overdue, and never answers for them. */
import { condition } from '@temporalio/workflow';
import { addDays } from '../domain/calendar.ts';
import { untilMorningOf } from './time.ts';

export interface DueDate {
  /** The day on which people are reminded, and the last day of the answer, in Shanghai. */
  readonly remindOn: string;
  readonly dueOn: string;
}

/** Waits until it is done or overdue, and lets people know of both days. The day itself still counts: overdue is the morning after. */
export async function remindUntilOverdue(
  isDone: () => boolean,
  { remindOn, dueOn }: DueDate,
  remind: (step: 'REMIND' | 'OVERDUE') => Promise<unknown>,
): Promise<void> {
  if (await condition(isDone, untilMorningOf(remindOn))) return;
  await remind('REMIND');
  if (await condition(isDone, untilMorningOf(addDays(dueOn, 1)))) return;
  await remind('OVERDUE');
}
