/** Reconciliation: the bank's statements as they came, what became of each line, and the cases that two people close. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // The file itself is sealed: it names accounts of people. One that came twice is one row.
  `create table bank_statements (
    id uuid primary key,
    day date not null,
    sm3 text not null,
    line_count integer not null check (line_count >= 0),
    in_fen bigint not null check (in_fen >= 0),
    out_fen bigint not null check (out_fen >= 0),
    sealed_lines bytea not null,
    -- False while the day was not over when the file was fetched: such a file may grow.
    final boolean not null,
    fetched_at timestamptz not null default now(),
    unique (day, sm3)
  )`,

  `create table bank_statement_lines (
    statement_id uuid not null references bank_statements,
    number integer not null check (number > 0),
    flow text not null check (flow in ('PAID_OUT','REVERSED','RETURNED','RECEIVED','OTHER')),
    direction text not null check (direction in ('IN','OUT')),
    amount_fen bigint not null check (amount_fen > 0),
    bank_reference text not null,
    request_no text,
    loan_reference text,
    outcome text not null check (outcome in ('MATCHED','AMOUNT_DIFFERS','THEIRS_ONLY')),
    our_source text check (our_source in ('PAYOUT','REFUND','REPAYMENT','UNMATCHED')),
    our_id text,
    primary key (statement_id, number),
    check ((outcome = 'THEIRS_ONLY') = (our_source is null)),
    check ((our_source is null) = (our_id is null))
  )`,
  `create index bank_statement_lines_by_ours on bank_statement_lines (our_source, our_id, flow)`,

  // A run per look at a day; the newest says how the day stands.
  `create table reconciliation_runs (
    id uuid primary key default gen_random_uuid(),
    day date not null,
    statement_id uuid not null references bank_statements,
    counts jsonb not null,
    at timestamptz not null default now()
  )`,
  `create index reconciliation_runs_of_day on reconciliation_runs (day, at)`,
  `create trigger reconciliation_runs_append_only before update or delete on reconciliation_runs for each row execute function refuse_change()`,
  `create trigger reconciliation_runs_no_truncate before truncate on reconciliation_runs for each statement execute function refuse_change()`,

  `create table reconciliation_cases (
    id uuid primary key default gen_random_uuid(),
    day date not null,
    kind text not null check (kind in ('OURS_ONLY','THEIRS_ONLY','AMOUNT_DIFFERS','FILE_CHANGED','FILE_UNREADABLE')),
    -- Names what differs, so that the same difference found again is the same case.
    key text not null,
    why text not null,
    our_source text,
    our_id text,
    our_fen bigint,
    their_fen bigint,
    bank_reference text,
    request_no text,
    loan_reference text,
    -- Whose desk it lies on until somebody proposes: then the proposer's.
    owner text not null default 'finance-maker',
    state text not null default 'OPEN' check (state in ('OPEN','PROPOSED','RESOLVED')),
    action text check (action in ('BANK_CORRECTS','BOOKED_BY_HAND','ACCEPTED','NOT_OURS','FOUND_LATER')),
    reason text,
    proposed_by text,
    proposed_at timestamptz,
    approved_by text,
    approved_at timestamptz,
    opened_at timestamptz not null default now(),
    resolved_at timestamptz,
    unique (day, kind, key),
    constraint reconciliation_cases_two_people check (approved_by is null or approved_by <> proposed_by),
    -- The house itself closes what a later statement answers; everything else is closed by two people.
    constraint reconciliation_cases_closed_by_two check
      (state <> 'RESOLVED' or action = 'FOUND_LATER' or (proposed_by is not null and approved_by is not null)),
    check ((state = 'OPEN') = (action is null)),
    check ((state = 'RESOLVED') = (resolved_at is not null)),
    check (action is null or reason is not null)
  )`,
  `create index reconciliation_cases_open on reconciliation_cases (state, opened_at) where state <> 'RESOLVED'`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
