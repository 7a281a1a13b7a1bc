/** Money that was told of late counts from the bank's day: the day stands beside the repayment, and what it takes back on record. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `alter table repayments
     add column value_on date,
     add constraint repayments_value_before check (value_on < received_on)`,
  `create table penalty_recounts (
    loan_id uuid not null references loans,
    number integer not null,
    notice_id text not null references repayments,
    from_day date not null,
    until_day date not null,
    taken_back_fen bigint not null check (taken_back_fen > 0),
    recorded_at timestamptz not null default now(),
    primary key (notice_id, number),
    check (until_day > from_day)
  )`,
  `create index penalty_recounts_by_loan on penalty_recounts (loan_id)`,
  `create trigger penalty_recounts_append_only before update or delete on penalty_recounts
     for each row execute function refuse_change()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
