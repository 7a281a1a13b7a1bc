/** The life of rules: drafts and their history, what is in force since when, the kill switch, and decisions looked at again. */
import { type Kysely, sql } from 'kysely';

const DRAFT_TABLES: readonly string[] = [
  `create table rule_drafts (
    id uuid primary key,
    kind text not null check (kind in ('PRODUCT','POLICY','SCORECARD','STRATEGY')),
    code text not null check (code ~ '^[A-Z][A-Z0-9_]{1,63}$'),
    version integer not null check (version > 0),
    state text not null default 'DRAFT'
      check (state in ('DRAFT','CHECKED','PROPOSED','APPROVED','REJECTED','WITHDRAWN')),
    document jsonb not null,
    document_sm3 text not null check (document_sm3 ~ '^[0-9a-f]{64}$'),
    checked_sm3 text,
    check_report jsonb,
    created_by text not null,
    edited_by text not null,
    proposed_by text,
    approved_by text,
    created_at timestamptz not null default now(),
    edited_at timestamptz not null default now(),
    constraint rule_drafts_checked check (
      state not in ('CHECKED','PROPOSED','APPROVED') or checked_sm3 is not distinct from document_sm3),
    constraint rule_drafts_proposed check (state not in ('PROPOSED','APPROVED') or proposed_by is not null),
    constraint rule_drafts_approved check ((state = 'APPROVED') = (approved_by is not null)),
    constraint rule_drafts_two_people check (
      approved_by is null
      or (proposed_by is not null and approved_by <> proposed_by and approved_by <> edited_by and approved_by <> created_by))
  )`,
  `create unique index rule_drafts_version on rule_drafts (kind, code, version) where state not in ('REJECTED','WITHDRAWN')`,
  `create index rule_drafts_newest on rule_drafts (created_at desc, id)`,
  // Whatever writes, a draft goes from state to state as domain/rule-life.ts has it, and what was closed stays closed.
  `create function guard_rule_draft() returns trigger language plpgsql set search_path from current as $$
   begin
     if tg_op = 'DELETE' or old.state in ('APPROVED','REJECTED','WITHDRAWN') then
       raise exception 'a draft of rules that is closed does not change' using errcode = 'restrict_violation';
     end if;
     if (new.id, new.kind, new.code, new.version, new.created_by) is distinct from (old.id, old.kind, old.code, old.version, old.created_by) then
       raise exception 'a draft of rules keeps its name' using errcode = 'restrict_violation';
     end if;
     if new.document is distinct from old.document and (new.state <> 'DRAFT' or new.document_sm3 = old.document_sm3) then
       raise exception 'a changed document is a draft again' using errcode = 'restrict_violation';
     end if;
     if new.state <> old.state and (old.state, new.state) not in (
       ('DRAFT','CHECKED'), ('CHECKED','DRAFT'), ('CHECKED','PROPOSED'), ('PROPOSED','APPROVED'), ('PROPOSED','REJECTED'),
       ('DRAFT','WITHDRAWN'), ('CHECKED','WITHDRAWN'), ('PROPOSED','WITHDRAWN')) then
       raise exception 'a draft of rules does not go from % to %', old.state, new.state using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger rule_drafts_guard before update or delete on rule_drafts for each row execute function guard_rule_draft()`,
  `create table rule_draft_events (
    id bigint generated always as identity primary key,
    draft_id uuid not null references rule_drafts,
    act text not null check (act in ('CREATE','EDIT','CHECK','CHECK_FAILED','PROPOSE','APPROVE','REJECT','WITHDRAW')),
    state text not null,
    actor text not null,
    actor_role text not null,
    reason text not null,
    document_sm3 text not null,
    at timestamptz not null default clock_timestamp()
  )`,
  `create index rule_draft_events_by_draft on rule_draft_events (draft_id, id)`,
];

const FORCE_TABLES: readonly string[] = [
  `create table rule_activations (
    id bigint generated always as identity primary key,
    kind text not null,
    code text not null,
    version integer not null,
    effective_from timestamptz not null,
    cause text not null check (cause in ('SHIPPED','APPROVED','ROLLBACK')),
    draft_id uuid references rule_drafts,
    proposed_by text,
    activated_by text not null,
    reason text not null,
    at timestamptz not null default now(),
    foreign key (kind, code, version) references rulebooks,
    constraint rule_activations_two_people check (
      cause <> 'APPROVED' or (draft_id is not null and proposed_by is not null and activated_by <> proposed_by))
  )`,
  `create index rule_activations_newest on rule_activations (kind, effective_from desc, id desc)`,
  `create table rule_cancellations (
    activation_id bigint primary key references rule_activations,
    cancelled_by text not null,
    reason text not null,
    at timestamptz not null default now()
  )`,
  // Only what two people approved takes effect, and only what was in force before comes back by one.
  `create function guard_rule_activation() returns trigger language plpgsql set search_path from current as $$
   begin
     if new.cause = 'APPROVED' and not exists (
       select from rule_drafts d join rulebooks b using (kind, code, version)
        where d.id = new.draft_id and d.state = 'APPROVED' and d.document_sm3 = b.document_sm3
          and (d.kind, d.code, d.version) = (new.kind, new.code, new.version)
          and d.proposed_by = new.proposed_by and d.approved_by = new.activated_by) then
       raise exception 'this version was not approved' using errcode = 'restrict_violation';
     end if;
     if new.cause = 'ROLLBACK' and not exists (
       select from rule_activations a
        where (a.kind, a.code, a.version) = (new.kind, new.code, new.version) and a.effective_from <= clock_timestamp()
          and not exists (select from rule_cancellations c where c.activation_id = a.id)) then
       raise exception 'this version was never in force' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger rule_activations_guard before insert on rule_activations for each row execute function guard_rule_activation()`,
  `create function guard_rule_cancellation() returns trigger language plpgsql set search_path from current as $$
   begin
     if exists (select from rule_activations a where a.id = new.activation_id and a.effective_from <= clock_timestamp()) then
       raise exception 'what is in force is not cancelled' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger rule_cancellations_guard before insert on rule_cancellations for each row execute function guard_rule_cancellation()`,
  // Risk sees the decisions that are in its sight alone; that there is any at all is no secret from it.
  `create function any_decision() returns boolean language sql stable security definer set search_path from current as
   'select exists (select from decisions)'`,
  `insert into rule_activations (kind, code, version, effective_from, cause, activated_by, reason)
     select kind, code, version, effective_from, 'SHIPPED', 'system', 'PUBLISHED_BEFORE'
       from rulebooks order by effective_from, version`,
];

