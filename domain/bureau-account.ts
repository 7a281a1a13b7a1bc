/**
 * PDA / PD01: one credit account of the central bank's report, sections A to H and Z, as a form. Amounts (elements named
 * `J` and two digits) are whole yuan; the 24 months run oldest first and end with PD01DR02.
 */
import {
  ABNORMAL_STATUS_CODES,
  ACCOUNT_TYPES,
  BUSINESS_KINDS,
  FIVE_TIER,
  MARK_KINDS,
  ORG_TYPES,
  REPAY_FREQUENCIES,
  REPAYMENT_STATUS_CODES,
  REPAYMENT_STATUSES,
  SPECIAL_TRANSACTIONS,
} from './bureau-codes.ts';
import {
  codeOf,
  count,
  date,
  type Fitting,
  lettersOf,
  list,
  month,
  name,
  nullable,
  section,
  text,
  yuan,
} from './report-form.ts';

/** Months of the repayment string. */
export const HISTORY_MONTHS = 24;
/** Months of the five-year section. */
export const LONG_HISTORY_MONTHS = 60;

/** A mark or statement on one item: PD01Z of an account, and the like of other sections. */
export const mark = section({
  /** Kind: MARK_KINDS. */
  ZD01: codeOf(MARK_KINDS),
  ZQ01: text,
  ZR01: date,
});

const abnormalStatus = lettersOf(ABNORMAL_STATUS_CODES, 1);

export const account = section({
  /** A: account number, unique within the report. */
  PD01AI01: name,
  PD01AD01: codeOf(ACCOUNT_TYPES),
  /** Type and name of the managing institution. */
  PD01AD02: codeOf(ORG_TYPES),
  PD01AI02: name,
  PD01AD03: codeOf(BUSINESS_KINDS),
  /** Opened on. */
  PD01AR01: date,
  /** Loan amount; null for cards and lines. */
  PD01AJ01: nullable(yuan),
  /** Credit limit; null for loans. */
  PD01AJ02: nullable(yuan),
  /** End of the term; null for cards. */
  PD01AR02: nullable(date),
  PD01AD06: codeOf(REPAY_FREQUENCIES),
  /** Number of instalments; null for cards. */
  PD01AS01: nullable(count),
  /** B, latest performance: status by ACCOUNT_STATUSES, and the day it was closed, null while it is open. */
  PD01BD01: text,
  PD01BR01: nullable(date),
  /** B: balance, five-tier class, repayment status of the latest month, day the institution reported. */
  PD01BJ01: yuan,
  PD01BD03: codeOf(FIVE_TIER),
  PD01BD04: codeOf(REPAYMENT_STATUSES),
  PD01BR03: date,
  /** C, latest month: status, balance, used limit (null for loans). */
  PD01CD01: text,
  PD01CJ01: yuan,
  PD01CJ02: nullable(yuan),
  /** C: balance of large special instalments that no bill shows yet; null for loans. */
  PD01CJ03: nullable(yuan),
  PD01CD02: codeOf(FIVE_TIER),
  /** C: remaining instalments; null for cards. */
  PD01CS01: nullable(count),
  /** C: due and paid this month. */
  PD01CJ04: yuan,
  PD01CJ05: yuan,
  /** C: instalments and amount now overdue. */
  PD01CS02: count,
  PD01CJ06: yuan,
  /** C: average used over the last six months; null for loans. */
  PD01CJ12: nullable(yuan),
  /** D: last month of the string, and the status of its 24 months, oldest first. */
  PD01DR02: month,
  PD01DD01: lettersOf(REPAYMENT_STATUS_CODES, HISTORY_MONTHS),
  /** E: the overdue and abnormal months of five years, with status and overdue amount. */
  PD01E: list(section({ PD01ER03: month, PD01ED01: abnormalStatus, PD01EJ01: yuan }), 60),
  /** F: special transactions. */
  PD01F: list(section({ PD01FD01: codeOf(SPECIAL_TRANSACTIONS), PD01FR01: date })),
  /** G: special events of a card; the code is printed, and no variable reads it. */
  PD01G: list(section({ PD01GD01: text, PD01GR01: month })),
  /** H: large special instalments: limit, from, until, used. */
  PD01H: list(section({ PD01HJ01: yuan, PD01HR01: date, PD01HR02: date, PD01HJ02: yuan })),
  /** Z: marks and statements. */
  PD01Z: list(mark),
});
export type PbocAccount = Fitting<typeof account>;
