/** When the borrower's card is debited for what is due: at set hours of set days from each due date, once for each of them. */
import { addDays, daysBetween } from './calendar.ts';
import { type Fen } from './money.ts';
import { outstanding, sumParts } from './service.ts';
import { type LoanAccount, owedNow } from './service-account.ts';

export interface DebitRule {
  /** Hours of the day in Shanghai, ascending. */
  readonly hours: readonly number[];
  /** Days from the due date on which it is tried; 0 for never. */
  readonly days: number;
}

/** A moment in Shanghai: its day and its hour. */
export interface LocalTime {
  readonly day: string;
  readonly hour: number;
}

export interface DebitPlan {
  /** The debit that is to be made now; null when none is. */
  readonly due: { readonly step: string; readonly amountFen: Fen } | null;
  /** The next moment at which one may be due by the calendar alone; null when none is left. */
  readonly next: LocalTime | null;
}

interface Slot extends LocalTime {
  readonly step: string;
}

function slotsOf(number: number, dueDate: string, rule: DebitRule): readonly Slot[] {
  return Array.from({ length: rule.days }, (_, later) =>
    rule.hours.map((hour, at) => ({
      day: addDays(dueDate, later),
      hour,
      step: `debit:${number}:${later * rule.hours.length + at + 1}`,
    })),
  ).flat();
}

const isPast = (slot: LocalTime, now: LocalTime): boolean => {
  const days = daysBetween(slot.day, now.day);
  return days > 0 || (days === 0 && slot.hour <= now.hour);
};

/**
 * The debit of the newest instalment that is due and unpaid: of its moments that have come only the last counts, so that an
 * outage is not made up for by debits in a row, and never for more than what is owed at that moment. The account stands on
 * the day of `now`.
 * @param made steps that were ordered before, whatever became of them
 */
export function planDebit(
  account: LoanAccount,
  now: LocalTime,
  rule: DebitRule,
  made: ReadonlySet<string>,
): DebitPlan {
  const unpaid = account.instalments.filter((i) => i.dueDate <= now.day && outstanding(i) > 0);
  const newest = unpaid
    .toSorted((a, b) => a.dueDate.localeCompare(b.dueDate) || a.number - b.number)
    .at(-1);
  if (newest === undefined) return { due: null, next: null };
  const slots = slotsOf(newest.number, newest.dueDate, rule);
  const come = slots.filter((slot) => isPast(slot, now)).at(-1);
  const next = slots.find((slot) => !isPast(slot, now)) ?? null;
  // A moment of a day that is over is not made up for at night.
  const isToday = come !== undefined && come.day === now.day && !made.has(come.step);
  const amountFen = sumParts(owedNow(account, now.day));
  return {
    due: isToday && amountFen > 0 ? { step: come.step, amountFen } : null,
    next: next === null ? null : { day: next.day, hour: next.hour },
  };
}