const SWITCH_TABLE: readonly string[] = [
  `create table rule_switches (
    id bigint generated always as identity primary key,
    act text not null check (act in ('ON','PROPOSE_OFF','OFF')),
    actor text not null,
    actor_role text not null,
    proposed_by text,
    reason text not null,
    at timestamptz not null default clock_timestamp(),
    constraint rule_switches_two_people check (
      (act = 'OFF') = (proposed_by is not null) and (proposed_by is null or proposed_by <> actor))
  )`,
  // One act after the other: what takes the switch off answers the proposal that stands, and no other.
  `create function guard_rule_switch() returns trigger language plpgsql set search_path from current as $$
   declare last rule_switches%rowtype;
   begin
     perform pg_advisory_xact_lock(hashtextextended('rule_switches', 0));
     select * into last from rule_switches order by id desc limit 1;
     if (new.act = 'PROPOSE_OFF' and coalesce(last.act, 'OFF') <> 'ON')
        or (new.act = 'OFF' and (coalesce(last.act, 'OFF') <> 'PROPOSE_OFF' or last.actor <> new.proposed_by)) then
       raise exception 'the kill switch is not in a state for this' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger rule_switches_guard before insert on rule_switches for each row execute function guard_rule_switch()`,
];

const REVIEW_TABLE: readonly string[] = [
  // Shaped as a task: id, state, assignee, due.
  `create table decision_reviews (
    id uuid primary key,
    decision_id uuid not null unique references decisions,
    application_id uuid not null references applications,
    owner_subject text not null,
    state text not null default 'OPEN' check (state in ('OPEN','CLAIMED','DECIDED')),
    assignee text,
    due_on date not null,
    sealed_statement bytea,
    outcome text check (outcome in ('UPHELD','OVERTURNED')),
    reasons text[] not null default '{}',
    sealed_comment bytea,
    decided_by text,
    requested_at timestamptz not null,
    claimed_at timestamptz,
    reminded_at timestamptz,
    overdue_at timestamptz,
    decided_at timestamptz,
    answered_at timestamptz,
    constraint decision_reviews_assigned check ((state = 'OPEN') = (assignee is null)),
    constraint decision_reviews_decided check ((state = 'DECIDED') = (outcome is not null and decided_by is not null)),
    constraint decision_reviews_by_assignee check (decided_by is null or decided_by = assignee),
    constraint decision_reviews_not_own check (assignee is null or assignee <> owner_subject)
  )`,
  `create index decision_reviews_by_application on decision_reviews (application_id)`,
  `create index decision_reviews_open on decision_reviews (due_on, id) where state <> 'DECIDED'`,
  // A person looks who neither proposed nor approved nor wrote the strategy that decided.
  `create function guard_decision_review() returns trigger language plpgsql set search_path from current as $$
   begin
     if old.state = 'DECIDED' and (new.outcome, new.reasons, new.decided_by, new.assignee)
        is distinct from (old.outcome, old.reasons, old.decided_by, old.assignee) then
       raise exception 'a review that was decided stands' using errcode = 'restrict_violation';
     end if;
     if new.assignee is not null and exists (
       select from decisions d
         join rule_drafts r on r.kind = 'STRATEGY' and r.state = 'APPROVED'
          and r.code = d.versions -> 'strategy' ->> 'code' and r.version = (d.versions -> 'strategy' ->> 'version')::integer
        where d.id = new.decision_id and new.assignee in (r.created_by, r.edited_by, r.proposed_by, r.approved_by)) then
       raise exception 'nobody reviews a decision of a strategy of their own' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger decision_reviews_guard before update on decision_reviews for each row execute function guard_decision_review()`,
];

const APPEND_ONLY = [
  'rule_draft_events',
  'rule_activations',
  'rule_cancellations',
  'rule_switches',
];

const STATEMENTS: readonly string[] = [
  ...DRAFT_TABLES,
  ...FORCE_TABLES,
  ...SWITCH_TABLE,
  ...REVIEW_TABLE,
  ...APPEND_ONLY.flatMap((table) => [
    `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
    `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
  ]),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
