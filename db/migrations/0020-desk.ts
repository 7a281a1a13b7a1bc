/** The review desk: reviews with their stages, seats and votes, the people at the desk, conditions, and approvals undone. */
import { type Kysely, sql } from 'kysely';

const REVIEW: readonly string[] = [
  // One row per round of review: what it was opened under, and the row that every act locks.
  `create table reviews (
    application_id uuid not null references applications,
    round integer not null,
    matrix_code text not null,
    matrix_version integer not null,
    matrix_row text not null,
    stages jsonb not null,
    why jsonb not null,
    exposure_fen bigint not null check (exposure_fen >= 0),
    exceptions integer not null check (exceptions >= 0),
    most_fen bigint not null check (most_fen >= 0),
    least_fen bigint not null check (least_fen >= 0),
    evidence_version integer not null,
    proposal jsonb,
    waiting boolean not null default false,
    ended text check (ended in ('APPROVED','DECLINED','RETURNED','CANCELLED')),
    opened_at timestamptz not null default now(),
    ended_at timestamptz,
    primary key (application_id, round),
    check ((ended is null) = (ended_at is null)),
    check (ended is null or not waiting)
  )`,
  `create unique index reviews_one_open on reviews (application_id) where ended is null`,
  // Reviews that were opened before there was a matrix go on under the levels they began with.
  `insert into reviews (application_id, round, matrix_code, matrix_version, matrix_row, stages, why, exposure_fen,
      exceptions, most_fen, least_fen, evidence_version, proposal, waiting, ended, opened_at, ended_at)
     select d.application_id, d.round, 'BEFORE_MATRIX', 1, 'LEVELS',
            (select jsonb_agg(jsonb_build_object('name', 'level ' || (one ->> 'level'), 'roles', one -> 'roles',
                                                 'seats', 1, 'quorum', 1) order by (one ->> 'level')::int)
               from jsonb_array_elements(d.approvals) one),
            '[]', 0, cardinality(d.gaps), coalesce(d.amount_fen, 0), 0, a.evidence_version,
            (select jsonb_build_object('amountFen', min(r.amount_fen), 'termMonths', a.term_months, 'annualRate', d.annual_rate)
               from review_actions r
              where r.application_id = d.application_id and r.round = d.round and r.action = 'APPROVE'
             having min(r.amount_fen) is not null),
            a.stage = 'REVIEW' and a.round = d.round and a.pending = 'INFORMATION',
            case when a.stage = 'REVIEW' and a.round = d.round then null
                 when a.round > d.round then 'RETURNED'
                 when exists (select 1 from review_actions r where r.application_id = d.application_id
                               and r.round = d.round and r.action = 'DECLINE') then 'DECLINED'
                 when exists (select 1 from offers o where o.application_id = d.application_id and o.round = d.round)
                   then 'APPROVED'
                 else 'CANCELLED' end,
            d.at,
            case when a.stage = 'REVIEW' and a.round = d.round then null else a.updated_at end
       from decisions d join applications a on a.id = d.application_id
      where d.outcome = 'REFER' and jsonb_array_length(d.approvals) > 0`,

  `alter table review_tasks
     add column kind text not null default 'REVIEW' check (kind in ('REVIEW','DECISION_REVIEW','COLLECTION','OBJECTION')),
     add column seat smallint not null default 1 check (seat > 0),
     add column subject_id uuid,
     add column active_at timestamptz,
     drop constraint review_tasks_application_id_round_level_key,
     add constraint review_tasks_subject check ((kind = 'REVIEW') = (subject_id is null))`,
  `update review_tasks set active_at = claimed_at where state = 'CLAIMED'`,
  `create unique index review_tasks_one_a_seat on review_tasks (application_id, round, level, seat) where kind = 'REVIEW'`,
  `create unique index review_tasks_one_a_subject on review_tasks (kind, subject_id)
     where kind <> 'REVIEW' and state in ('OPEN','CLAIMED')`,
  `create index review_tasks_idle on review_tasks (active_at) where state = 'CLAIMED'`,
  `create index review_tasks_held on review_tasks (assignee) where state = 'CLAIMED'`,

  `alter table review_actions
     add column on_behalf_of text,
     add column terms jsonb,
     drop constraint review_actions_action_check,
     add constraint review_actions_action_check check (action in ('CLAIM','RELEASE','STEAL','ASSIGN','LAPSE','APPROVE',
       'DECLINE','REQUEST_MORE','RETURN','UPHOLD','OVERTURN','CONTACT','PROMISE','CURED','CORRECT','ANSWER')),
     add constraint review_actions_lent check (on_behalf_of is null or on_behalf_of <> actor)`,
  // Lent authority is a person's too: whoever approved, or had it approved in their name, is not asked again.
  `create unique index review_one_approval_lent on review_actions (application_id, round, on_behalf_of)
     where action = 'APPROVE' and on_behalf_of is not null`,
  `drop index review_one_decision_a_task`,
  `create unique index review_one_decision_a_task on review_actions (task_id)
     where action in ('APPROVE','DECLINE','RETURN','UPHOLD','OVERTURN')`,
];

