/** What a rehearsal shows: the progress while it lives, the trial balance and the vintage table when it has lived. */
import type { TrialBalanceLine } from '../../db/queries/reads/ledger.ts';
import type { Life } from './life.ts';

const BAR = 30;

/** A bar of `done` out of `all`, with the pace in front of what is left. */
export function progressLine(title: string, done: number, all: number, seconds: number): string {
  const filled = all === 0 ? BAR : Math.round((BAR * done) / all);
  const pace = seconds > 0 ? done / seconds : 0;
  const left = pace > 0 && done < all ? `, ${Math.ceil((all - done) / pace)} s left` : '';
  return `${title} [${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}] ${done}/${all} (${pace.toFixed(1)}/s${left})`;
}

const yuan = (fen: number): string =>
  (fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Every account with its turnover and its balance in yuan; debits and credits are equal at the foot. */
export function trialBalanceTable(rows: readonly TrialBalanceLine[]): string {
  const line = (cells: readonly string[]) =>
    `${(cells[0] ?? '').padEnd(8)}${(cells[1] ?? '').padEnd(40)}${cells
      .slice(2)
      .map((cell) => cell.padStart(18))
      .join('')}`;
  const debit = rows.reduce((sum, row) => sum + row.debitFen, 0);
  const credit = rows.reduce((sum, row) => sum + row.creditFen, 0);
  return [
    line(['code', 'account', 'debit', 'credit', 'balance']),
    ...rows.map((row) =>
      line([
        row.code,
        row.nameEn,
        yuan(row.debitFen),
        yuan(row.creditFen),
        yuan(row.debitFen - row.creditFen),
      ]),
    ),
    line(['', 'sum', yuan(debit), yuan(credit), yuan(debit - credit)]),
  ].join('\n');
}

/** Buckets of days past due as regulation.md §7.2 counts them. */
const BUCKETS = [
  ['current', 0, 0],
  ['M1', 1, 30],
  ['M2', 31, 60],
  ['M3', 61, 90],
  ['M4+', 91, Number.POSITIVE_INFINITY],
] as const;

/** Loans by month on book and bucket at each due date, and the share that is more than thirty days past due. */
export function vintageTable(lives: readonly Life[], months: number): string {
  const head = ['month', ...BUCKETS.map(([name]) => name), 'settled', '30+ %'];
  const rows = Array.from({ length: months }, (_, at) => {
    const ends = lives.flatMap((life) => life.months.filter(({ month }) => month === at + 1));
    const owing = ends.filter(({ state }) => state !== 'SETTLED');
    const counts = BUCKETS.map(
      ([, from, to]) =>
        owing.filter(({ daysPastDue }) => daysPastDue >= from && daysPastDue <= to).length,
    );
    const late = owing.filter(({ daysPastDue }) => daysPastDue > 30).length;
    const share = ends.length === 0 ? '' : ((100 * late) / ends.length).toFixed(1);
    return [String(at + 1), ...counts.map(String), String(ends.length - owing.length), share];
  });
  return [head, ...rows].map((row) => row.map((cell) => cell.padStart(9)).join('')).join('\n');
}
