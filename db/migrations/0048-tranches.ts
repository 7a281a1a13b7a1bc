/**
 * One contract that is paid out in parts: the plan of each part, payouts and loan notes that say which part they are, and what the
 * database itself refuses: more than the principal, a part twice under way, a part out of turn, a plan that changes.
 */
import { type Kysely, sql } from 'kysely';

/** States of a payout that moved no money, or whose money is back. */
const DEAD = `('REFUSED','STOPPED','RETURNED','CANCELLED')`;

const TABLES: readonly string[] = [
  `create table tranches (
    contract_id uuid not null references contracts,
    application_id uuid not null references applications,
    number integer not null check (number between 1 and 12),
    principal_fen bigint not null check (principal_fen > 0),
    advanced_fen bigint not null check (advanced_fen > 0 and advanced_fen <= principal_fen),
    earliest_on date not null,
    state text not null check (state in ('PLANNED','DRAWING','PAID','GIVEN_UP')),
    given_up_by text,
    given_up_as text check (given_up_as in ('BORROWER','LENDER')),
    given_up_reason text,
    given_up_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (contract_id, number),
    constraint tranches_given_up check
      ((state = 'GIVEN_UP') = (given_up_by is not null)
       and (given_up_by is null) = (given_up_as is null)
       and (given_up_by is null) = (given_up_reason is null)
       and (given_up_by is null) = (given_up_at is null))
  )`,
  `create index tranches_of_application on tranches (application_id, number)`,
  // The principal of a payout from before there were parts is that of its contract: null stands for the whole.
  `alter table payouts
     add column tranche integer not null default 1 check (tranche between 1 and 12),
     add column principal_fen bigint check (principal_fen >= amount_fen),
     drop constraint payouts_one_attempt,
     add constraint payouts_one_attempt unique (contract_id, tranche, attempt)`,
  `drop index payouts_one_live`,
  `create unique index payouts_one_live on payouts (application_id, tranche) where state not in ${DEAD}`,
  `alter table loans
     add column tranche integer not null default 1 check (tranche between 1 and 12),
     drop constraint loans_application_id_key,
     add constraint loans_one_note unique (application_id, tranche)`,
];

