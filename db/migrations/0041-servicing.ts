/**
 * Servicing: penalty interest, versions of the schedule, prepayments that were asked for, rescheduling by two people, money
 * held for the borrower, payments that we order from the bank, and money that no open loan is there for.
 */
import { type Kysely, sql } from 'kysely';

/** Every loan that is not counted by days yet stands counted to the day of the migration, or to its payout where that is later. */
export const COUNTED_TO_TODAY = `update loans set serviced_to = greatest(disbursed_on, (now() at time zone 'Asia/Shanghai')::date)
  where serviced_to is null`;

const STATEMENTS: readonly string[] = [
  // `serviced_to` is the day through which due dates and penalty interest are counted: it only moves forward.
  `alter table loans
     add column serviced_to date,
     add column unapplied_fen bigint not null default 0 check (unapplied_fen >= 0),
     add column schedule_version integer not null default 1 check (schedule_version > 0),
     add column settled_reason text check (settled_reason in ('PAID','PREPAID','COOLING_OFF'))`,
  // Fen times days are whole numbers: the exact base of penalty interest, however often somebody looks.
  `alter table instalments
     add column payable_until date check (payable_until >= due_date),
     add column penalty_fen bigint not null default 0 check (penalty_fen >= 0),
     add column paid_penalty_fen bigint not null default 0,
     add column principal_fen_days bigint not null default 0 check (principal_fen_days >= 0),
     add column interest_fen_days bigint not null default 0 check (interest_fen_days >= 0),
     add constraint instalments_penalty_paid check (paid_penalty_fen between 0 and penalty_fen)`,
  `create table schedule_versions (
    loan_id uuid not null references loans,
    version integer not null check (version > 0),
    reason text not null check (reason in ('ORIGINATED','PREPAID','SETTLED_EARLY','COOLING_OFF','RESCHEDULED')),
    state text not null check (state in ('ACTIVE','REPLACED')),
    effective_on date not null,
    cause text not null unique,
    recorded_at timestamptz not null default now(),
    primary key (loan_id, version)
  )`,
  `create unique index schedule_versions_one_active on schedule_versions (loan_id) where state = 'ACTIVE'`,
  // What each version promised; `instalments` holds the active version alone, with what is paid of it.
  `create table schedule_lines (
    loan_id uuid not null,
    version integer not null,
    number integer not null check (number > 0),
    due_date date not null,
    principal_fen bigint not null check (principal_fen >= 0),
    interest_fen bigint not null check (interest_fen >= 0),
    fee_fen bigint not null check (fee_fen >= 0),
    primary key (loan_id, version, number),
    foreign key (loan_id, version) references schedule_versions
  )`,
  `create table penalty_accruals (
    loan_id uuid not null references loans,
    number integer not null,
    from_day date not null,
    until_day date not null,
    principal_fen bigint not null check (principal_fen >= 0),
    interest_fen bigint not null check (interest_fen >= 0),
    annual_rate text not null,
    charged_fen bigint not null check (charged_fen >= 0),
    recorded_at timestamptz not null default now(),
    primary key (loan_id, number, from_day),
    unique (loan_id, number, until_day),
    check (until_day > from_day)
  )`,
  // Two accruals of one instalment for one day cannot both stand, in whichever order and length they come.
  `create function refuse_second_accrual() returns trigger language plpgsql as $$
   begin
     if exists (select 1 from penalty_accruals p where p.loan_id = new.loan_id and p.number = new.number
                and p.from_day < new.until_day and new.from_day < p.until_day) then
       raise exception 'penalty interest of a day is accrued already' using errcode = '23505';
     end if;
     return new;
   end $$`,
  `create trigger penalty_accruals_once before insert on penalty_accruals for each row execute function refuse_second_accrual()`,
  `create table prepayments (
    id uuid primary key,
    loan_id uuid not null references loans,
    kind text not null check (kind in ('SETTLE','PARTIAL','COOLING_OFF')),
    amount_fen bigint check (amount_fen > 0),
    choice text check (choice in ('LOWER_PAYMENT','SHORTER_TERM')),
    state text not null default 'OPEN' check (state in ('OPEN','DONE','EXPIRED','REPLACED')),
    asked_by text not null,
    cause text not null unique,
    asked_on date not null,
    valid_until date not null,
    schedule_version integer,
    recorded_at timestamptz not null default now(),
    closed_at timestamptz,
    check (valid_until >= asked_on),
    check ((kind = 'PARTIAL') = (amount_fen is not null)),
    check ((kind = 'PARTIAL') = (choice is not null)),
    check ((state = 'DONE') = (schedule_version is not null)),
    check ((state = 'OPEN') = (closed_at is null))
  )`,
  `create unique index prepayments_one_open on prepayments (loan_id) where state = 'OPEN'`,
  `create table reschedules (
    id uuid primary key,
    loan_id uuid not null references loans,
    kind text not null check (kind in ('DEFER','RESTRUCTURE')),
    months integer not null check (months > 0),
    reason text not null,
    state text not null default 'PROPOSED' check (state in ('PROPOSED','APPLIED','REJECTED')),
    proposed_by text not null,
    decided_by text,
    cause text not null unique,
    schedule_version integer,
    proposed_at timestamptz not null default now(),
    decided_at timestamptz,
    constraint reschedules_two_people check (decided_by is null or decided_by <> proposed_by),
    check ((state = 'PROPOSED') = (decided_by is null)),
    check ((state = 'APPLIED') = (schedule_version is not null))
  )`,
  `create unique index reschedules_one_open on reschedules (loan_id) where state = 'PROPOSED'`,
  `create table bank_orders (
    request_no text primary key,
    loan_id uuid not null references loans,
    kind text not null check (kind in ('DEBIT','REFUND')),
    step text not null,
    amount_fen bigint not null check (amount_fen > 0),
    state text not null check (state in ('PROPOSED','READY','SENT','UNKNOWN','PAID','REFUSED','REJECTED')),
    reason text,
    proposed_by text,
    decided_by text,
    bank_reference text unique,
    failure_code text,
    ordered_on date not null,
    recorded_at timestamptz not null default now(),
    sent_at timestamptz,
    settled_at timestamptz,
    unique (loan_id, step),
    constraint bank_orders_two_people check (decided_by is null or decided_by <> proposed_by),
    constraint bank_orders_refund_proposed check (kind = 'DEBIT' or proposed_by is not null),
    constraint bank_orders_refund_decided check (kind = 'DEBIT' or state = 'PROPOSED' or decided_by is not null),
    constraint bank_orders_paid_reference check ((state = 'PAID') = (bank_reference is not null)),
    check (state <> 'REFUSED' or failure_code is not null)
  )`,
  // Whatever may still take money is the only one of its kind.
  `create unique index bank_orders_one_open on bank_orders (loan_id, kind)
     where state in ('PROPOSED','READY','SENT','UNKNOWN')`,
  `create table unmatched_money (
    notice_id text primary key references bank_notices,
    loan_id uuid references loans,
    cause text not null check (cause in ('NO_SUCH_LOAN','LOAN_CLOSED')),
    amount_fen bigint not null check (amount_fen > 0),
    bank_reference text not null unique,
    state text not null default 'OPEN' check (state in ('OPEN','CLOSED')),
    recorded_at timestamptz not null default now()
  )`,
  ...['schedule_lines', 'penalty_accruals'].map(
    (table) =>
      `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
  ),
  `insert into schedule_versions (loan_id, version, reason, state, effective_on, cause)
     select id, 1, 'ORIGINATED', 'ACTIVE', disbursed_on, 'service.open:' || payout_id from loans`,
  `insert into schedule_lines (loan_id, version, number, due_date, principal_fen, interest_fen, fee_fen)
     select loan_id, 1, number, due_date, principal_fen, interest_fen, fee_fen from instalments`,
  `update loans l set unapplied_fen = r.unapplied
     from (select loan_id, sum(unallocated_fen) as unapplied from repayments group by loan_id) r
    where r.loan_id = l.id and r.unapplied > 0`,
  // What was owed of loans that are in service already was told without penalty interest: days before today bring none.
  COUNTED_TO_TODAY,
  // What the watch over the ledger compares the books with, penalty interest and money held for borrowers among it.
  `create or replace view loan_balances as
     select l.id as loan_id,
            coalesce(i.fee_fen, 0)::bigint as fee_fen,
            coalesce(i.penalty_fen, 0)::bigint as penalty_fen,
            coalesce(i.interest_fen, 0)::bigint as interest_fen,
            coalesce(i.principal_fen, 0)::bigint as principal_fen,
            l.unapplied_fen
       from loans l
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
