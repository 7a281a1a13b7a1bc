/** Experiments on strategies: their documents, who belongs to which arm, which arms stopped, and what shadows would have said. */
import { type Kysely, sql } from 'kysely';

const EXPERIMENTS: readonly string[] = [
  `create table experiments (
    id uuid primary key,
    code text not null unique check (code ~ '^[A-Z][A-Z0-9_]{1,63}$'),
    strategy_code text not null,
    document jsonb not null,
    document_sm3 text not null check (document_sm3 ~ '^[0-9a-f]{64}$'),
    status text not null default 'DRAFT' check (status in ('DRAFT','PROPOSED','RUNNING','STOPPED','FINISHED')),
    created_by text not null,
    proposed_by text,
    approved_by text,
    stopped_by text,
    stop_reason text,
    created_at timestamptz not null default now(),
    proposed_at timestamptz,
    approved_at timestamptz,
    ended_at timestamptz,
    constraint experiments_proposed check (status not in ('PROPOSED','RUNNING','FINISHED') or proposed_by is not null),
    constraint experiments_approved check (status not in ('RUNNING','FINISHED') or approved_by is not null),
    constraint experiments_two_people check (
      approved_by is null
      or (proposed_by is not null and approved_by <> proposed_by and approved_by <> created_by)),
    constraint experiments_stopped check ((status = 'STOPPED') = (stopped_by is not null and stop_reason is not null)),
    constraint experiments_ended check ((status in ('STOPPED','FINISHED')) = (ended_at is not null))
  )`,
  // A person cannot be in two experiments on one strategy at once, and whose arm decides is never in doubt.
  `create unique index experiments_one_running on experiments (strategy_code) where status = 'RUNNING'`,
  `create index experiments_newest on experiments (created_at desc, id)`,
  `create function guard_experiment() returns trigger language plpgsql set search_path from current as $$
   begin
     if tg_op = 'DELETE' or old.status in ('STOPPED','FINISHED') then
       raise exception 'an experiment that is over does not change' using errcode = 'restrict_violation';
     end if;
     if (new.id, new.code, new.strategy_code, new.document, new.document_sm3, new.created_by, new.created_at)
        is distinct from (old.id, old.code, old.strategy_code, old.document, old.document_sm3, old.created_by, old.created_at) then
       raise exception 'what an experiment is does not change' using errcode = 'restrict_violation';
     end if;
     if new.status <> old.status and (old.status, new.status) not in (
       ('DRAFT','PROPOSED'), ('PROPOSED','RUNNING'), ('DRAFT','STOPPED'), ('PROPOSED','STOPPED'),
       ('RUNNING','STOPPED'), ('RUNNING','FINISHED')) then
       raise exception 'an experiment does not go from % to %', old.status, new.status using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger experiments_guard before update or delete on experiments for each row execute function guard_experiment()`,
];

const RECORDS: readonly string[] = [
  // By person and not by application. The own arm is the bucket's; the acting arm differs where the cap was reached.
  `create table experiment_assignments (
    experiment_id uuid not null references experiments,
    applicant_id uuid not null references applicants,
    arm text not null,
    bucket smallint not null check (bucket between 0 and 9999),
    acting_arm text not null,
    cause text not null check (cause in ('BUCKET','CAP_REACHED','ARM_STOPPED')),
    at timestamptz not null default now(),
    primary key (experiment_id, applicant_id),
    check (cause <> 'BUCKET' or acting_arm = arm)
  )`,
  `create index experiment_assignments_by_arm on experiment_assignments (experiment_id, acting_arm)`,
  `create index applications_by_arm on applications ((pinned -> 'arm' ->> 'experiment'), (pinned -> 'arm' ->> 'name'))
     where pinned -> 'arm' is not null`,
  `create table arm_stops (
    experiment_id uuid not null references experiments,
    arm text not null,
    reason text not null check (reason in ('STOP_LOSS','PERSON')),
    measure text check (measure in ('APPROVAL_RATE','DECLINE_RATE','EARLY_OVERDUE_RATE')),
    hits integer,
    seen integer,
    low_bp integer,
    high_bp integer,
    stopped_by text not null,
    at timestamptz not null default now(),
    primary key (experiment_id, arm),
    check ((reason = 'STOP_LOSS') = (measure is not null and hits is not null and seen is not null
                                     and low_bp is not null and high_bp is not null))
  )`,
  `create table shadow_decisions (
    application_id uuid not null references applications,
    round integer not null,
    experiment_id uuid not null references experiments,
    arm text not null,
    strategy_code text not null,
    strategy_version integer not null,
    outcome text check (outcome in ('APPROVE','DECLINE','REFER')),
    reasons text[] not null default '{}',
    grade text,
    total integer,
    amount_fen bigint,
    annual_rate text,
    record_sm3 text check (record_sm3 ~ '^[0-9a-f]{64}$'),
    failure_code text,
    at timestamptz not null default now(),
    primary key (application_id, round, experiment_id, arm),
    check ((outcome is null) = (failure_code is not null)),
    check ((outcome is null) = (record_sm3 is null))
  )`,
  `create index shadow_decisions_by_arm on shadow_decisions (experiment_id, arm)`,
];

