/** The books as they are read: trial balance, lines of an account, journals of a loan, months. */
import { sql } from 'kysely';
import type { AccountCode, AccountKind, NormalSide } from '../../../domain/ledger-chart.ts';
import type { EventKind } from '../../../domain/ledger.ts';
import type { Fen } from '../../../domain/money.ts';
import type { Queryable } from '../../database.ts';

export interface TrialBalanceLine {
  readonly code: AccountCode;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly kind: AccountKind;
  readonly normalSide: NormalSide;
  /** Everything debited and credited up to the day, both positive fen. */
  readonly debitFen: Fen;
  readonly creditFen: Fen;
}

/** Every account with its turnover up to the end of a day of the books. One query. */
export async function trialBalance(
  db: Queryable,
  on: string,
): Promise<readonly TrialBalanceLine[]> {
  const { rows } = await sql<TrialBalanceLine>`
    select a.code, a.name_zh as "nameZh", a.name_en as "nameEn", a.kind, a.normal_side as "normalSide",
           coalesce(t.debit, 0)::bigint as "debitFen", coalesce(t.credit, 0)::bigint as "creditFen"
      from ledger_accounts a
      left join (
        select l.account, sum(greatest(l.amount_fen, 0)) as debit, sum(greatest(-l.amount_fen, 0)) as credit
          from ledger_lines l join ledger_journals j on j.id = l.journal_id
         where j.posted_on <= ${on}::date
         group by l.account) t on t.account = a.code
     order by a.code`.execute(db);
  return rows;
}

export interface AccountLine {
  readonly journalId: number;
  readonly line: number;
  readonly event: EventKind;
  readonly eventKey: string;
  readonly loanId: string | null;
  readonly occurredOn: string;
  readonly postedOn: string;
  readonly amountFen: Fen;
}

export interface Span {
  /** First and last day of the books that count, both included. */
  readonly from: string;
  readonly to: string;
}

/** Lines of one account in the order in which they were booked, one more than `limit` when there are more. */
export async function accountLines(
  db: Queryable,
  account: AccountCode,
  { from, to }: Span,
  after: { readonly journalId: number; readonly line: number } | null,
  limit: number,
): Promise<readonly AccountLine[]> {
  let query = db
    .selectFrom('ledger_lines as l')
    .innerJoin('ledger_journals as j', 'j.id', 'l.journal_id')
    .select([
      'l.journal_id as journalId',
      'l.line',
      'j.event',
      'j.event_key as eventKey',
      'j.loan_id as loanId',
      'j.occurred_on as occurredOn',
      'j.posted_on as postedOn',
      'l.amount_fen as amountFen',
    ])
    .where('l.account', '=', account)
    .where('j.posted_on', '>=', from)
    .where('j.posted_on', '<=', to)
    .orderBy('l.journal_id')
    .orderBy('l.line')
    .limit(limit + 1);
  if (after !== null)
    query = query.where(
      sql<boolean>`(l.journal_id, l.line) > (${after.journalId}::bigint, ${after.line}::int)`,
    );
  return await query.execute();
}

/** Balance of an account before a span and after it, debit positive. */
export async function accountBalances(
  db: Queryable,
  account: AccountCode,
  { from, to }: Span,
): Promise<{ readonly openingFen: Fen; readonly closingFen: Fen }> {
  const { rows } = await sql<{ openingFen: Fen; closingFen: Fen }>`
    select coalesce(sum(l.amount_fen) filter (where j.posted_on < ${from}::date), 0)::bigint as "openingFen",
           coalesce(sum(l.amount_fen), 0)::bigint as "closingFen"
      from ledger_lines l join ledger_journals j on j.id = l.journal_id
     where l.account = ${account} and j.posted_on <= ${to}::date`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a sum without a row');
  return row;
}

export interface LoanJournal {
  readonly id: number;
  readonly event: EventKind;
  readonly eventKey: string;
  readonly occurredOn: string;
  readonly postedOn: string;
  readonly recordedAt: Date;
  readonly lines: readonly { readonly account: AccountCode; readonly amountFen: Fen }[];
}

/** Every journal of a loan with its lines, in the order in which they were booked. */
export async function loanJournals(db: Queryable, loanId: string): Promise<readonly LoanJournal[]> {
  return await db
    .selectFrom('ledger_journals as j')
    .innerJoin('ledger_lines as l', 'l.journal_id', 'j.id')
    .select([
      'j.id',
      'j.event',
      'j.event_key as eventKey',
      'j.occurred_on as occurredOn',
      'j.posted_on as postedOn',
      'j.recorded_at as recordedAt',
      sql<
        LoanJournal['lines']
      >`jsonb_agg(jsonb_build_object('account', l.account, 'amountFen', l.amount_fen) order by l.line)`.as(
        'lines',
      ),
    ])
    .where('j.loan_id', '=', loanId)
    .groupBy('j.id')
    .orderBy('j.id')
    .execute();
}
