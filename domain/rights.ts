/** What persons may ask for by right (PIPL art. 44–50), by when it is answered, and how. */
import { CalendarDataError, isBusinessDay } from './business-days.ts';
import { addDays } from './calendar.ts';

/** EXPORT: a copy of what is held (art. 45). CORRECTION (46). ERASURE (47). */
export const RIGHTS = ['EXPORT', 'CORRECTION', 'ERASURE'] as const;
export type Right = (typeof RIGHTS)[number];

/** What a correction may be about; the right values stand in the person's own words, which are sealed. */
export const CORRECTABLE = [
  'NAME',
  'ID_DOCUMENT',
  'ADDRESS',
  'MOBILE',
  'WORK',
  'INCOME',
  'BANK_CARD',
  'CONTACTS',
  'LOAN_RECORD',
] as const;

export const ANSWERS = ['DONE', 'REFUSED'] as const;
export type RightsAnswer = (typeof ANSWERS)[number];

/** What became of it. HELD: an erasure that two people approved and that the law forbade before it was carried out. */
export const OUTCOMES = [...ANSWERS, 'HELD'] as const;
export type RightsOutcome = (typeof OUTCOMES)[number];

/** House rule: 15 working days (regulation.md §5.3 names 15 working or 30 natural days as usual). */
const ANSWER_WITHIN = 15;

/** Past the holidays that are known every weekday counts, which makes the day earlier and never later. */
function counts(date: string): boolean {
  try {
    return isBusinessDay(date);
  } catch (error) {
    if (!(error instanceof CalendarDataError)) throw error;
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    return weekday !== 0 && weekday !== 6;
  }
}

/** The day by whose end a request of `receivedOn` is answered; the day itself does not count. */
export function answerDueOn(receivedOn: string): string {
  let day = receivedOn;
  for (let counted = 0; counted < ANSWER_WITHIN; ) {
    day = addDays(day, 1);
    if (counts(day)) counted += 1;
  }
  return day;
}
