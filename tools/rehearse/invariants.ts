/** What must hold of a portfolio that has lived for months, beside what holds of every house at rest. */
import { sql } from 'kysely';
import type { Db } from '../../db/database.ts';
import type { BankBooks } from '../playhouse/bank.ts';
import type { Check } from '../playhouse/checks.ts';

async function lines(db: Db, query: ReturnType<typeof sql<{ against: string }>>) {
  const { rows } = await query.execute(db);
  return rows.map(({ against }) => against);
}

/** Every payment that the bank took in for us was counted once, to the fen, under its own reference. */
export async function checkReconciled(db: Db, bank: BankBooks): Promise<Check> {
  const { rows } = await sql<{ reference: string; amount: number }>`
    select bank_reference as reference, amount_fen::float8 as amount from repayments
    union all select bank_reference, amount_fen::float8 from unmatched_money`.execute(db);
  const counted = new Map<string, number>();
  const against: string[] = [];
  for (const { reference, amount } of rows) {
    if (counted.has(reference)) against.push(`${reference} was counted twice`);
    counted.set(reference, amount);
  }
  const came = bank.payments.filter(
    ({ kind, status }) => (kind === 'REPAYMENT' || kind === 'DEBIT') && status === 'PAID',
  );
  for (const { bankReference, amountFen } of came) {
    const ours = counted.get(bankReference);
    counted.delete(bankReference);
    if (ours !== amountFen)
      against.push(`${bankReference}: ${ours ?? 'nothing'} here, ${amountFen} fen at the bank`);
  }
  for (const reference of counted.keys()) against.push(`${reference} never came in at the bank`);
  return {
    title: `each of ${came.length} incoming payments was counted once, to the fen`,
    against,
  };
}

/** Allocations of each repayment add up to it. */
async function checkAllocations(db: Db): Promise<Check> {
  const against = await lines(
    db,
    sql`
    select r.bank_reference || ': allocated ' || coalesce(s.total, 0) || ', held ' || r.unallocated_fen || ' of ' || r.amount_fen as against
      from repayments r
      left join lateral (
        select sum((v.value)::bigint) as total
          from jsonb_array_elements(r.allocations) part, jsonb_each_text(part) v
         where v.key like '%Fen') s on true
     where coalesce(s.total, 0) + r.unallocated_fen <> r.amount_fen`,
  );
  return { title: 'what each repayment was taken for adds up to the repayment', against };
}

async function checkSchedules(db: Db): Promise<readonly Check[]> {
  const several = await lines(
    db,
    sql`
    select l.id || ' has ' || count(v.version) || ' active versions' as against
      from loans l left join schedule_versions v on v.loan_id = l.id and v.state = 'ACTIVE'
     group by l.id having count(v.version) <> 1`,
  );
  const overpaid = await lines(
    db,
    sql`
    select loan_id || ' instalment ' || number as against from instalments
     where paid_principal_fen > principal_fen or paid_interest_fen > interest_fen
        or paid_fee_fen > fee_fen or paid_penalty_fen > penalty_fen`,
  );
  const owing = await lines(
    db,
    sql`
    select l.id || ' is settled and owes ' || (b.fee_fen + b.penalty_fen + b.interest_fen + b.principal_fen) as against
      from loans l join loan_balances b on b.loan_id = l.id
     where l.state = 'SETTLED' and b.fee_fen + b.penalty_fen + b.interest_fen + b.principal_fen <> 0`,
  );
  return [
    { title: 'every loan has exactly one active version of its schedule', against: several },
    { title: 'no instalment is paid more than it asks for', against: overpaid },
    { title: 'a settled loan owes nothing', against: owing },
  ];
}

/** Principal lent is principal paid back plus principal owed. */
async function checkPrincipal(db: Db): Promise<Check> {
  const against = await lines(
    db,
    sql`
    select l.id || ': lent ' || l.principal_fen || ', paid back and owed ' || coalesce(s.total, 0) as against
      from loans l
      left join (
        select j.loan_id,
               sum(case when n.account = '1303' then greatest(n.amount_fen, 0) else 0 end) as total
          from ledger_lines n join ledger_journals j on j.id = n.journal_id and j.event = 'DISBURSED'
         group by j.loan_id) s on s.loan_id = l.id
     where coalesce(s.total, 0) <> l.principal_fen`,
  );
  return { title: 'the principal on the books is what the contract lends', against };
}

/** Days past due count from the earliest unpaid due date to the day through which the loan is counted. */
async function checkDaysPastDue(db: Db): Promise<Check> {
  const against = await lines(
    db,
    sql`
    select l.id || ': ' || l.days_past_due || ' days, and not ' || coalesce(e.days, 0) as against
      from loans l
      left join (
        select i.loan_id, max(m.serviced_to - i.due_date) as days
          from instalments i join loans m on m.id = i.loan_id
         where i.due_date < m.serviced_to
           and i.paid_principal_fen + i.paid_interest_fen + i.paid_fee_fen
             < i.principal_fen + i.interest_fen + i.fee_fen
         group by i.loan_id) e on e.loan_id = l.id
     where l.state in ('ACTIVE', 'OVERDUE') and l.days_past_due <> coalesce(e.days, 0)`,
  );
  return { title: 'days past due count from the earliest unpaid due date', against };
}

/** Whatever people are asked for is done, or lies with a role that can see it. */
async function checkTasks(db: Db): Promise<Check> {
  const against = await lines(
    db,
    sql`
    select 'task ' || id || ' is open and nobody’s' as against from review_tasks
     where state in ('OPEN', 'CLAIMED') and coalesce(jsonb_array_length(to_jsonb(roles)), 0) = 0
    union all
    select 'case ' || id || ' is still open: ' || step from operator_cases where state <> 'RESOLVED'`,
  );
  return {
    title: 'every task is closed or somebody’s, and no case of operations is open',
    against,
  };
}

/** All invariants of a portfolio. */
export async function checkPortfolio(db: Db): Promise<readonly Check[]> {
  return [
    await checkAllocations(db),
    ...(await checkSchedules(db)),
    await checkPrincipal(db),
    await checkDaysPastDue(db),
    await checkTasks(db),
  ];
}