const GUARDS: readonly string[] = [
  // Everything that may still reach the borrower, or has, together: never above what the contract lends. Whoever comes second
  // waits for the contract's row and sees the first.
  `create function guard_payout() returns trigger language plpgsql set search_path from current as $$
   declare whole bigint; claimed bigint;
   begin
     if new.state in ${DEAD} then return null; end if;
     perform 1 from contracts where id = new.contract_id for no key update;
     select o.amount_fen into whole from contracts c join offers o on o.id = c.offer_id where c.id = new.contract_id;
     select sum(coalesce(p.principal_fen, whole)) into claimed
       from payouts p where p.contract_id = new.contract_id and p.state not in ${DEAD};
     if claimed > whole then
       raise exception 'payouts of a contract above its principal'
         using errcode = 'check_violation', constraint = 'payouts_within_principal';
     end if;
     if tg_op = 'INSERT' and new.tranche > 1 then
       if not exists (select from tranches t where t.contract_id = new.contract_id and t.number = new.tranche
                       and t.state in ('DRAWING','PAID') and t.principal_fen = new.principal_fen
                       and t.advanced_fen = new.amount_fen) then
         raise exception 'a payout of a part that is not being drawn'
           using errcode = 'check_violation', constraint = 'payouts_of_a_tranche';
       end if;
       if exists (select from tranches t where t.contract_id = new.contract_id and t.number < new.tranche
                   and t.state not in ('PAID','GIVEN_UP')) then
         raise exception 'a payout of a part before the one ahead of it'
           using errcode = 'check_violation', constraint = 'payouts_in_turn';
       end if;
     end if;
     return null;
   end $$`,
  `create trigger payouts_guarded after insert or update of state, principal_fen, tranche, contract_id on payouts
     for each row execute function guard_payout()`,
  `create function guard_tranche() returns trigger language plpgsql set search_path from current as $$
   declare whole bigint; planned bigint;
   begin
     perform 1 from contracts where id = new.contract_id for no key update;
     if tg_op = 'INSERT' then
       select o.amount_fen into whole from contracts c join offers o on o.id = c.offer_id where c.id = new.contract_id;
       select sum(t.principal_fen) into planned from tranches t where t.contract_id = new.contract_id;
       if planned > whole then
         raise exception 'parts of a contract above its principal'
           using errcode = 'check_violation', constraint = 'tranches_within_principal';
       end if;
       return null;
     end if;
     if (new.contract_id, new.application_id, new.number, new.principal_fen, new.advanced_fen, new.earliest_on)
        is distinct from (old.contract_id, old.application_id, old.number, old.principal_fen, old.advanced_fen, old.earliest_on)
        or (new.state <> old.state
            and (old.state, new.state) not in (('PLANNED','DRAWING'), ('PLANNED','GIVEN_UP'), ('DRAWING','PAID'),
                                               ('DRAWING','GIVEN_UP'), ('PAID','GIVEN_UP'))) then
       raise exception 'a plan that is agreed does not change'
         using errcode = 'check_violation', constraint = 'tranches_as_agreed';
     end if;
     if new.state = 'GIVEN_UP' and exists (
          select from payouts p where p.contract_id = new.contract_id and p.tranche = new.number and p.state not in ${DEAD}) then
       raise exception 'a part whose money may be on its way is not given up'
         using errcode = 'check_violation', constraint = 'tranches_given_up_undrawn';
     end if;
     if new.state = 'PAID' and old.state <> 'PAID' and not exists (
          select from payouts p where p.contract_id = new.contract_id and p.tranche = new.number and p.state = 'PAID') then
       raise exception 'a part without its money is not paid'
         using errcode = 'check_violation', constraint = 'tranches_paid';
     end if;
     return null;
   end $$`,
  `create trigger tranches_guarded after insert or update on tranches for each row execute function guard_tranche()`,
  `create trigger tranches_kept before delete on tranches for each row execute function refuse_change()`,
  `create trigger tranches_no_truncate before truncate on tranches for each statement execute function refuse_change()`,
];

/** One row an application, whatever number of notes it has: figures of all notes together, and the worst of their states. */
const NOTES = `(
  select n.application_id,
         case when bool_or(n.state = 'OVERDUE') then 'OVERDUE' when bool_or(n.state = 'ACTIVE') then 'ACTIVE'
              when bool_or(n.state = 'RETURNED') then 'RETURNED' else 'SETTLED' end as state,
         sum(n.principal_fen)::bigint as principal_fen, max(n.days_past_due) as days_past_due,
         (select sum(i.principal_fen - i.paid_principal_fen)::bigint
            from instalments i join loans m on m.id = i.loan_id where m.application_id = n.application_id) as outstanding_fen
    from loans n group by n.application_id)`;

/** As before, for one note of each loan: a person stands once in the figures, by the first note's first instalment. */
const OUTCOMES = `create or replace view experiment_outcomes as
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
       where l.application_id = d.application_id and l.tranche = 1) f on true`;

const VIEWS: readonly string[] = [
  `create or replace view person_exposures as
     select a.applicant_id, a.id as application_id, a.product_code, a.stage, a.amount_fen, a.submitted_at,
            l.state as loan_state, l.principal_fen, l.days_past_due, l.outstanding_fen
       from applications a left join lateral ${NOTES.replace('from loans n', 'from loans n where n.application_id = a.id')} l on true
      where a.stage <> 'APPLY'`,
  `create or replace view decided_cases as
     select d.versions -> 'product' ->> 'code' as product_code, d.grade, d.at, d.application_id, d.round, d.outcome,
            a.amount_fen as asked_fen, d.amount_fen as decided_fen, a.term_months, a.stage,
            l.state as loan_state, l.days_past_due
       from decisions d
       join applications a on a.id = d.application_id and a.round = d.round
       left join lateral ${NOTES.replace('from loans n', 'from loans n where n.application_id = d.application_id')} l on true`,
  OUTCOMES,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...TABLES, ...GUARDS, ...VIEWS]) await sql.raw(statement).execute(db);
}
