/** Disbursement: a release by two people, the check right before the money, payments held back, and money that comes back. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // What was released before was released by one person; whatever comes needs two unless policy says otherwise.
  `alter table payouts
     add column releases_needed smallint not null default 1 check (releases_needed in (1, 2)),
     add column first_released_by text,
     add column first_released_at timestamptz,
     add column returned_at timestamptz,
     add column return_reference text unique`,
  `alter table payouts alter column releases_needed set default 2`,
  `update payouts set releases_needed = 2 where state = 'READY'`,
  `alter table payouts
     add constraint payouts_first_release check ((first_released_by is null) = (first_released_at is null)),
     add constraint payouts_two_releases check
       (released_by is null or releases_needed = 1 or attempt > 1
        or (first_released_by is not null and first_released_by <> released_by)),
     -- What left the desk was released by somebody: no state on the way to the bank goes round the two.
     add constraint payouts_released check (released_by is not null or state in ('READY','CANCELLED')),
     drop constraint payouts_state_check,
     add constraint payouts_state_check check
       (state in ('READY','RELEASED','SENT','ACCEPTED','UNKNOWN','PAID','REFUSED','STOPPED','RETURNED','CANCELLED')),
     add constraint payouts_returned check ((state = 'RETURNED') = (returned_at is not null))`,
  // A payout that was held back or came back cannot reach the borrower any more, and another may follow.
  `drop index payouts_one_live`,
  `create unique index payouts_one_live on payouts (application_id)
     where state not in ('REFUSED','STOPPED','RETURNED','CANCELLED')`,

  // A loan whose money came back stands still: nothing is due of it unless it is paid again.
  `alter table loans drop constraint loans_state_check,
     add constraint loans_state_check check (state in ('ACTIVE','OVERDUE','SETTLED','RETURNED'))`,

  `create table payout_checks (
    id uuid primary key default gen_random_uuid(),
    payout_id uuid not null references payouts,
    outcome text not null check (outcome in ('PASSED','STOPPED')),
    codes jsonb not null,
    checked_at timestamptz not null default now(),
    constraint payout_checks_say_why check ((outcome = 'PASSED') = (codes = '[]'::jsonb))
  )`,
  `create index payout_checks_of_payout on payout_checks (payout_id, checked_at)`,
  `create trigger payout_checks_append_only before update or delete on payout_checks for each row execute function refuse_change()`,
  `create trigger payout_checks_no_truncate before truncate on payout_checks for each statement execute function refuse_change()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
