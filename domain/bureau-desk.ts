/** The bureau desk's own rules: which hours raise an alert, and what a week's queries must account for. */
import { CalendarDataError, isBusinessDay } from './business-days.ts';
import { addDays, daysBetween } from './calendar.ts';

/** Monday to Friday, where the holidays of a year are not known yet. */
function isWeekday(date: string): boolean {
  // 2024-01-01 was a Monday.
  const day = ((daysBetween('2024-01-01', date) % 7) + 7) % 7;
  return day < 5;
}

function isWorkingDay(date: string): boolean {
  try {
    return isBusinessDay(date);
  } catch (error) {
    if (error instanceof CalendarDataError) return isWeekday(date);
    throw error;
  }
}

/**
 * Whether a query by hand at this time raises an alert: outside the policy's hours, or on a day that is no working day.
 * @param localTime `YYYY-MM-DDTHH:mm:ss` in Shanghai
 */
export function isOffHours(
  localTime: string,
  hours: { readonly from: number; readonly to: number },
): boolean {
  const hour = Number(localTime.slice(11, 13));
  return !isWorkingDay(localTime.slice(0, 10)) || hour < hours.from || hour >= hours.to;
}

/** The Monday of a date's week. */
export function weekOf(date: string): string {
  const day = ((daysBetween('2024-01-01', date) % 7) + 7) % 7;
  return addDays(date, -day);
}

/** A week's query with what became of the application it was made for. */
export interface QueryFate {
  readonly result: 'ANSWERED' | 'NO_RECORD' | 'REFUSED';
  readonly kind: 'STORY' | 'MANUAL';
  readonly offHours: boolean;
  /** The application was handed in. */
  readonly submitted: boolean;
  readonly stage: string;
  /** The authorisation it was asked under was taken back or replaced since. */
  readonly withdrawn: boolean;
}

/** Why a query stands in the weekly report. */
export const WEEKLY_FINDINGS = [
  'NO_APPLICATION',
  'WITHDRAWN',
  'EXPIRED',
  'CONSENT_WITHDRAWN',
  'REFUSED_ATTEMPT',
  'OFF_HOURS',
] as const;
export type WeeklyFinding = (typeof WEEKLY_FINDINGS)[number];

const WITHDRAWN_STAGES = new Set(['WITHDRAWN']);
const EXPIRED_STAGES = new Set(['EXPIRED', 'LAPSED', 'CANCELLED']);

/** What a query must be accounted for; empty where an application went its way after it. */
export function findingsOf(query: QueryFate): readonly WeeklyFinding[] {
  const asked = query.result !== 'REFUSED';
  const found: readonly (readonly [WeeklyFinding, boolean])[] = [
    ['NO_APPLICATION', asked && !query.submitted],
    ['WITHDRAWN', asked && WITHDRAWN_STAGES.has(query.stage)],
    ['EXPIRED', asked && EXPIRED_STAGES.has(query.stage)],
    ['CONSENT_WITHDRAWN', asked && query.withdrawn],
    ['REFUSED_ATTEMPT', !asked],
    ['OFF_HOURS', query.kind === 'MANUAL' && query.offHours],
  ];
  return found.flatMap(([finding, holds]) => (holds ? [finding] : []));
}
