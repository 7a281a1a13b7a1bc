/** Dates of a loan: month ends, day counts, ages and business days. */
import { describe, expect, it } from 'vitest';
import {
  addMonthsClamped,
  ageOn,
  days30360,
  daysBetween,
  dueDates,
  isIsoDate,
  wholeMonths,
} from '../../domain/calendar.ts';
import { CalendarDataError, nextBusinessDay } from '../../domain/business-days.ts';

describe('calendar', () => {
  it('a due day of 31 falls on every month end and comes back after February', () => {
    expect(dueDates('2026-01-31', 4)).toEqual([
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
    ]);
    expect(dueDates('2024-01-15', 2, 30)).toEqual(['2024-02-29', '2024-03-30']);
    expect(addMonthsClamped('2026-12-31', -1)).toBe('2026-11-30');
    expect(() => addMonthsClamped('2026-01-01', 1, 32)).toThrow(RangeError);
  });
  it('counts days and months', () => {
    expect(daysBetween('2026-01-15', '2027-01-15')).toBe(365);
    expect(daysBetween('2026-02-01', '2026-01-31')).toBe(-1);
    expect(days30360('2026-01-31', '2026-02-28')).toBe(28);
    expect(days30360('2026-01-15', '2026-03-31')).toBe(76);
    expect(wholeMonths('2026-01-31', '2026-02-28')).toBe(1);
    expect(wholeMonths('2026-01-15', '2026-02-16')).toBeNull();
  });
  it('a birthday counts on its day, and one on 29 February on 1 March', () => {
    expect(ageOn('2008-11-24', '2026-11-24')).toBe(18);
    expect(ageOn('2008-11-25', '2026-11-24')).toBe(17);
    expect(ageOn('2008-02-29', '2026-02-28')).toBe(17);
    expect(ageOn('2008-02-29', '2026-03-01')).toBe(18);
  });
  it('a holiday moves to the next working day, make-up days work', () => {
    expect(nextBusinessDay('2026-10-01')).toBe('2026-10-08');
    expect(nextBusinessDay('2026-10-10')).toBe('2026-10-10');
  });
  it('a year without holiday data is refused, never guessed', () => {
    expect(() => nextBusinessDay('2031-10-01')).toThrow(CalendarDataError);
  });
  it('only days of the calendar are dates', () => {
    expect(['2026-02-29', '2024-02-29', '2026-1-1', '20260101', 'x'].map(isIsoDate)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
  });
});
