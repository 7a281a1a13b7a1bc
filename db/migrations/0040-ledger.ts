/** The ledger: accounts, balanced journals that never change, months that close, and what the watch over it has found. */
import { type Kysely, sql } from 'kysely';

const APPEND_ONLY = ['ledger_accounts', 'ledger_journals', 'ledger_lines'];

const TABLES: readonly string[] = [
  `create table ledger_accounts (
    code text primary key check (code ~ '^[0-9]{4}([0-9]{2})?$'),
    name_zh text not null,
    name_en text not null,
    kind text not null check (kind in ('ASSET','LIABILITY','EQUITY','INCOME','EXPENSE')),
    normal_side text not null check (normal_side in ('DEBIT','CREDIT'))
  )`,
  // The transaction's own number ties the lines to the transaction that wrote the journal: none is added later.
  `create table ledger_journals (
    id bigint generated always as identity primary key,
    event text not null check (event ~ '^[A-Z_]{1,40}$'),
    event_key text not null unique,
    loan_id uuid references loans,
    reverses_id bigint unique references ledger_journals,
    occurred_on date not null,
    posted_on date not null,
    period date not null generated always as (date_trunc('month', posted_on::timestamp)::date) stored,
    recorded_at timestamptz not null default now(),
    xid xid8 not null default pg_current_xact_id(),
    check (posted_on >= occurred_on),
    check ((event = 'REVERSED') = (reverses_id is not null))
  )`,
  `create index ledger_journals_of_loan on ledger_journals (loan_id, id)`,
  `create index ledger_journals_by_day on ledger_journals (posted_on)`,
  `create table ledger_lines (
    journal_id bigint not null references ledger_journals,
    line integer not null check (line > 0),
    account text not null references ledger_accounts,
    amount_fen bigint not null check (amount_fen <> 0),
    primary key (journal_id, line)
  )`,
  `create index ledger_lines_of_account on ledger_lines (account, journal_id)`,
  `create table ledger_periods (
    month date primary key check (month = date_trunc('month', month::timestamp)::date),
    proposed_by text not null,
    proposed_at timestamptz not null default now(),
    closed_by text,
    closed_at timestamptz,
    check (closed_by <> proposed_by),
    check ((closed_by is null) = (closed_at is null))
  )`,
  `create table ledger_findings (
    id uuid primary key,
    kind text not null,
    subject_id text not null,
    loan_id uuid references loans,
    figures jsonb not null,
    found_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    gone_at timestamptz
  )`,
  `create unique index ledger_findings_open on ledger_findings (kind, subject_id) where gone_at is null`,
  `create index repayments_of_loan on repayments (loan_id, recorded_at)`,
  // Interest and fee of an instalment are a claim from its due date on, or from the day on which they are paid before.
  `alter table instalments add column accrued_on date`,
  `alter table outbox drop constraint outbox_about_whom,
     add constraint outbox_about_whom check (
       application_id is not null or topic in ('applicant.code','risk.alert','bureau.weekly-report','ledger.difference'))`,
];

