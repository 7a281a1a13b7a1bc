/** The words in which a loan's terms are agreed: repayment method, day count, risk grade and kind of lender. */

/** Methods whose schedule follows from the terms alone: 等额本息, 等额本金, 先息后本 (interest each month, principal at the end), 到期一次还本付息. */
export const FIXED_METHODS = [
  'EQUAL_INSTALMENT',
  'EQUAL_PRINCIPAL',
  'INTEREST_FIRST',
  'BULLET',
] as const;

/** All methods; under 随借随还 interest runs by the day on what is owed, and a part of it falls due each month. */
export const REPAYMENT_METHODS = [...FIXED_METHODS, 'REVOLVING'] as const;
export type RepaymentMethod = (typeof REPAYMENT_METHODS)[number];

/**
 * How the time of a period becomes a fraction of a year: `MONTHS/12` whole months; `30/360` months of 30 days;
 * `ACT/360` and `ACT/365` the days of the calendar over 360 or 365.
 */
export const DAY_COUNTS = ['30/360', 'ACT/360', 'ACT/365', 'MONTHS/12'] as const;
export type DayCount = (typeof DAY_COUNTS)[number];

/** Risk grade of the scorecard, A best. */
export const GRADES = ['A', 'B', 'C', 'D', 'E'] as const;
export type Grade = (typeof GRADES)[number];

/** Kind of lender: several caps and limits depend on it (regulation.md §1.4, §8.3). */
export const LENDER_TYPES = ['BANK', 'CONSUMER_FINANCE', 'MICRO_LOAN', 'UNLICENSED'] as const;
export type LenderType = (typeof LENDER_TYPES)[number];

/** Chinese name of a repayment method, as contracts and disclosures print it. */
export const METHOD_NAMES_ZH: Readonly<Record<RepaymentMethod, string>> = {
  EQUAL_INSTALMENT: '等额本息',
  EQUAL_PRINCIPAL: '等额本金',
  INTEREST_FIRST: '按月付息、到期还本',
  BULLET: '到期一次性还本付息',
  REVOLVING: '随借随还、按日计息',
};
