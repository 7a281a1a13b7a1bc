/** Overdue metrics out of the figures of month ends: one statement for each measure, and what they are held against. */
import { sql } from 'kysely';
import type { Tier } from '../../../domain/classification.ts';
import type { RollFlow } from '../../../domain/metrics.ts';
import type { Fen } from '../../../domain/money.ts';
import type { Queryable } from '../../database.ts';

/** Figures and books of a month's end beside each other; every pair must be equal before a figure is shown. */
export interface MetricsAgreement {
  /** Whether the month's end was taken at all. */
  readonly taken: boolean;
  readonly differing: number;
  readonly principalFen: Fen;
  readonly ledgerPrincipalFen: Fen;
  /** Principal written off by the end of the month. */
  readonly writtenOffFen: Fen;
  readonly ledgerWrittenOffFen: Fen;
}

/** What the figures of a month's end say beside what the ledger says of that day now. */
export async function metricsAgreement(db: Queryable, on: string): Promise<MetricsAgreement> {
  const { rows } = await sql<MetricsAgreement>`
    with figures as (
      select coalesce(sum(principal_fen), 0)::bigint as principal, coalesce(sum(written_off_fen), 0)::bigint as written_off
        from loan_month_ends where month_end = ${on}::date
    ), books as (
      select coalesce(sum(amount_fen), 0)::bigint as principal,
             coalesce(-sum(amount_fen) filter (where event = 'WRITTEN_OFF'), 0)::bigint as written_off
        from ledger_days where account = '1303' and day <= ${on}::date
    )
    select exists (select from book_closes where day = ${on}::date) as taken,
           coalesce((select differing from book_closes where day = ${on}::date), 0) as differing,
           f.principal as "principalFen", b.principal as "ledgerPrincipalFen",
           f.written_off as "writtenOffFen", b.written_off as "ledgerWrittenOffFen"
      from figures f, books b`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a sum without a row');
  return row;
}

/** Last month's end that was taken, up to a day; undefined before the first. */
export async function newestMonthEnd(db: Queryable, until: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('book_closes')
    .select('day')
    .where('month_end', '=', true)
    .where('day', '<=', until)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.day;
}

/** Names of the buckets of a month's end, in their order. */
export async function bucketsAt(db: Queryable, on: string): Promise<readonly string[]> {
  const row = await db
    .selectFrom('book_closes')
    .select('buckets')
    .where('day', '=', on)
    .executeTakeFirst();
  return row?.buckets ?? [];
}

export interface Totals {
  readonly loans: number;
  readonly principalFen: Fen;
  /** Due and unpaid, all parts. */
  readonly overdueFen: Fen;
}

/** Loans past due by more than each of some thresholds. A threshold below zero counts all that are on the books. */
export async function totalsBeyond(
  db: Queryable,
  on: string,
  thresholds: readonly number[],
): Promise<readonly (Totals & { readonly moreThan: number })[]> {
  const { rows } = await sql<Totals & { moreThan: number }>`
    select n as "moreThan",
           count(m.loan_id) filter (where m.days_past_due > n)::int as loans,
           coalesce(sum(m.principal_fen) filter (where m.days_past_due > n), 0)::bigint as "principalFen",
           coalesce(sum(m.overdue_fen) filter (where m.days_past_due > n), 0)::bigint as "overdueFen"
      from unnest(${[...thresholds]}::int[]) as n
      left join loan_month_ends m on m.month_end = ${on}::date and m.bucket not in ('SETTLED', 'WRITTEN_OFF')
     group by n order by n`.execute(db);
  return rows;
}

/** Loans on the books by bucket. */
export async function totalsByBucket(
  db: Queryable,
  on: string,
): Promise<readonly (Totals & { readonly bucket: string })[]> {
  const { rows } = await sql<Totals & { bucket: string }>`
    select bucket, count(*)::int as loans, sum(principal_fen)::bigint as "principalFen", sum(overdue_fen)::bigint as "overdueFen"
      from loan_month_ends where month_end = ${on}::date and bucket not in ('SETTLED', 'WRITTEN_OFF')
     group by bucket order by bucket`.execute(db);
  return rows;
}

/** Loans on the books by class. */
export async function totalsByTier(
  db: Queryable,
  on: string,
): Promise<readonly (Totals & { readonly tier: Tier })[]> {
  const { rows } = await sql<Totals & { tier: Tier }>`
    select tier, count(*)::int as loans, sum(principal_fen)::bigint as "principalFen", sum(overdue_fen)::bigint as "overdueFen"
      from loan_month_ends where month_end = ${on}::date and bucket not in ('SETTLED', 'WRITTEN_OFF')
     group by tier order by tier`.execute(db);
  return rows;
}

/** Balances by the bucket of a month's end and the bucket of the one before. */
export async function rollFlows(
  db: Queryable,
  on: string,
  before: string,
): Promise<readonly RollFlow[]> {
  const { rows } = await sql<RollFlow>`
    select b.bucket as "from", n.bucket as "to", count(*)::int as loans,
           sum(b.principal_fen)::bigint as "beforeFen", sum(n.principal_fen)::bigint as "nowFen"
      from loan_month_ends b join loan_month_ends n on n.loan_id = b.loan_id and n.month_end = ${on}::date
     where b.month_end = ${before}::date
     group by b.bucket, n.bucket order by b.bucket, n.bucket`.execute(db);
  return rows;
}