/**
 * One row for each person assigned: what became of the first application that the acting arm decided, and of its loan. It
 * names nobody. A loan is matured once its first instalment has been due for the document's days; it is early overdue when
 * the repayments received until then do not cover that instalment.
 */
const OUTCOMES = `create view experiment_outcomes as
  select a.experiment_id, a.arm, a.acting_arm, a.cause, a.at as assigned_at,
         d.outcome, d.amount_fen, d.annual_rate::numeric as annual_rate, d.grade,
         coalesce(f.deadline < (now() at time zone 'Asia/Shanghai')::date, false) as matured,
         coalesce(f.deadline < (now() at time zone 'Asia/Shanghai')::date and f.paid_fen < f.due_fen, false) as early_overdue
    from experiment_assignments a
    join experiments e on e.id = a.experiment_id
    left join lateral (
      select one.application_id, one.outcome, one.amount_fen, one.annual_rate, one.grade
        from applications p join decisions one on one.application_id = p.id
       where p.applicant_id = a.applicant_id
         and p.pinned -> 'arm' ->> 'experiment' = a.experiment_id::text
         and p.pinned -> 'arm' ->> 'name' = a.acting_arm
         -- While everything is sent to people, no strategy shows what it would have done.
         and not 'REFER_KILL_SWITCH' = any(one.reasons)
       order by one.at, one.round
       limit 1) d on true
    left join lateral (
      select i.due_date + (e.document -> 'earlyOverdue' ->> 'days')::integer as deadline,
             i.principal_fen + i.interest_fen + i.fee_fen as due_fen,
             coalesce((
               select sum((part ->> 'principalFen')::bigint + (part ->> 'interestFen')::bigint + (part ->> 'feeFen')::bigint)
                 from repayments r, jsonb_array_elements(r.allocations) as part
                where r.loan_id = l.id and (part ->> 'number')::integer = 1
                  and r.received_on <= i.due_date + (e.document -> 'earlyOverdue' ->> 'days')::integer), 0) as paid_fen
        from loans l join instalments i on i.loan_id = l.id and i.number = 1
       where l.application_id = d.application_id) f on true`;

/** Per experiment and shadow: what it would have said beside what was decided for the same application and round. */
const SHADOWS = `create view shadow_outcomes as
  select s.experiment_id, s.arm, s.outcome as shadow_outcome, d.outcome, s.failure_code,
         s.amount_fen as shadow_amount_fen, d.amount_fen
    from shadow_decisions s
    join decisions d on d.application_id = s.application_id and d.round = s.round`;

const APPEND_ONLY = ['experiment_assignments', 'arm_stops', 'shadow_decisions'];

const STATEMENTS: readonly string[] = [
  ...EXPERIMENTS,
  ...RECORDS,
  OUTCOMES,
  SHADOWS,
  ...APPEND_ONLY.flatMap((table) => [
    `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
    `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
  ]),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
