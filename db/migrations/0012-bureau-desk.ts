/** The bureau desk: the register of queries, queries by hand of two people, the weekly report on them, and objections. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // What a report was asked for: it serves the same purpose only.
  `alter table bureau_reports add column purpose text not null default '02'`,

  `create table bureau_query_requests (
    id uuid primary key,
    application_id uuid not null references applications,
    bureau text not null check (bureau in ('PBOC','BAIHANG')),
    purpose text not null check (purpose in ('01','02')),
    reason text not null,
    state text not null default 'PROPOSED' check (state in ('PROPOSED','APPROVED','ANSWERED','NO_RECORD','FAILED')),
    failure_code text,
    off_hours boolean not null,
    proposed_by text not null,
    proposed_role text not null,
    proposed_from text,
    proposed_at timestamptz not null,
    approved_by text,
    approved_role text,
    approved_at timestamptz,
    settled_at timestamptz,
    constraint bureau_query_requests_two_people check (approved_by is null or approved_by <> proposed_by),
    check ((state = 'PROPOSED') = (approved_by is null)),
    check ((approved_by is null) = (approved_at is null)),
    check ((state = 'FAILED') = (failure_code is not null))
  )`,
  `create index bureau_query_requests_by_state on bureau_query_requests (state, proposed_at)`,

  // A refused attempt is a row too: what was not asked, by whom and why not.
  `create table bureau_queries (
    id uuid primary key,
    asked_at timestamptz not null default now(),
    kind text not null check (kind in ('STORY','MANUAL')),
    bureau text not null check (bureau in ('PBOC','BAIHANG')),
    operation text not null check (operation in ('report','watchlist','verify')),
    purpose text not null,
    result text not null check (result in ('ANSWERED','NO_RECORD','REFUSED')),
    refusal text,
    application_id uuid not null references applications,
    applicant_id uuid references applicants,
    authorisation_id uuid references authorisations,
    authorisation_sm3 text,
    request_id uuid references bureau_query_requests,
    operator text not null,
    operator_role text,
    operator_from text,
    approved_by text,
    off_hours boolean not null default false,
    request_no text,
    request_sm3 text,
    response_sm3 text,
    charged boolean not null default false,
    cost_fen bigint not null default 0 check (cost_fen >= 0),
    check ((result = 'REFUSED') = (refusal is not null)),
    check (result = 'REFUSED' or (request_no is not null and authorisation_id is not null)),
    constraint bureau_queries_two_people check
      (kind = 'STORY' or (request_id is not null and approved_by is not null and approved_by <> operator))
  )`,
  `create unique index bureau_queries_once on bureau_queries (request_no) where result <> 'REFUSED'`,
  `create index bureau_queries_by_day on bureau_queries (bureau, asked_at)`,
  `create index bureau_queries_by_application on bureau_queries (application_id, asked_at)`,
  `create index bureau_queries_by_operator on bureau_queries (operator, asked_at) where kind = 'MANUAL'`,
  `create trigger bureau_queries_append_only before update or delete on bureau_queries for each row execute function refuse_change()`,
  `create trigger bureau_queries_no_truncate before truncate on bureau_queries for each statement execute function refuse_change()`,

  `create table bureau_weekly_reports (
    week_of date primary key,
    figures jsonb not null,
    items jsonb not null,
    created_at timestamptz not null default now()
  )`,
  `create trigger bureau_weekly_reports_append_only before update or delete on bureau_weekly_reports for each row execute function refuse_change()`,
  `create trigger bureau_weekly_reports_no_truncate before truncate on bureau_weekly_reports for each statement execute function refuse_change()`,

  `create table objections (
    id uuid primary key,
    application_id uuid not null references applications,
    applicant_id uuid not null references applicants,
    owner_subject text not null,
    bureau text not null check (bureau in ('PBOC','BAIHANG')),
    item text not null,
    sealed_claim bytea not null,
    state text not null default 'RECEIVED'
      check (state in ('RECEIVED','MARKED','VERIFYING','CORRECTED','UPHELD','UNDETERMINED','REPLIED')),
    outcome text check (outcome in ('CORRECTED','UPHELD','UNDETERMINED')),
    sealed_answer bytea,
    bureau_reference text,
    received_at timestamptz not null,
    due_on date not null,
    marked_at timestamptz,
    reminded_at timestamptz,
    overdue_at timestamptz,
    decided_by text,
    decided_at timestamptz,
    replied_at timestamptz,
    check ((outcome is null) = (state in ('RECEIVED','MARKED','VERIFYING'))),
    check ((outcome is null) = (decided_by is null) and (outcome is null) = (decided_at is null)),
    check ((outcome is null) = (sealed_answer is null)),
    check ((state = 'REPLIED') = (replied_at is not null)),
    check (decided_by is null or decided_by <> owner_subject)
  )`,
  `create index objections_open on objections (applicant_id) where outcome is null`,
  `create index objections_by_due on objections (due_on) where state <> 'REPLIED'`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
