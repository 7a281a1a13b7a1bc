/**
 * Overdue history of a central bank report: worst status by window, 连三 and 累六, and how far back it proves anything.
 *
 * A window of N months is the month of the business date and the N whole months before it. Months are read from the string
 * of 24; windows beyond it take the older months from the five-year section.
 */
import { LONG_HISTORY_MONTHS, type PbocAccount } from './bureau-account.ts';
import { monthsApart, statusesOf } from './bureau-consistency.ts';
import { policyAt } from './policy.ts';
import { POLICY_ROWS } from './policy-rows.ts';

/** How a month of unknown status (`#`) is read: as if nothing was overdue, or as if the worst was. */
export type UnknownMonths = 'BEST' | 'WORST';

/** Instalments of the worst status. */
const WORST = 7;

/** Instalments overdue in a month by its status; 呆账 (B), guarantor paid (D) and goods for debt (Z) count as the worst. */
function overdueOf(status: string, unknown: UnknownMonths): number {
  if (/[1-7]/.test(status)) return Number(status);
  if (status === '#') return unknown === 'WORST' ? WORST : 0;
  return /[BDZ]/.test(status) ? WORST : 0;
}

/** One month of an account: so many months before the business date, so many instalments overdue. */
type Month = readonly [ago: number, overdue: number];

/** Months of the string, newest first. */
function monthsOf(account: PbocAccount, asOf: string, unknown: UnknownMonths): readonly Month[] {
  const lag = Math.max(0, monthsApart(account.PD01DR02, asOf.slice(0, 7)));
  return statusesOf(account).map(([ago, status]) => [lag + ago, overdueOf(status, unknown)]);
}

/** The months of five years that are older than the string. */
function olderMonths(account: PbocAccount, asOf: string): readonly Month[] {
  const oldest = statusesOf(account).length;
  return account.PD01E.flatMap((entry): readonly Month[] =>
    monthsApart(entry.PD01ER03, account.PD01DR02) < oldest
      ? []
      : [[monthsApart(entry.PD01ER03, asOf.slice(0, 7)), overdueOf(entry.PD01ED01, 'BEST')]],
  );
}

/** Worst status, 0–7, over a window; what is overdue now counts in every window. */
export function maxOverdue(
  accounts: readonly PbocAccount[],
  asOf: string,
  window: number,
  unknown: UnknownMonths,
): number {
  const months = accounts.flatMap((one) => [
    ...monthsOf(one, asOf, unknown),
    ...olderMonths(one, asOf),
  ]);
  const past = months.filter(([ago]) => ago <= window).map(([, overdue]) => overdue);
  const now = accounts.map((one) => Math.min(WORST, one.PD01CS02));
  return Math.max(0, ...now, ...past);
}

const TWO_YEARS = 24;

/** Overdue flags of an account's months within two years, newest first. */
const lateMonths = (account: PbocAccount, asOf: string, unknown: UnknownMonths) =>
  monthsOf(account, asOf, unknown).filter(([ago]) => ago <= TWO_YEARS);

/**
 * 连三: within two years some account was overdue in three months running, or three instalments were overdue at once (a
 * status of 3 and more, which says the same of the months before it).
 */
export function threeInARow(
  accounts: readonly PbocAccount[],
  asOf: string,
  unknown: UnknownMonths,
): boolean {
  if (maxOverdue(accounts, asOf, TWO_YEARS, unknown) >= 3) return true;
  return accounts.some((account) => {
    let run = 0;
    return lateMonths(account, asOf, unknown).some(([, overdue]) => {
      run = overdue > 0 ? run + 1 : 0;
      return run >= 3;
    });
  });
}

/** Most overdue months of one account within two years; six and more are 累六. */
export function overdueMonths(
  accounts: readonly PbocAccount[],
  asOf: string,
  unknown: UnknownMonths,
): number {
  const counts = accounts.map(
    (one) => lateMonths(one, asOf, unknown).filter(([, overdue]) => overdue > 0).length,
  );
  return Math.max(0, ...counts);
}

/**
 * How many months of a history, counted back from the report, prove that nothing was overdue: those that the one-off credit
 * repair cannot have rewritten (policy `bureau.creditRepair`). 0 to 60.
 */
export function provenMonths(reportDay: string): number {
  const repair = policyAt(POLICY_ROWS, 'bureau.creditRepair', reportDay, 'BANK').value;
  if (repair === null) return LONG_HISTORY_MONTHS;
  const since = monthsApart(repair.lastMonth, reportDay.slice(0, 7));
  return Math.min(LONG_HISTORY_MONTHS, Math.max(0, since));
}
