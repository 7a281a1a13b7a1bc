/** The tables of one loan's story, from the form to the last repayment. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // Rules as data: products, policies, scorecards and strategies, each version immutable once published.
  `create table rulebooks (
    kind text not null check (kind in ('PRODUCT','POLICY','SCORECARD','STRATEGY')),
    code text not null,
    version integer not null check (version > 0),
    document jsonb not null,
    document_sm3 text not null,
    effective_from timestamptz not null,
    published_at timestamptz not null default now(),
    primary key (kind, code, version)
  )`,

  // apply
  `create table applicants (
    id uuid primary key,
    kind text not null check (kind in ('PERSON','ENTERPRISE')),
    identity_index bytea not null,
    created_at timestamptz not null default now(),
    unique (kind, identity_index)
  )`,
  `create table applications (
    id uuid primary key,
    external_id text,
    owner_subject text not null,
    applicant_kind text not null check (applicant_kind in ('PERSON','ENTERPRISE')),
    applicant_id uuid references applicants,
    product_code text,
    stage text not null,
    version integer not null default 0,
    evidence_version integer not null default 1,
    round integer not null default 1,
    amount_fen bigint check (amount_fen > 0),
    term_months integer check (term_months > 0),
    pinned jsonb,
    pending text,
    end_reason text,
    reminded_at timestamptz,
    submitted_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create unique index applications_external on applications (owner_subject, external_id) where external_id is not null`,
  `create index applications_by_owner on applications (owner_subject, created_at desc, id desc)`,
  `create index applications_by_applicant on applications (applicant_id, created_at)`,
  `create index applications_drafts on applications (updated_at) where stage = 'APPLY'`,
  `create table application_pages (
    application_id uuid not null references applications,
    page smallint not null check (page between 1 and 3),
    revision integer not null check (revision > 0),
    sealed bytea not null,
    created_at timestamptz not null default now(),
    primary key (application_id, page, revision)
  )`,
  `create table device_trails (
    application_id uuid primary key references applications,
    sealed bytea not null,
    created_at timestamptz not null default now()
  )`,
  `create table documents (
    id uuid primary key,
    application_id uuid not null references applications,
    kind text not null check (kind in ('FACE','AUTHORISATION','CONTRACT')),
    object_key text not null,
    sm3 text not null,
    size_bytes integer not null,
    media_type text not null,
    created_at timestamptz not null default now()
  )`,
  `create index documents_by_application on documents (application_id, kind, created_at)`,

  // The journey, its proof and what is owed to the outside because of it.
  `create table journey_events (
    id bigint generated always as identity primary key,
    application_id uuid not null references applications,
    number integer not null,
    from_stage text not null,
    to_stage text not null,
    actor_kind text not null check (actor_kind in ('human','system','timer')),
    actor text not null,
    actor_role text,
    reason text not null,
    cause text not null,
    versions jsonb not null,
    at timestamptz not null default now(),
    unique (application_id, number),
    unique (application_id, cause)
  )`,
  `create table audit_entries (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null,
    actor_role text,
    action text not null,
    subject_kind text not null,
    subject_id text not null,
    result text not null,
    detail jsonb not null
  )`,
  `create index audit_by_subject on audit_entries (subject_kind, subject_id, id)`,
  `create table outbox (
    id uuid primary key,
    topic text not null,
    application_id uuid not null references applications,
    payload jsonb not null,
    state text not null default 'PENDING' check (state in ('PENDING','DELIVERED','FAILED')),
    attempts integer not null default 0,
    next_at timestamptz not null default now(),
    failure_code text,
    created_at timestamptz not null default now(),
    delivered_at timestamptz
  )`,
  `create index outbox_due on outbox (next_at) where state = 'PENDING'`,

  // Calls that leave the house and cost money or change something there: the row comes before the call.
  `create table outside_requests (
    request_no text primary key,
    application_id uuid not null references applications,
    step text not null,
    service text not null,
    operation text not null,
    state text not null check (state in ('PENDING','ANSWERED')),
    code text,
    charged boolean,
    sealed_answer bytea,
    sends integer not null default 0,
    created_at timestamptz not null default now(),
    answered_at timestamptz,
    unique (application_id, step)
  )`,

  // verify
  `create table authorisations (
    id uuid primary key,
    application_id uuid not null references applications,
    applicant_id uuid not null references applicants,
    template_version text not null,
    text_sm3 text not null,
    sealed_text bytea not null,
    terms jsonb not null,
    state text not null check (state in ('SHOWN','AGREED','WITHDRAWN','EXPIRED')),
    agreed_at timestamptz,
    agreed_by text,
    valid_until timestamptz,
    ended_at timestamptz,
    created_at timestamptz not null default now()
  )`,
  `create unique index authorisations_one_agreed on authorisations (application_id) where state = 'AGREED'`,
  `create index authorisations_by_application on authorisations (application_id, created_at)`,
  `create table verifications (
    application_id uuid not null references applications,
    evidence_version integer not null,
    kind text not null check (kind in ('TWO_FACTOR','MOBILE','BANK_CARD','FACE')),
    outcome text not null check (outcome in ('MATCH','MISMATCH','NO_DATA','UNAVAILABLE')),
    detail jsonb not null,
    request_no text,
    at timestamptz not null default now(),
    primary key (application_id, evidence_version, kind)
  )`,

  // bureau
  `create table bureau_reports (
    id uuid primary key,
    applicant_id uuid not null references applicants,
    authorisation_id uuid not null references authorisations,
    bureau text not null check (bureau in ('PBOC','BAIHANG')),
    request_no text not null unique references outside_requests,
    outcome text not null check (outcome in ('REPORT','NO_RECORD')),
    sealed_report bytea,
    report_sm3 text not null,
    received_at timestamptz not null default now(),
    valid_until timestamptz not null
  )`,
  `create index bureau_reports_reusable on bureau_reports (applicant_id, bureau, valid_until desc)`,
  `create table bureau_evidence (
    application_id uuid not null references applications,
    round integer not null,
    bureau text not null,
    report_id uuid references bureau_reports,
    gap text,
    at timestamptz not null default now(),
    primary key (application_id, round, bureau),
    check ((report_id is null) <> (gap is null))
  )`,

  `create table registry_screenings (
    application_id uuid not null references applications,
    round integer not null,
    sanctions_hit boolean,
    court_open_cases integer,
    detail jsonb not null,
    at timestamptz not null default now(),
    primary key (application_id, round)
  )`,

  // fraud
  `create table fraud_links (
    application_id uuid not null references applications,
    kind text not null check (kind in ('DEVICE','MOBILE','CARD','ADDRESS','CONTACT','EMPLOYER_PHONE')),
    value_index bytea not null,
    applicant_id uuid not null references applicants,
    created_at timestamptz not null default now(),
    primary key (application_id, kind, value_index)
  )`,
  `create index fraud_links_by_value on fraud_links (kind, value_index, created_at)`,
  `create table watch_list (
    kind text not null check (kind in ('BLACK','GREY','WHITE')),
    subject text not null check (subject in ('ID_NUMBER','MOBILE','CARD','DEVICE')),
    value_index bytea not null,
    source text not null,
    reason text not null,
    added_at timestamptz not null default now(),
    primary key (subject, value_index, kind)
  )`,
  `create table fraud_assessments (
    application_id uuid not null references applications,
    round integer not null,
    evidence_version integer not null,
    level text not null check (level in ('LOW','MEDIUM','HIGH')),
    signals jsonb not null,
    at timestamptz not null default now(),
    primary key (application_id, round)
  )`,

  // score and decide
  `create table scores (
    application_id uuid not null references applications,
    round integer not null,
    evidence_version integer not null,
    scorecard_code text not null,
    scorecard_version integer not null,
    total integer not null,
    grade text not null,
    complete boolean not null,
    contributions jsonb not null,
    sealed_variables bytea not null,
    variables_sm3 text not null,
    at timestamptz not null default now(),
    primary key (application_id, round)
  )`,
  `create table decisions (
    id uuid primary key,
    application_id uuid not null references applications,
    round integer not null,
    evidence_version integer not null,
    outcome text not null check (outcome in ('APPROVE','DECLINE','REFER')),
    reasons text[] not null,
    gaps text[] not null,
    grade text,
    amount_fen bigint,
    annual_rate text,
    approvals jsonb not null,
    trace jsonb not null,
    versions jsonb not null,
    at timestamptz not null default now(),
    unique (application_id, round)
  )`,
  `create table review_tasks (
    id uuid primary key,
    application_id uuid not null references applications,
    round integer not null,
    level smallint not null check (level > 0),
    roles text[] not null,
    state text not null check (state in ('OPEN','CLAIMED','DECIDED','CANCELLED')),
    assignee text,
    claimed_at timestamptz,
    evidence_version integer not null,
    sla_due_at timestamptz not null,
    reminded_at timestamptz,
    escalated_at timestamptz,
    closed_at timestamptz,
    created_at timestamptz not null default now(),
    unique (application_id, round, level),
    check (state <> 'CLAIMED' or assignee is not null)
  )`,
  `create index review_tasks_open on review_tasks (sla_due_at, id) where state in ('OPEN','CLAIMED')`,
  `create table review_actions (
    id uuid primary key,
    task_id uuid not null references review_tasks,
    application_id uuid not null references applications,
    round integer not null,
    actor text not null,
    actor_role text not null,
    action text not null check (action in ('CLAIM','APPROVE','DECLINE','REQUEST_MORE','RETURN')),
    reasons text[] not null,
    sealed_comment bytea,
    amount_fen bigint,
    evidence_version integer not null,
    cause text not null unique,
    at timestamptz not null default now()
  )`,
  // Four eyes in the database: one person approves a round once, and one level is decided once.
  `create unique index review_one_approval_each on review_actions (application_id, round, actor) where action = 'APPROVE'`,
  `create unique index review_one_decision_a_task on review_actions (task_id) where action in ('APPROVE','DECLINE','RETURN')`,
  `create table information_requests (
    id uuid primary key,
    application_id uuid not null references applications,
    task_id uuid not null references review_tasks,
    items jsonb not null,
    requested_by text not null,
    state text not null check (state in ('OPEN','SUPPLIED','CANCELLED')),
    sealed_answer bytea,
    created_at timestamptz not null default now(),
    closed_at timestamptz
  )`,
  `create unique index information_requests_one_open on information_requests (application_id) where state = 'OPEN'`,

  // offer
  `create table offers (
    id uuid primary key,
    application_id uuid not null references applications,
    round integer not null,
    product_code text not null,
    product_version integer not null,
    amount_fen bigint not null check (amount_fen > 0),
    term_months integer not null check (term_months > 0),
    method text not null,
    annual_rate text not null,
    annualised_simple text not null,
    annualised_compound text not null,
    schedule jsonb not null,
    cap_rule jsonb not null,
    state text not null check (state in ('OPEN','ACCEPTED','DECLINED','EXPIRED','CANCELLED')),
    valid_until timestamptz not null,
    answered_at timestamptz,
    created_at timestamptz not null default now(),
    unique (application_id, round)
  )`,

  // contract and sign
  `create table contracts (
    id uuid primary key,
    application_id uuid not null references applications,
    offer_id uuid not null unique references offers,
    number text not null unique,
    document_id uuid not null references documents,
    sm3 text not null,
    state text not null check (state in ('READY','SIGNED','VOID')),
    created_at timestamptz not null default now(),
    signed_at timestamptz
  )`,
  // The applicant's one-time key, sealed, from before the certificate is asked for until the signature is made.
  `create table signing_keys (
    contract_id uuid primary key references contracts,
    sealed_key bytea,
    csr bytea not null,
    created_at timestamptz not null default now(),
    destroyed_at timestamptz,
    check ((sealed_key is null) = (destroyed_at is not null))
  )`,
  `create table certificates (
    contract_id uuid primary key references contracts,
    serial text not null,
    chain_pem text not null,
    state text not null check (state in ('ISSUED','REVOKED')),
    issued_at timestamptz not null default now(),
    revoked_at timestamptz
  )`,
  `create table signatures (
    contract_id uuid not null references contracts,
    party text not null check (party in ('APPLICANT','LENDER')),
    public_key text not null,
    digest_sm3 text not null,
    signature bytea not null,
    signed_by text not null,
    at timestamptz not null default now(),
    primary key (contract_id, party)
  )`,
  `create table timestamps (
    contract_id uuid not null references contracts,
    moment text not null check (moment in ('BEFORE','AFTER')),
    imprint_sm3 text not null,
    reply bytea not null,
    generated_at timestamptz not null,
    primary key (contract_id, moment)
  )`,
  `create table recordings (
    id uuid primary key,
    application_id uuid not null references applications,
    contract_id uuid not null references contracts,
    state text not null check (state in ('OPEN','COMPLETE')),
    opened_by text not null,
    chunk_count integer,
    chain_sm3 text,
    created_at timestamptz not null default now(),
    completed_at timestamptz
  )`,
  `create unique index recordings_one_complete on recordings (contract_id) where state = 'COMPLETE'`,
  `create table recording_chunks (
    recording_id uuid not null references recordings,
    number integer not null check (number >= 0),
    sm3 text not null,
    size_bytes integer not null,
    object_key text not null,
    received_at timestamptz not null default now(),
    primary key (recording_id, number)
  )`,

  // disburse
  `create table payouts (
    id uuid primary key,
    application_id uuid not null references applications,
    contract_id uuid not null references contracts,
    attempt integer not null check (attempt > 0),
    request_no text not null unique,
    amount_fen bigint not null check (amount_fen > 0),
    sealed_account bytea not null,
    state text not null check (state in ('READY','RELEASED','SENT','ACCEPTED','UNKNOWN','PAID','REFUSED','CANCELLED')),
    released_by text,
    retry_proposed_by text,
    retry_approved_by text,
    bank_reference text unique,
    failure_code text,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    settled_at timestamptz,
    unique (application_id, attempt),
    check (retry_proposed_by is null or retry_approved_by is null or retry_proposed_by <> retry_approved_by),
    check (attempt = 1 or (retry_proposed_by is not null and retry_approved_by is not null))
  )`,
  // Never two payouts of one loan that could both reach the borrower.
  `create unique index payouts_one_live on payouts (application_id) where state not in ('REFUSED','CANCELLED')`,
  `create table payout_retries (
    payout_id uuid primary key references payouts,
    action text not null check (action in ('RETRY','CANCEL')),
    proposed_by text not null,
    reason text not null,
    approved_by text,
    proposed_at timestamptz not null default now(),
    approved_at timestamptz,
    check (approved_by is null or approved_by <> proposed_by)
  )`,

  // service
  `create table loans (
    id uuid primary key,
    application_id uuid not null unique references applications,
    payout_id uuid not null unique references payouts,
    number text not null unique,
    principal_fen bigint not null check (principal_fen > 0),
    annual_rate text not null,
    term_months integer not null,
    method text not null,
    disbursed_on date not null,
    state text not null check (state in ('ACTIVE','OVERDUE','SETTLED')),
    days_past_due integer not null default 0,
    version integer not null default 1,
    settled_at timestamptz,
    created_at timestamptz not null default now()
  )`,
  `create table instalments (
    loan_id uuid not null references loans,
    number integer not null check (number > 0),
    due_date date not null,
    principal_fen bigint not null check (principal_fen >= 0),
    interest_fen bigint not null check (interest_fen >= 0),
    fee_fen bigint not null check (fee_fen >= 0),
    paid_principal_fen bigint not null default 0,
    paid_interest_fen bigint not null default 0,
    paid_fee_fen bigint not null default 0,
    primary key (loan_id, number),
    check (paid_principal_fen between 0 and principal_fen),
    check (paid_interest_fen between 0 and interest_fen),
    check (paid_fee_fen between 0 and fee_fen)
  )`,
  `create table repayments (
    notice_id text primary key,
    loan_id uuid not null references loans,
    bank_reference text not null unique,
    amount_fen bigint not null check (amount_fen > 0),
    allocations jsonb not null,
    unallocated_fen bigint not null check (unallocated_fen >= 0),
    received_on date not null,
    recorded_at timestamptz not null default now()
  )`,

  // people who mend, and the border
  `create table operator_cases (
    id uuid primary key,
    application_id uuid not null references applications,
    step text not null,
    failure_code text not null,
    cause text not null unique,
    state text not null check (state in ('OPEN','PROPOSED','RESOLVED')),
    action text check (action in ('RETRY','SKIP')),
    proposed_by text,
    approved_by text,
    reason text,
    created_at timestamptz not null default now(),
    resolved_at timestamptz,
    check (approved_by is null or approved_by <> proposed_by)
  )`,
  `create index operator_cases_open on operator_cases (created_at) where state <> 'RESOLVED'`,
  `create table bank_notices (
    notice_id text primary key,
    kind text not null,
    workflow_id text,
    sealed_body bytea not null,
    state text not null check (state in ('RECEIVED','FORWARDED','UNMATCHED')),
    received_at timestamptz not null default now(),
    forwarded_at timestamptz
  )`,
  `create table seen_nonces (
    caller text not null,
    nonce text not null,
    seen_at timestamptz not null default now(),
    primary key (caller, nonce)
  )`,
  `create table idempotency_keys (
    actor text not null,
    key text not null,
    request_sm3 text not null,
    state text not null check (state in ('RUNNING','DONE')),
    lease_until timestamptz not null,
    status integer,
    sealed_response bytea,
    created_at timestamptz not null default now(),
    primary key (actor, key)
  )`,

  // What was recorded stays as it was recorded.
  `create function refuse_change() returns trigger language plpgsql as $$
   begin
     raise exception 'rows of % are append-only', tg_table_name using errcode = 'restrict_violation';
   end $$`,
  ...[
    'journey_events',
    'audit_entries',
    'review_actions',
    'signatures',
    'timestamps',
    'repayments',
    'rulebooks',
  ].map(
    (table) =>
      `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
  ),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
