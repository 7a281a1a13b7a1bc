/** The close of a day, set-based: how late every loan is and which class that asks for, and what it was at a month's end. */
import { type RawBuilder, sql } from 'kysely';
import type { Tier } from '../../domain/classification.ts';
import type { DpdStep } from '../../domain/policy.ts';
import type { Queryable, Tx } from '../database.ts';
import type { Fen } from '../../domain/money.ts';

export interface CloseTerms {
  /** The business day that is closed. */
  readonly day: string;
  /** Days past due that are not reported yet. */
  readonly graceDays: number;
}

export interface ClassTerms extends CloseTerms {
  /** Every tier from the best to the worst. */
  readonly tiers: readonly Tier[];
  readonly dpdFloors: readonly DpdStep[];
  /** Floor under a loan with a new schedule that took effect after `observedAfter`. */
  readonly rescheduledFloor: Tier;
  readonly observedAfter: string;
}

/**
 * What was unpaid of instalments that had fallen due by the end of a day. Money that came after the day is taken away
 * again, so that a close that runs late tells of its day and not of its own moment.
 */
const lateOn = ({ day, graceDays }: CloseTerms): RawBuilder<unknown> => sql`
    paid_after as (
      select r.loan_id, (p ->> 'number')::int as number,
             sum((p ->> 'feeFen')::bigint + (p ->> 'penaltyFen')::bigint + (p ->> 'interestFen')::bigint + (p ->> 'principalFen')::bigint) as fen
        from repayments r, jsonb_array_elements(r.allocations) p
       where r.received_on > ${day}::date
       group by 1, 2
    ), unpaid as (
      select i.loan_id, i.number, ${day}::date - coalesce(i.payable_until, i.due_date) as days,
             i.fee_fen + i.penalty_fen + i.interest_fen + i.principal_fen
               - i.paid_fee_fen - i.paid_penalty_fen - i.paid_interest_fen - i.paid_principal_fen + coalesce(a.fen, 0) as owed_fen
        from instalments i left join paid_after a on a.loan_id = i.loan_id and a.number = i.number
       where i.due_date < ${day}::date and coalesce(i.payable_until, i.due_date) < ${day}::date
    ), counted as (
      select loan_id, max(days) as days, coalesce(max(days) filter (where number = 1), 0) as first_days, sum(owed_fen) as overdue_fen
        from unpaid where owed_fen > 0 group by loan_id
    ), late as (
      select loan_id, overdue_fen,
             case when days <= ${graceDays}::int then 0 else days end as days,
             case when first_days <= ${graceDays}::int then 0 else first_days end as first_days
        from counted
    )`;

/** The name of the highest step that a number of days reaches. @throws RangeError for a ladder that does not start at zero */
function stepOf(ladder: readonly DpdStep[], days: RawBuilder<unknown>): RawBuilder<string> {
  const steps = ladder.toSorted((a, b) => b.fromDays - a.fromDays);
  if (steps.at(-1)?.fromDays !== 0) throw new RangeError('A ladder starts at zero days.');
  const cases = steps.map(
    ({ fromDays, name }) => sql`when ${days} >= ${sql.lit(fromDays)} then ${sql.lit(name)}`,
  );
  return sql<string>`case ${sql.join(cases, sql` `)} end`;
}

/**
 * Writes how late every loan was at the end of a day and worsens the class of those whose facts ask for it; it never lifts
 * one. The same day again changes nothing. Gives how many loans stand worse than before.
 */
