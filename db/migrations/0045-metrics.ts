/** Overdue metrics: what every loan was at the end of each month, and how each close of day agreed with the ledger. */
import { type Kysely, sql } from 'kysely';

const TIER = `('NORMAL','SPECIAL_MENTION','SUBSTANDARD','DOUBTFUL','LOSS')`;

const STATEMENTS: readonly string[] = [
  `create table book_closes (
    day date primary key,
    month_end boolean not null,
    loans integer not null check (loans >= 0),
    principal_fen bigint not null,
    ledger_principal_fen bigint not null,
    differing integer not null check (differing >= 0),
    -- Names of the buckets of a month's end, in their order.
    buckets text[],
    times integer not null default 1 check (times > 0),
    taken_at timestamptz not null default now(),
    check (month_end = (buckets is not null)),
    check (month_end = (extract(day from day + 1) = 1))
  )`,
  // Figures of a month's end; taken anew while the books of the month still move, and never changed otherwise.
  `create table loan_month_ends (
    month_end date not null check (extract(day from month_end + 1) = 1),
    loan_id uuid not null references loans,
    cohort date not null check (extract(day from cohort) = 1),
    mob integer not null check (mob >= 0),
    disbursed_fen bigint not null check (disbursed_fen > 0),
    principal_fen bigint not null,
    overdue_fen bigint not null check (overdue_fen >= 0),
    days_past_due integer not null check (days_past_due >= 0),
    bucket text not null,
    tier text not null check (tier in ${TIER}),
    first_due date,
    first_days_past_due integer not null check (first_days_past_due >= 0),
    written_off_on date,
    written_off_fen bigint not null check (written_off_fen >= 0),
    ever30_fen bigint check (ever30_fen >= 0),
    ever90_fen bigint check (ever90_fen >= 0),
    primary key (month_end, loan_id)
  )`,
  `create index loan_month_ends_by_cohort on loan_month_ends (cohort, mob)`,
  // A day's turnover by event and account, without loans: what metrics are held against by those who do not read the books.
  // A journal has one line of an account: lines are journals here.
  `create view ledger_days as
     select j.posted_on as day, j.event, l.account, sum(l.amount_fen)::bigint as amount_fen, count(*)::int as journals
       from ledger_journals j join ledger_lines l on l.journal_id = j.id
      group by j.posted_on, j.event, l.account`,
  // Every loan that is not taken back, by the day of its payout: what the disbursements of the books are held against.
  `create view loan_days as
     select disbursed_on as day, count(*)::int as loans, sum(principal_fen)::bigint as principal_fen
       from loans where state <> 'RETURNED' group by disbursed_on`,
  `create index repayments_by_day on repayments (received_on)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