const PEOPLE: readonly string[] = [
  `create table desk_people (
    subject text primary key,
    roles text[] not null,
    limit_fen bigint check (limit_fen >= 0),
    capacity integer not null default 10 check (capacity between 1 and 200),
    on_desk boolean not null default false,
    away_from timestamptz,
    away_until timestamptz,
    last_given_at timestamptz,
    updated_at timestamptz not null default now(),
    check ((away_from is null) = (away_until is null)),
    check (away_from is null or away_from < away_until)
  )`,
  `create table authority_changes (
    id uuid primary key,
    subject text not null,
    limit_fen bigint check (limit_fen >= 0),
    capacity integer not null check (capacity between 1 and 200),
    reason text not null,
    state text not null default 'PROPOSED' check (state in ('PROPOSED','APPROVED','REJECTED')),
    proposed_by text not null,
    decided_by text,
    proposed_at timestamptz not null default now(),
    decided_at timestamptz,
    check ((state = 'PROPOSED') = (decided_by is null)),
    check (decided_by is null or (decided_by <> proposed_by and decided_by <> subject))
  )`,
  `create table delegations (
    id uuid primary key,
    from_subject text not null,
    to_subject text not null,
    role text not null check (role in ('reviewer','senior-reviewer','risk-officer')),
    limit_fen bigint not null check (limit_fen > 0),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    reason text not null,
    state text not null default 'PROPOSED' check (state in ('PROPOSED','APPROVED','REJECTED','ENDED')),
    proposed_by text not null,
    decided_by text,
    proposed_at timestamptz not null default now(),
    decided_at timestamptz,
    ended_at timestamptz,
    check (from_subject <> to_subject),
    check (starts_at < ends_at and ends_at <= starts_at + interval '90 days'),
    check (state in ('PROPOSED') = (decided_by is null)),
    check (decided_by is null or (decided_by <> proposed_by and decided_by <> to_subject and decided_by <> from_subject))
  )`,
  `create index delegations_to on delegations (to_subject, ends_at) where state = 'APPROVED'`,
  `create table conflict_declarations (
    id uuid primary key,
    subject text not null,
    identity_index bytea not null,
    relation text not null check (relation in ('SELF','RELATIVE','FRIEND','BUSINESS','OTHER')),
    declared_at timestamptz not null default now(),
    ended_at timestamptz
  )`,
  `create unique index conflict_declarations_one on conflict_declarations (subject, identity_index) where ended_at is null`,
  `create index conflict_declarations_of on conflict_declarations (identity_index) where ended_at is null`,
];

const CONDITIONS: readonly string[] = [
  `create table loan_conditions (
    id uuid primary key,
    application_id uuid not null references applications,
    round integer not null,
    kind text not null,
    gate text not null check (gate in ('OFFER','CONTRACT','MONEY')),
    state text not null default 'ISSUED' check (state in ('ISSUED','ANSWERED','CLEARED','WAIVER_PROPOSED','WAIVED')),
    issued_by text not null,
    sealed_answer bytea,
    answered_at timestamptz,
    proposed_by text,
    closed_by text,
    reason text,
    created_at timestamptz not null default now(),
    closed_at timestamptz,
    unique (application_id, round, kind),
    check ((state in ('CLEARED','WAIVED')) = (closed_by is not null)),
    check (state <> 'WAIVED' or (proposed_by is not null and closed_by <> proposed_by))
  )`,
  `create index loan_conditions_open on loan_conditions (application_id) where state not in ('CLEARED','WAIVED')`,
  `create table approval_undos (
    id uuid primary key,
    application_id uuid not null references applications,
    round integer not null,
    stage text not null,
    reason text not null,
    state text not null default 'PROPOSED' check (state in ('PROPOSED','APPROVED','REJECTED')),
    proposed_by text not null,
    decided_by text,
    proposed_at timestamptz not null default now(),
    decided_at timestamptz,
    check ((state = 'PROPOSED') = (decided_by is null)),
    check (decided_by is null or decided_by <> proposed_by)
  )`,
  `create unique index approval_undos_one_open on approval_undos (application_id) where state = 'PROPOSED'`,
  // Why a decision must be made by people whatever the strategy says; null when nothing asks for it.
  `alter table applications add column referral text`,
  `create table case_looks (
    application_id uuid not null references applications,
    subject text not null,
    evidence_version integer not null,
    looked_at timestamptz not null,
    primary key (application_id, subject)
  )`,
];

const GROUND: readonly string[] = [
  // The approval matrix is one more kind of rules, with the same life.
  `alter table rulebooks drop constraint rulebooks_kind_check,
     add constraint rulebooks_kind_check check (kind in ('PRODUCT','POLICY','SCORECARD','STRATEGY','MATRIX'))`,
  `alter table rule_drafts drop constraint rule_drafts_kind_check,
     add constraint rule_drafts_kind_check check (kind in ('PRODUCT','POLICY','SCORECARD','STRATEGY','MATRIX'))`,
  // What changed after an application was submitted, so that a decision on the evidence before it can be told what.
  `create table evidence_changes (
    application_id uuid not null references applications,
    version integer not null check (version > 0),
    what text not null check (what in ('FORM','ANSWER','DOCUMENT')),
    at timestamptz not null default now(),
    primary key (application_id, version)
  )`,
  `create trigger evidence_changes_append_only before update or delete on evidence_changes
     for each row execute function refuse_change()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...GROUND, ...REVIEW, ...PEOPLE, ...CONDITIONS])
    await sql.raw(statement).execute(db);
}