const GUARDS: readonly string[] = [
  // Whoever posts into a month shares its lock; whoever closes it waits for them, and they for it.
  `create function ledger_month_is_open() returns trigger language plpgsql as $$
   begin
     perform pg_advisory_xact_lock_shared(hashtextextended('ledger ' || tg_table_schema || to_char(new.posted_on, ' YYYY-MM'), 0));
     if exists (select from ledger_periods
                 where closed_at is not null and month >= date_trunc('month', new.posted_on::timestamp)::date) then
       raise exception 'the month of % is closed', new.posted_on using errcode = 'restrict_violation', constraint = 'ledger_period_closed';
     end if;
     return new;
   end $$`,
  `create trigger ledger_journals_open before insert on ledger_journals
     for each row execute function ledger_month_is_open()`,
  `create function ledger_journal_balances() returns trigger language plpgsql as $$
   declare
     lines integer;
     total numeric;
   begin
     select count(*), coalesce(sum(amount_fen), 0) into lines, total from ledger_lines where journal_id = new.id;
     if lines < 2 or total <> 0 then
       raise exception 'journal % has % lines that add up to %', new.id, lines, total
         using errcode = 'check_violation', constraint = 'ledger_journals_balanced';
     end if;
     return null;
   end $$`,
  `create constraint trigger ledger_journals_balanced after insert on ledger_journals
     deferrable initially deferred for each row execute function ledger_journal_balances()`,
  // The lines of a journal come in one statement: whatever joins them is refused at once, also after the check at commit.
  `create function ledger_lines_are_whole() returns trigger language plpgsql as $$
   begin
     if exists (select from (select distinct journal_id from fresh) f join ledger_journals j on j.id = f.journal_id
                 where j.xid <> pg_current_xact_id()) then
       raise exception 'a journal takes no further lines' using errcode = 'restrict_violation', constraint = 'ledger_lines_late';
     end if;
     if exists (select from ledger_lines l where l.journal_id in (select journal_id from fresh)
                 group by l.journal_id having sum(l.amount_fen) <> 0) then
       raise exception 'the lines of a journal do not add up to zero' using errcode = 'check_violation', constraint = 'ledger_lines_balanced';
     end if;
     return null;
   end $$`,
  `create trigger ledger_lines_whole after insert on ledger_lines
     referencing new table as fresh for each statement execute function ledger_lines_are_whole()`,
  `create function ledger_period_step() returns trigger language plpgsql as $$
   begin
     if tg_op = 'UPDATE' and (old.closed_at is not null or new.month <> old.month or new.proposed_by <> old.proposed_by) then
       raise exception 'a proposal stays as it was made, and a closed month stays closed' using errcode = 'restrict_violation';
     end if;
     if new.closed_at is not null then
       if new.month + interval '1 month' > (now() at time zone 'Asia/Shanghai')::date then
         raise exception 'month % is not over', new.month using errcode = 'restrict_violation', constraint = 'ledger_period_running';
       end if;
       perform pg_advisory_xact_lock(hashtextextended('ledger ' || tg_table_schema || to_char(new.month, ' YYYY-MM'), 0));
     end if;
     return new;
   end $$`,
  `create trigger ledger_periods_step before insert or update on ledger_periods
     for each row execute function ledger_period_step()`,
  `create trigger ledger_periods_kept before delete on ledger_periods for each row execute function refuse_change()`,
  `create trigger ledger_periods_no_truncate before truncate on ledger_periods for each statement execute function refuse_change()`,
  ...APPEND_ONLY.flatMap((table) => [
    `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
    `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
    `alter table ${table} enable always trigger ${table}_append_only`,
    `alter table ${table} enable always trigger ${table}_no_truncate`,
  ]),
  // ALWAYS: not even a session that plays a replica passes by.
  `alter table ledger_journals enable always trigger ledger_journals_open`,
  `alter table ledger_journals enable always trigger ledger_journals_balanced`,
  `alter table ledger_lines enable always trigger ledger_lines_whole`,
  ...['ledger_periods_step', 'ledger_periods_kept', 'ledger_periods_no_truncate'].map(
    (trigger) => `alter table ledger_periods enable always trigger ${trigger}`,
  ),
];

const CHART = `insert into ledger_accounts (code, name_zh, name_en, kind, normal_side) values
  ('1002', '银行存款', 'Cash at bank', 'ASSET', 'DEBIT'),
  ('112201', '应收账款—应收手续费', 'Fees receivable', 'ASSET', 'DEBIT'),
  ('113201', '应收利息—合同利息', 'Contract interest receivable', 'ASSET', 'DEBIT'),
  ('113202', '应收利息—罚息', 'Penalty interest receivable', 'ASSET', 'DEBIT'),
  ('1303', '贷款—本金', 'Loan principal', 'ASSET', 'DEBIT'),
  ('224101', '其他应付款—待核销还款', 'Money of borrowers not yet applied', 'LIABILITY', 'CREDIT'),
  ('224102', '其他应付款—待查款项', 'Money received of unknown purpose', 'LIABILITY', 'CREDIT'),
  ('601101', '利息收入—合同利息', 'Contract interest income', 'INCOME', 'CREDIT'),
  ('601102', '利息收入—罚息', 'Penalty interest income', 'INCOME', 'CREDIT'),
  ('602101', '手续费及佣金收入—贷款手续费', 'Loan fee income', 'INCOME', 'CREDIT'),
  ('602102', '手续费及佣金收入—提前还款手续费', 'Prepayment fee income', 'INCOME', 'CREDIT'),
  ('6702', '信用减值损失—贷款核销', 'Loan write-offs', 'EXPENSE', 'DEBIT')`;