export async function closeStandings(tx: Tx, terms: ClassTerms): Promise<number> {
  const { day, tiers, dpdFloors, rescheduledFloor, observedAfter } = terms;
  const ladder = sql`array[${sql.join(tiers.map((tier) => sql.lit(tier)))}]`;
  const rankOf = (tier: RawBuilder<unknown>) => sql`array_position(${ladder}, ${tier})`;
  const days = sql`coalesce(t.days, 0)`;
  const { rows } = await sql<{ worsened: number }>`
    with ${lateOn(terms)}, rescheduled as (
      select distinct loan_id from schedule_versions
       where reason = 'RESCHEDULED' and effective_on <= ${day}::date and effective_on > ${observedAfter}::date
    ), facts as (
      select l.id as loan_id, ${days} as days, coalesce(t.first_days, 0) as first_days,
             coalesce(s.tier, 'NORMAL') as before, coalesce(s.closed_on > ${day}::date, false) as is_past,
             (${ladder})[greatest(
               ${rankOf(sql`coalesce(s.tier, 'NORMAL')`)},
               ${rankOf(stepOf(dpdFloors, days))},
               case when r.loan_id is null then 1 else ${rankOf(sql.lit(rescheduledFloor))} end)] as tier
        from loans l
        left join loan_standings s on s.loan_id = l.id
        left join late t on t.loan_id = l.id
        left join rescheduled r on r.loan_id = l.id
       where l.disbursed_on <= ${day}::date
    ), changed as (
      insert into loan_class_changes (loan_id, from_tier, to_tier, on_day)
      select loan_id, before, tier, ${day}::date from facts where tier <> before and not is_past
      returning loan_id
    ), written as (
      insert into loan_standings as s (loan_id, tier, tier_since, days_past_due, worst_days_past_due, first_days_past_due,
                                       first_due, arrears_seen_on, closed_on)
      select f.loan_id, f.tier, ${day}::date, f.days, f.days, f.first_days, v.due_date,
             case when f.days > 0 then ${day}::date end, ${day}::date
        from facts f
        left join schedule_lines v on v.loan_id = f.loan_id and v.version = 1 and v.number = 1
       where not f.is_past
      on conflict (loan_id) do update set
        tier = excluded.tier,
        tier_since = case when s.tier = excluded.tier then s.tier_since else excluded.tier_since end,
        days_past_due = excluded.days_past_due,
        worst_days_past_due = greatest(s.worst_days_past_due, excluded.worst_days_past_due),
        first_days_past_due = greatest(s.first_days_past_due, excluded.first_days_past_due),
        first_due = coalesce(s.first_due, excluded.first_due),
        arrears_seen_on = coalesce(excluded.arrears_seen_on, s.arrears_seen_on),
        closed_on = excluded.closed_on
       where (s.tier, s.days_past_due, s.first_days_past_due) is distinct from
             (excluded.tier, excluded.days_past_due, greatest(s.first_days_past_due, excluded.first_days_past_due))
          or excluded.arrears_seen_on is distinct from s.arrears_seen_on and excluded.arrears_seen_on is not null
    )
    select count(*)::int as worsened from changed`.execute(tx);
  return rows[0]?.worsened ?? 0;
}

export interface MonthEndTerms extends CloseTerms {
  /** Last day of the month before. */
  readonly before: string;
  readonly buckets: readonly DpdStep[];
}

/**
 * Writes what every loan was at the end of a month, in place of what an earlier look has written. Principal is the
 * ledger's as of that day; a loan that is settled or written off stays among the rows, so that its cohort keeps it.
 */
export async function takeMonthEnd(tx: Tx, terms: MonthEndTerms): Promise<void> {
  const { day, before, buckets } = terms;
  const days = sql`coalesce(t.days, 0)`;
  const claim = sql`coalesce(b.fen, 0) + coalesce(s.written_off_principal_fen, 0)`;
  const ever = (
    column: string,
    most: number,
  ) => sql`coalesce(${sql.ref(`e.${column}`)}, ${sql.ref(`o.${column}`)}, case when
    greatest(${days}, s.worst_days) > ${sql.lit(most)} or s.written_off_on is not null then ${claim} end)`;
  await sql`
    delete from loan_month_ends m using loans l
     where m.month_end = ${day}::date and l.id = m.loan_id and l.state = 'RETURNED'`.execute(tx);
  await sql`
    with ${lateOn(terms)}, booked as (
      select j.loan_id, sum(x.amount_fen)::bigint as fen
        from ledger_lines x join ledger_journals j on j.id = x.journal_id
       where x.account = '1303' and j.posted_on <= ${day}::date and j.loan_id is not null
       group by j.loan_id
    ), tiers as (
      select distinct on (loan_id) loan_id, to_tier from loan_class_changes
       where on_day <= ${day}::date order by loan_id, id desc
    ), standing as (
      -- What was counted after the day does not reach back into it.
      select loan_id, first_due, least(first_days_past_due, greatest(${day}::date - first_due, 0)) as first_days,
             case when closed_on <= ${day}::date then worst_days_past_due else 0 end as worst_days,
             case when written_off_on <= ${day}::date then written_off_on end as written_off_on,
             case when written_off_on <= ${day}::date then written_off_principal_fen end as written_off_principal_fen
        from loan_standings
    )
    insert into loan_month_ends (month_end, loan_id, cohort, mob, disbursed_fen, principal_fen, overdue_fen, days_past_due,
      bucket, tier, first_due, first_days_past_due, written_off_on, written_off_fen, ever30_fen, ever90_fen)
    select ${day}::date, l.id, date_trunc('month', l.disbursed_on::timestamp)::date,
           (extract(year from ${day}::date) - extract(year from l.disbursed_on))::int * 12
             + (extract(month from ${day}::date) - extract(month from l.disbursed_on))::int,
           l.principal_fen, coalesce(b.fen, 0),
           case when s.written_off_on is null then coalesce(t.overdue_fen, 0) else 0 end,
           ${days},
           case when s.written_off_on is not null then 'WRITTEN_OFF'
                when coalesce(b.fen, 0) = 0 and ${days} = 0 then 'SETTLED'
                else ${stepOf(buckets, days)} end,
           coalesce(c.to_tier, 'NORMAL'), s.first_due, coalesce(s.first_days, 0), s.written_off_on,
           coalesce(s.written_off_principal_fen, 0),
           ${ever('ever30_fen', 30)}, ${ever('ever90_fen', 90)}
      from loans l
      left join booked b on b.loan_id = l.id
      left join late t on t.loan_id = l.id
      left join tiers c on c.loan_id = l.id
      left join standing s on s.loan_id = l.id
      left join loan_month_ends e on e.loan_id = l.id and e.month_end = ${before}::date
      left join loan_month_ends o on o.loan_id = l.id and o.month_end = ${day}::date
     where l.disbursed_on <= ${day}::date and l.state <> 'RETURNED'
    on conflict (month_end, loan_id) do update set
      principal_fen = excluded.principal_fen, overdue_fen = excluded.overdue_fen, days_past_due = excluded.days_past_due,
      bucket = excluded.bucket, tier = excluded.tier, first_due = excluded.first_due,
      first_days_past_due = excluded.first_days_past_due, written_off_on = excluded.written_off_on,
      written_off_fen = excluded.written_off_fen, ever30_fen = excluded.ever30_fen, ever90_fen = excluded.ever90_fen`.execute(
    tx,
  );
}