export interface VintageCell {
  readonly cohort: string;
  readonly mob: number;
  readonly loans: number;
  readonly disbursedFen: Fen;
  readonly current30Fen: Fen;
  readonly current90Fen: Fen;
  readonly ever30Fen: Fen;
  readonly ever90Fen: Fen;
  readonly writtenOffFen: Fen;
}

/** Every cohort between two months at every month on book up to a month's end. */
export async function vintageCells(
  db: Queryable,
  span: { readonly from: string; readonly to: string; readonly on: string },
): Promise<readonly VintageCell[]> {
  const { rows } = await sql<VintageCell>`
    select cohort, mob, count(*)::int as loans, sum(disbursed_fen)::bigint as "disbursedFen",
           coalesce(sum(principal_fen) filter (where days_past_due > 30), 0)::bigint + sum(written_off_fen)::bigint as "current30Fen",
           coalesce(sum(principal_fen) filter (where days_past_due > 90), 0)::bigint + sum(written_off_fen)::bigint as "current90Fen",
           coalesce(sum(ever30_fen), 0)::bigint as "ever30Fen", coalesce(sum(ever90_fen), 0)::bigint as "ever90Fen",
           sum(written_off_fen)::bigint as "writtenOffFen"
      from loan_month_ends
     where cohort between ${span.from}::date and ${span.to}::date and month_end <= ${span.on}::date
     group by cohort, mob order by cohort, mob`.execute(db);
  return rows;
}

export interface FirstPaymentCell {
  readonly cohort: string;
  readonly days: number;
  /** Loans whose first due date lies that many days back, and those of them that were so late. */
  readonly loans: number;
  readonly disbursedFen: Fen;
  readonly defaulted: number;
  readonly defaultedFen: Fen;
}

/** First-payment default of every cohort between two months, seen from a month's end. */
export async function firstPaymentCells(
  db: Queryable,
  span: { readonly from: string; readonly to: string; readonly on: string },
  days: readonly number[],
): Promise<readonly FirstPaymentCell[]> {
  const { rows } = await sql<FirstPaymentCell>`
    select m.cohort, n as days, count(*)::int as loans, sum(m.disbursed_fen)::bigint as "disbursedFen",
           count(*) filter (where m.first_days_past_due >= n)::int as defaulted,
           coalesce(sum(m.disbursed_fen) filter (where m.first_days_past_due >= n), 0)::bigint as "defaultedFen"
      from loan_month_ends m cross join unnest(${[...days]}::int[]) as n
     where m.month_end = ${span.on}::date and m.cohort between ${span.from}::date and ${span.to}::date
       and m.first_due + n <= m.month_end
     group by m.cohort, n order by m.cohort, n`.execute(db);
  return rows;
}

export interface LossFigures {
  readonly writtenOffFen: Fen;
  readonly recoveredFen: Fen;
  /** Unpaid principal at the month end before. */
  readonly openingFen: Fen;
}

/** What was written off and recovered in the month that ends on a day. */
export async function lossFigures(db: Queryable, on: string, before: string): Promise<LossFigures> {
  const { rows } = await sql<LossFigures>`
    select coalesce(-sum(amount_fen) filter (where event = 'WRITTEN_OFF' and account = '1303'), 0)::bigint as "writtenOffFen",
           coalesce(-sum(amount_fen) filter (where event in ('RECOVERED', 'RECOVERED_FROM_HELD') and account = '6702'), 0)::bigint as "recoveredFen",
           (select coalesce(sum(principal_fen), 0) from loan_month_ends where month_end = ${before}::date)::bigint as "openingFen"
      from ledger_days where day > ${before}::date and day <= ${on}::date`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a sum without a row');
  return row;
}

export interface DisbursementDay {
  readonly day: string;
  readonly payouts: number;
  readonly principalFen: Fen;
  readonly returned: number;
  readonly returnedFen: Fen;
}

/** Principal paid out and sent back by the day of the books. */
export async function disbursementDays(
  db: Queryable,
  span: { readonly from: string; readonly to: string },
): Promise<readonly DisbursementDay[]> {
  const { rows } = await sql<DisbursementDay>`
    select day, coalesce(sum(journals) filter (where event = 'DISBURSED'), 0)::int as payouts,
           coalesce(sum(amount_fen) filter (where event = 'DISBURSED'), 0)::bigint as "principalFen",
           coalesce(sum(journals) filter (where event = 'DISBURSEMENT_RETURNED'), 0)::int as returned,
           coalesce(-sum(amount_fen) filter (where event = 'DISBURSEMENT_RETURNED'), 0)::bigint as "returnedFen"
      from ledger_days
     where account = '1303' and event in ('DISBURSED', 'DISBURSEMENT_RETURNED')
       and day between ${span.from}::date and ${span.to}::date
     group by day order by day`.execute(db);
  return rows;
}

/** All that was ever paid out and kept, by the books and by the loans: the two must be equal. */
export async function disbursementAgreement(
  db: Queryable,
): Promise<{ readonly ledgerFen: Fen; readonly loansFen: Fen }> {
  const { rows } = await sql<{ ledgerFen: Fen; loansFen: Fen }>`
    select (select coalesce(sum(amount_fen), 0) from ledger_days
             where account = '1303' and event in ('DISBURSED', 'DISBURSEMENT_RETURNED'))::bigint as "ledgerFen",
           (select coalesce(sum(principal_fen), 0) from loan_days)::bigint as "loansFen"`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a sum without a row');
  return row;
}
