/**
 * Loans that go bad: the class of each and what changed it, what people decided about it, write-offs, and every attempt to
 * reach a borrower with what stops them.
 */
import { type Kysely, sql } from 'kysely';

const TIER = `('NORMAL','SPECIAL_MENTION','SUBSTANDARD','DOUBTFUL','LOSS')`;
/** Place of a class in the ladder of five, the best first. */
const rankOf = (tier: string) =>
  `array_position(array['NORMAL','SPECIAL_MENTION','SUBSTANDARD','DOUBTFUL','LOSS'], ${tier})`;

const STATEMENTS: readonly string[] = [
  // One row a loan, from its first close of day on. What it counts only grows, and the tier is lifted by two people alone.
  `create table loan_standings (
    loan_id uuid primary key references loans,
    tier text not null default 'NORMAL' check (tier in ${TIER}),
    tier_since date not null,
    days_past_due integer not null default 0 check (days_past_due >= 0),
    worst_days_past_due integer not null default 0 check (worst_days_past_due >= days_past_due),
    first_days_past_due integer not null default 0 check (first_days_past_due >= 0),
    first_due date,
    arrears_seen_on date,
    closed_on date not null,
    written_off_on date,
    written_off_fen bigint check (written_off_fen > 0),
    written_off_principal_fen bigint check (written_off_principal_fen between 0 and written_off_fen),
    check ((written_off_on is null) = (written_off_fen is null)),
    check ((written_off_on is null) = (written_off_principal_fen is null))
  )`,
  `create table loan_acts (
    id uuid primary key,
    loan_id uuid not null references loans,
    kind text not null check (kind in ('WORSEN','LIFT','WRITE_OFF')),
    event text check (event in ('MANUAL','IMPAIRED','FRAUD')),
    to_tier text check (to_tier in ${TIER}),
    reason text not null check (reason ~ '^[A-Z][A-Z0-9_]{1,63}$'),
    state text not null default 'PROPOSED' check (state in ('PROPOSED','APPROVED','REJECTED','APPLIED','REFUSED')),
    refusal text,
    proposed_by text not null,
    decided_by text,
    proposed_at timestamptz not null default now(),
    decided_at timestamptz,
    carried_out_at timestamptz,
    check ((kind = 'WORSEN') = (event is not null)),
    check ((kind = 'WRITE_OFF') = (to_tier is null)),
    check ((state = 'REFUSED') = (refusal is not null)),
    check ((state in ('APPLIED','REFUSED')) = (carried_out_at is not null)),
    check ((decided_by is null) = (decided_at is null)),
    constraint loan_acts_two_people check (decided_by <> proposed_by),
    constraint loan_acts_decided check (kind = 'WORSEN' or state = 'PROPOSED' or decided_by is not null)
  )`,
  `create unique index loan_acts_one_open on loan_acts (loan_id, kind) where state in ('PROPOSED','APPROVED')`,
  `create index loan_acts_of_loan on loan_acts (loan_id, proposed_at)`,
  `create table loan_class_changes (
    id bigint generated always as identity primary key,
    loan_id uuid not null references loans,
    from_tier text not null check (from_tier in ${TIER}),
    to_tier text not null check (to_tier in ${TIER}),
    act_id uuid unique references loan_acts,
    on_day date not null,
    recorded_at timestamptz not null default now(),
    check (from_tier <> to_tier)
  )`,
  `create index loan_class_changes_of_loan on loan_class_changes (loan_id, id)`,
  `create table contact_attempts (
    id uuid primary key,
    loan_id uuid not null references loans,
    channel text not null check (channel in ('CALL','MESSAGE','VISIT')),
    target text not null check (target in ('DEBTOR','RELATED')),
    line text not null check (line in ('MOBILE','CONTACT_1','CONTACT_2','WORKPLACE','HOME')),
    purpose text not null check (purpose in ('COLLECT','RELAY')),
    people integer not null check (people > 0),
    recorded boolean not null,
    night_consent boolean not null,
    begun_by text not null,
    begun_at timestamptz not null default now(),
    check (target = 'DEBTOR' or purpose = 'RELAY')
  )`,
  `create index contact_attempts_of_loan on contact_attempts (loan_id, begun_at)`,
  `create table contact_outcomes (
    attempt_id uuid primary key references contact_attempts,
    outcome text not null check (outcome in ('REACHED','NOT_REACHED','WRONG_NUMBER','REFUSED_TO_SPEAK')),
    told_by text not null,
    told_at timestamptz not null default now()
  )`,
  `create table contact_stops (
    id uuid primary key,
    loan_id uuid not null references loans,
    cause text not null check (cause in ('DISPUTED','COMPLAINT','DECEASED')),
    reason text not null check (reason ~ '^[A-Z][A-Z0-9_]{1,63}$'),
    stopped_by text not null,
    stopped_at timestamptz not null default now(),
    lifted_by text,
    lifted_reason text,
    lifted_at timestamptz,
    check ((lifted_by is null) = (lifted_at is null)),
    check ((lifted_by is null) = (lifted_reason is null)),
    constraint contact_stops_two_people check (lifted_by <> stopped_by)
  )`,
  `create unique index contact_stops_one_open on contact_stops (loan_id, cause) where lifted_at is null`,
  // A person's contacts over all their loans: limits are the person's, and the desk sees the loans under its hands only.
  `create view contact_history as
     select coalesce(p.applicant_id, p.id) as person_id, c.id, c.loan_id, c.channel, c.target, c.line, c.begun_at, o.outcome
       from contact_attempts c
       join loans l on l.id = c.loan_id
       join applications p on p.id = l.application_id
       left join contact_outcomes o on o.attempt_id = c.id`,
  `create view contact_stops_open as
     select coalesce(p.applicant_id, p.id) as person_id, s.loan_id, s.cause
       from contact_stops s
       join loans l on l.id = s.loan_id
       join applications p on p.id = l.application_id
      where s.lifted_at is null`,
  // Nobody but two people makes a class better: by an act of this loan, for this class. One person's act only worsens.
  `create function loan_class_lifted() returns trigger language plpgsql as $$
   begin
     if not exists (select from loan_acts a where a.id = new.act_id and a.loan_id = new.loan_id
                     and a.kind = 'LIFT' and a.state = 'APPROVED' and a.to_tier = new.to_tier) then
       raise exception 'no act of two people lifts this class' using errcode = 'check_violation', constraint = 'loan_class_changes_worsen';
     end if;
     return new;
   end $$`,
  `create trigger loan_class_changes_lifted before insert on loan_class_changes for each row
     when (${rankOf('new.to_tier')} < ${rankOf('new.from_tier')}) execute function loan_class_lifted()`,
  `create function loan_standing_lifted() returns trigger language plpgsql as $$
   begin
     if not exists (select from loan_acts a where a.loan_id = new.loan_id
                     and a.kind = 'LIFT' and a.state = 'APPROVED' and a.to_tier = new.tier) then
       raise exception 'no act of two people lifts this class' using errcode = 'check_violation', constraint = 'loan_standings_worsen';
     end if;
     return new;
   end $$`,
  `create trigger loan_standings_lifted before update of tier on loan_standings for each row
     when (${rankOf('new.tier')} < ${rankOf('old.tier')}) execute function loan_standing_lifted()`,
  `create function loan_written_off() returns trigger language plpgsql as $$
   begin
     if not exists (select from loan_acts a where a.loan_id = new.loan_id and a.kind = 'WRITE_OFF' and a.state = 'APPROVED') then
       raise exception 'no act of two people writes this loan off' using errcode = 'check_violation', constraint = 'loan_standings_written_off';
     end if;
     return new;
   end $$`,
  `create trigger loan_standings_written_off before update of written_off_on on loan_standings for each row
     when (new.written_off_on is distinct from old.written_off_on) execute function loan_written_off()`,
  `create trigger loan_standings_begun_off before insert on loan_standings for each row
     when (new.written_off_on is not null) execute function loan_written_off()`,
  ...['loan_class_changes', 'contact_attempts', 'contact_outcomes'].map(
    (table) =>
      `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
  ),
  // What is written off is no asset of the books any more: the record owes nothing on them, and the claim goes on beside.
  `create or replace view loan_balances as
     select l.id as loan_id,
            case when s.written_off_on is null then coalesce(i.fee_fen, 0) else 0 end::bigint as fee_fen,
            case when s.written_off_on is null then coalesce(i.penalty_fen, 0) else 0 end::bigint as penalty_fen,
            case when s.written_off_on is null then coalesce(i.interest_fen, 0) else 0 end::bigint as interest_fen,
            case when s.written_off_on is null then coalesce(i.principal_fen, 0) else 0 end::bigint as principal_fen,
            l.unapplied_fen
       from loans l
       left join loan_standings s on s.loan_id = l.id
       left join (
         select loan_id,
                sum(case when accrued_on is null then 0 else fee_fen end - paid_fee_fen) as fee_fen,
                sum(penalty_fen - paid_penalty_fen) as penalty_fen,
                sum(case when accrued_on is null then 0 else interest_fen end - paid_interest_fen) as interest_fen,
                sum(principal_fen - paid_principal_fen) as principal_fen
           from instalments group by loan_id) i on i.loan_id = l.id`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