export interface Agreement {
  readonly loans: number;
  readonly principalFen: Fen;
  readonly ledgerPrincipalFen: Fen;
  /** Loans whose principal by the record is not the books'. */
  readonly differing: number;
}

/** Record and books beside each other now, by loan and together. One statement, and so of one moment. */
export async function agreementNow(tx: Tx): Promise<Agreement> {
  const { rows } = await sql<Agreement>`
    select count(*) filter (where b.principal_fen <> 0)::int as loans,
           coalesce(sum(b.principal_fen), 0)::bigint as "principalFen",
           (select coalesce(sum(amount_fen), 0) from ledger_lines where account = '1303')::bigint as "ledgerPrincipalFen",
           count(*) filter (where coalesce(b.principal_fen, 0) <> coalesce(g.principal_fen, 0))::int as differing
      from loan_balances b full join loan_ledger_balances g on g.loan_id = b.loan_id`.execute(tx);
  return onlyRow(rows);
}

/** The figures of a month's end beside the ledger's principal of that day. */
export async function agreementAt(
  db: Queryable,
  day: string,
): Promise<Omit<Agreement, 'differing'>> {
  const { rows } = await sql<Omit<Agreement, 'differing'>>`
    select count(*) filter (where principal_fen <> 0)::int as loans,
           coalesce(sum(principal_fen), 0)::bigint as "principalFen",
           (select coalesce(sum(amount_fen), 0) from ledger_days where account = '1303' and day <= ${day}::date)::bigint as "ledgerPrincipalFen"
      from loan_month_ends where month_end = ${day}::date`.execute(db);
  return onlyRow(rows);
}

function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('a sum without a row');
  return row;
}

/** Keeps that a day is closed, how it agreed, and how often it was taken. */
export async function storeClose(
  tx: Tx,
  close: Agreement & {
    readonly day: string;
    readonly monthEnd: boolean;
    /** Ladder of a month's end. */
    readonly buckets: readonly DpdStep[];
  },
): Promise<void> {
  const figures = {
    loans: close.loans,
    principal_fen: close.principalFen,
    ledger_principal_fen: close.ledgerPrincipalFen,
    differing: close.differing,
    buckets: close.monthEnd
      ? close.buckets.toSorted((a, b) => a.fromDays - b.fromDays).map(({ name }) => name)
      : null,
  };
  await tx
    .insertInto('book_closes')
    .values({ day: close.day, month_end: close.monthEnd, ...figures })
    .onConflict((oc) =>
      oc.column('day').doUpdateSet({
        ...figures,
        times: sql<number>`book_closes.times + 1`,
        taken_at: sql<Date>`now()`,
      }),
    )
    .execute();
}

/** How a day was closed, or undefined. */
export async function readClose(db: Queryable, day: string) {
  return await db.selectFrom('book_closes').selectAll().where('day', '=', day).executeTakeFirst();
}

/** Waits for another close, and keeps others out until the transaction ends. */
export async function lockCloses(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('book close ' || current_schema(), 0))`.execute(
    tx,
  );
}