const VIEWS: readonly string[] = [
  // What each loan owes on the books by its schedule and repayments. Whoever adds a part or a schedule version to a loan
  // replaces this view with one that counts it; the watch compares it with the next one.
  `create view loan_balances as
     select l.id as loan_id,
            coalesce(i.fee_fen, 0)::bigint as fee_fen,
            0::bigint as penalty_fen,
            coalesce(i.interest_fen, 0)::bigint as interest_fen,
            coalesce(i.principal_fen, 0)::bigint as principal_fen,
            coalesce(r.unapplied_fen, 0)::bigint as unapplied_fen
       from loans l
       left join (
         select loan_id,
                sum(case when accrued_on is null then 0 else fee_fen end - paid_fee_fen) as fee_fen,
                sum(case when accrued_on is null then 0 else interest_fen end - paid_interest_fen) as interest_fen,
                sum(principal_fen - paid_principal_fen) as principal_fen
           from instalments group by loan_id) i on i.loan_id = l.id
       left join (select loan_id, sum(unallocated_fen) as unapplied_fen from repayments group by loan_id) r on r.loan_id = l.id`,
  `create view loan_ledger_balances as
     select j.loan_id,
            coalesce(sum(x.amount_fen) filter (where x.account = '112201'), 0)::bigint as fee_fen,
            coalesce(sum(x.amount_fen) filter (where x.account = '113202'), 0)::bigint as penalty_fen,
            coalesce(sum(x.amount_fen) filter (where x.account = '113201'), 0)::bigint as interest_fen,
            coalesce(sum(x.amount_fen) filter (where x.account = '1303'), 0)::bigint as principal_fen,
            coalesce(-sum(x.amount_fen) filter (where x.account = '224101'), 0)::bigint as unapplied_fen
       from ledger_journals j join ledger_lines x on x.journal_id = j.id
      where j.loan_id is not null
      group by j.loan_id`,
];

/**
 * Journals of the loans that are there already, out of their payouts, instalments and repayments. Safe to run again: an
 * event that is on the books stays as it is.
 */
export const BACK_FILL: readonly string[] = [
  `update instalments i set accrued_on = a.accrues_on
     from (
       select n.loan_id, n.number, least(n.due_date, paid.first_on) as accrues_on
         from instalments n
         left join (
           select r.loan_id, (p ->> 'number')::int as number, min(r.received_on) as first_on
             from repayments r, jsonb_array_elements(r.allocations) p
            where (p ->> 'interestFen')::bigint > 0 or (p ->> 'feeFen')::bigint > 0
            group by 1, 2) paid on paid.loan_id = n.loan_id and paid.number = n.number) a
    where a.loan_id = i.loan_id and a.number = i.number and i.accrued_on is null
      and a.accrues_on <= (now() at time zone 'Asia/Shanghai')::date`,
  `with moves (event, event_key, loan_id, day, account, amount) as (
     select 'DISBURSED', 'disbursed:' || p.id, l.id, l.disbursed_on, v.account, v.amount
       from loans l join payouts p on p.id = l.payout_id
       cross join lateral (values ('1303', l.principal_fen), ('1002', -p.amount_fen), ('602101', p.amount_fen - l.principal_fen))
         as v (account, amount)
     union all
     select v.event, v.prefix || i.loan_id || ':1:' || i.number, i.loan_id, i.accrued_on, v.account, v.amount
       from instalments i
       cross join lateral (values
         ('INTEREST_ACCRUED', 'interest:', '113201', i.interest_fen), ('INTEREST_ACCRUED', 'interest:', '601101', -i.interest_fen),
         ('FEE_CHARGED', 'fee:', '112201', i.fee_fen), ('FEE_CHARGED', 'fee:', '602101', -i.fee_fen))
         as v (event, prefix, account, amount)
      where i.accrued_on is not null
     union all
     select 'REPAYMENT_RECEIVED', 'repayment:' || r.notice_id, r.loan_id, r.received_on, v.account, v.amount
       from repayments r
       cross join lateral (
         select coalesce(sum((p ->> 'feeFen')::bigint), 0) as fee, coalesce(sum((p ->> 'penaltyFen')::bigint), 0) as penalty,
                coalesce(sum((p ->> 'interestFen')::bigint), 0) as interest, coalesce(sum((p ->> 'principalFen')::bigint), 0) as principal
           from jsonb_array_elements(r.allocations) p) s
       cross join lateral (values ('1002', r.amount_fen), ('112201', -s.fee), ('113202', -s.penalty), ('113201', -s.interest),
         ('1303', -s.principal), ('224101', -r.unallocated_fen)) as v (account, amount)
   ), written as (
     insert into ledger_journals (event, event_key, loan_id, occurred_on, posted_on)
     select distinct event, event_key, loan_id, day, day from moves where amount <> 0
      order by day, event_key
     on conflict (event_key) do nothing
     returning id, event_key
   )
   insert into ledger_lines (journal_id, line, account, amount_fen)
   select w.id, row_number() over (partition by w.id order by m.account), m.account, m.amount
     from moves m join written w on w.event_key = m.event_key
    where m.amount <> 0`,
  // Tables with checks that still wait cannot be altered by the migrations that follow in the same transaction.
  `set constraints all immediate`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...TABLES, CHART, ...GUARDS, ...VIEWS, ...BACK_FILL])
    await sql.raw(statement).execute(db);
}
