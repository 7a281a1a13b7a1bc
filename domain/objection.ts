/**
 * The objection (异议) of a person against what a bureau reports: what can be objected to, how it goes on, and by when it is
 * answered in writing: within 20 natural days (征信业管理条例 art. 25).
 */
import type { Bureau } from './authorisation.ts';
import { addDays } from './calendar.ts';

/** What a person can object to, by bureau. */
export const OBJECTION_ITEMS = {
  PBOC: ['ACCOUNT', 'PUBLIC_RECORD', 'QUERY', 'IDENTITY', 'OTHER'],
  BAIHANG: ['LOANS', 'APPLICATIONS', 'WATCH_LIST', 'MOBILE', 'OTHER'],
} as const satisfies Readonly<Record<Bureau, readonly string[]>>;
export type ObjectionItem = (typeof OBJECTION_ITEMS)[Bureau][number];

/** An open objection as the variables need it. */
export interface Dispute {
  readonly bureau: Bureau;
  readonly item: ObjectionItem;
  /** The account's number for an ACCOUNT; null for every item of the kind. */
  readonly reference: string | null;
}

export const OBJECTION_STATES = [
  'RECEIVED',
  'MARKED',
  'VERIFYING',
  'CORRECTED',
  'UPHELD',
  'UNDETERMINED',
  'REPLIED',
] as const;
export type ObjectionState = (typeof OBJECTION_STATES)[number];

/**
 * What was found: the bureau's record was wrong and is corrected, it is right (异议不成立), or nobody can tell and the mark
 * and the person's statement stay.
 */
export const OBJECTION_OUTCOMES = ['CORRECTED', 'UPHELD', 'UNDETERMINED'] as const;
export type ObjectionOutcome = (typeof OBJECTION_OUTCOMES)[number];

/** The last day on which the answer is in time. @param days policy `objection.answerDays` */
export const objectionDueOn = (receivedOn: string, days: number): string =>
  addDays(receivedOn, days);

export const isItemOf = (bureau: Bureau, item: ObjectionItem): boolean =>
  (OBJECTION_ITEMS[bureau] as readonly ObjectionItem[]).includes(item);
