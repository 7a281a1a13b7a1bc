/** The operations desk: retries of many parked loans at once, and corrections of what people had written, both by two people. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `create table bulk_retries (
    id uuid primary key,
    filter jsonb not null,
    cap integer not null check (cap between 1 and 200),
    reason text not null,
    state text not null default 'PROPOSED' check (state in ('PROPOSED','RUNNING','DONE','STOPPED','REJECTED')),
    proposed_by text not null,
    decided_by text,
    proposed_at timestamptz not null default now(),
    decided_at timestamptz,
    ended_at timestamptz,
    check ((state = 'PROPOSED') = (decided_by is null)),
    constraint bulk_retries_two_people check (decided_by is null or decided_by <> proposed_by)
  )`,
  // The list that was agreed on; what parks later is in no list.
  `create table bulk_retry_cases (
    bulk_id uuid not null references bulk_retries,
    case_id uuid not null references operator_cases,
    number integer not null check (number > 0),
    state text not null default 'LISTED' check (state in ('LISTED','SENT','LEFT_OUT')),
    sent_at timestamptz,
    primary key (bulk_id, case_id),
    unique (bulk_id, number),
    check ((state = 'SENT') = (sent_at is not null))
  )`,
  // What is to stand in the form instead; sealed under the house's key until it is applied, and then gone from here.
  `create table case_corrections (
    id uuid primary key,
    case_id uuid not null references operator_cases,
    application_id uuid not null references applications,
    field text not null,
    sealed_value bytea,
    reason text not null,
    state text not null default 'PROPOSED' check (state in ('PROPOSED','APPLIED','DROPPED')),
    proposed_by text not null,
    applied_by text,
    proposed_at timestamptz not null default now(),
    closed_at timestamptz,
    check ((state = 'PROPOSED') = (sealed_value is not null)),
    check ((state = 'APPLIED') = (applied_by is not null)),
    constraint case_corrections_two_people check (applied_by is null or applied_by <> proposed_by)
  )`,
  `create unique index case_corrections_one_open on case_corrections (case_id, field) where state = 'PROPOSED'`,
  `create index operator_cases_by_failure on operator_cases (failure_code, step) where state <> 'RESOLVED'`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
