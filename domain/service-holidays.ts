/** Until which day a due date may wait: the next business day, where the house says so and the year's holidays are known. */
import { CalendarDataError, nextBusinessDay } from './business-days.ts';
import type { PayableUntil } from './service-schedule.ts';
import type { HolidayRule } from './service-terms.ts';

/** The business day a due date waits for, or null while the holidays of its year are not known. */
export function businessDueDate(dueDate: string): string | null {
  try {
    return nextBusinessDay(dueDate);
  } catch (error) {
    if (error instanceof CalendarDataError) return null;
    throw error;
  }
}

/**
 * The rule as schedules ask for it. A year whose holidays are not known yet is not guessed at: its due dates stand as agreed
 * until servicing, which looks again with every wake-up, knows them.
 */
export function payableUntilBy(rule: HolidayRule): PayableUntil {
  if (rule === 'AS_AGREED') return (dueDate) => dueDate;
  return (dueDate) => businessDueDate(dueDate) ?? dueDate;
}
