/** Compares the books with what they stand for, every loan in one statement, and keeps what differs under its name. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { FindingKind } from '../schema/ledger.ts';

export interface Difference {
  readonly kind: FindingKind;
  /** Id of the loan, payout or journal. */
  readonly subjectId: string;
  readonly loanId: string | null;
  /** Books less record, in fen, by part; or what else tells of it. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface LookInput {
  /** An instalment that fell due before this day and is no claim on the books yet is late. */
  readonly accruedBefore: string;
  /** A payout that has been paid for so many seconds must be on the books. */
  readonly payoutPatienceSeconds: number;
  /** The most to give. */
  readonly most: number;
}

/**
 * Gives the statements of this transaction as many seconds as a look at the whole book may take; the pool's own limit is
 * made for requests that somebody waits for.
 */
export async function allowLongLook(tx: Tx, seconds: number): Promise<void> {
  await sql`select set_config('statement_timeout', ${`${seconds}s`}, true)`.execute(tx);
}

/**
 * What does not agree at this moment, in one statement and so of one moment: loans whose balances are not the books',
 * open loans and paid payouts without a journal, journals that do not balance, claims that were not accrued.
 */
export async function findDifferences(
  db: Queryable,
  { accruedBefore, payoutPatienceSeconds, most }: LookInput,
): Promise<readonly Difference[]> {
  const { rows } = await sql<Difference>`
    with compared as (
      select coalesce(b.loan_id, g.loan_id) as loan_id,
             coalesce(g.fee_fen, 0) - coalesce(b.fee_fen, 0) as fee,
             coalesce(g.penalty_fen, 0) - coalesce(b.penalty_fen, 0) as penalty,
             coalesce(g.interest_fen, 0) - coalesce(b.interest_fen, 0) as interest,
             coalesce(g.principal_fen, 0) - coalesce(b.principal_fen, 0) as principal,
             coalesce(g.unapplied_fen, 0) - coalesce(b.unapplied_fen, 0) as unapplied
        from loan_balances b full join loan_ledger_balances g on g.loan_id = b.loan_id
    ), found (kind, subject_id, loan_id, figures) as (
      select 'LOAN_DIFFERS', loan_id::text, loan_id,
             jsonb_build_object('feeFen', fee, 'penaltyFen', penalty, 'interestFen', interest, 'principalFen', principal, 'unappliedFen', unapplied)
        from compared where fee <> 0 or penalty <> 0 or interest <> 0 or principal <> 0 or unapplied <> 0
      union all
      select 'LOAN_NOT_POSTED', l.id::text, l.id, jsonb_build_object('principalFen', l.principal_fen)
        from loans l
       where l.state <> 'SETTLED'
         and not exists (select from ledger_journals j where j.event_key = 'disbursed:' || l.payout_id)
      union all
      select 'PAYOUT_NOT_POSTED', p.id::text, null::uuid, jsonb_build_object('amountFen', p.amount_fen)
        from payouts p
       where p.state = 'PAID' and p.settled_at < now() - make_interval(secs => ${payoutPatienceSeconds})
         and not exists (select from ledger_journals j where j.event_key = 'disbursed:' || p.id)
      union all
      select 'JOURNAL_UNBALANCED', j.id::text, j.loan_id, jsonb_build_object('sumFen', coalesce(s.total, 0), 'lines', coalesce(s.lines, 0))
        from ledger_journals j
        left join (select journal_id, sum(amount_fen) as total, count(*) as lines from ledger_lines group by journal_id) s
          on s.journal_id = j.id
       where s.total is distinct from 0 or s.lines < 2
      union all
      select 'ACCRUAL_LATE', i.loan_id::text, i.loan_id, jsonb_build_object('instalments', count(*))
        from instalments i join loans l on l.id = i.loan_id
       where i.accrued_on is null and i.due_date < ${accruedBefore}::date and l.state <> 'SETTLED'
       group by i.loan_id
    )
    select kind, subject_id as "subjectId", loan_id as "loanId", figures
      from found order by kind, subject_id limit ${most}`.execute(db);
  return rows;
}

export interface Kept {
  /** How many of them are new. */
  readonly fresh: number;
  /** How many that stood open are no longer found. */
  readonly gone: number;
}

/** Keeps what a look has found: new ones open, those found again stay open, and those `complete` looks miss are gone. */
export async function keepFindings(
  tx: Tx,
  found: readonly Difference[],
  complete: boolean,
): Promise<Kept> {
  const open = found.length === 0 ? [] : await upsertFindings(tx, found);
  if (!complete) return { fresh: open.filter(({ fresh }) => fresh).length, gone: 0 };
  const gone = await tx
    .updateTable('ledger_findings')
    .set({ gone_at: sql<Date>`now()` })
    .where('gone_at', 'is', null)
    .$if(open.length > 0, (query) =>
      query.where(
        'id',
        'not in',
        open.map(({ id }) => id),
      ),
    )
    .executeTakeFirst();
  return { fresh: open.filter(({ fresh }) => fresh).length, gone: Number(gone.numUpdatedRows) };
}

async function upsertFindings(tx: Tx, found: readonly Difference[]) {
  return await tx
    .insertInto('ledger_findings')
    .values(
      found.map(({ kind, subjectId, loanId, figures }) => ({
        id: randomUUID(),
        kind,
        subject_id: subjectId,
        loan_id: loanId,
        figures: JSON.stringify(figures),
      })),
    )
    .onConflict((oc) =>
      oc
        .columns(['kind', 'subject_id'])
        .where('gone_at', 'is', null)
        .doUpdateSet((eb) => ({
          seen_at: sql<Date>`now()`,
          figures: eb.ref('excluded.figures'),
        })),
    )
    .returning(['id', sql<boolean>`xmax = 0`.as('fresh')])
    .execute();
}

/** Differences that stand open, oldest first. */
export async function openFindings(db: Queryable, most: number) {
  return await db
    .selectFrom('ledger_findings')
    .select(['id', 'kind', 'subject_id', 'loan_id', 'figures', 'found_at', 'seen_at'])
    .where('gone_at', 'is', null)
    .orderBy('found_at')
    .orderBy('id')
    .limit(most)
    .execute();
}
