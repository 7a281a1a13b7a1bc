/** Writes of the ledger: a journal per business event, once, in the transaction that records the event. */
import { sql } from 'kysely';
import type { EventKind, JournalLine } from '../../domain/ledger.ts';
import type { Fen } from '../../domain/money.ts';
import type { Tx } from '../database.ts';

export interface NewJournal {
  readonly event: EventKind;
  /** Names the event for good: the same key is the same event (docs/ledger.md lists the keys). */
  readonly eventKey: string;
  /** Null for money of no loan. */
  readonly loanId: string | null;
  /** Business date on which the event is booked. */
  readonly postedOn: string;
  /** The event's own date where that is earlier, as of money that was told of late. */
  readonly occurredOn?: string;
  /** At least two, adding up to zero; none when the event moves nothing. */
  readonly lines: readonly JournalLine[];
  /** The journal that this one takes back; of a `REVERSED` journal and no other, and each is taken back once. */
  readonly reversesId?: number;
}

export type Posting =
  /** On the books now; `postedOn` is the first day of the next open month when the event's own month is closed. */
  | { readonly kind: 'POSTED'; readonly journalId: number; readonly postedOn: string }
  /** It was on the books already, with the same lines. */
  | { readonly kind: 'POSTED_BEFORE'; readonly journalId: number; readonly postedOn: string }
  /** The event moved nothing. */
  | { readonly kind: 'NOTHING_TO_POST' };

/** The key stands for an event with other lines: one of the two is wrong, and neither may be overwritten. */
export class JournalDiffers extends Error {
  readonly code = 'JOURNAL_DIFFERS';
  constructor(eventKey: string) {
    super(`the journal of ${eventKey} has other lines`);
    this.name = 'JournalDiffers';
  }
}

interface Stored {
  readonly id: number;
  readonly postedOn: string;
}

async function insertJournal(tx: Tx, journal: NewJournal): Promise<Stored | undefined> {
  const lines = journal.lines.map(
    ({ account, amountFen }, at) => sql`(${at + 1}::int, ${account}::text, ${amountFen}::bigint)`,
  );
  // An event of a closed month is booked on the first day that is open, and keeps its own date beside it.
  const { rows } = await sql<Stored>`
    with written as (
      insert into ledger_journals (event, event_key, loan_id, reverses_id, occurred_on, posted_on)
      select ${journal.event}, ${journal.eventKey}, ${journal.loanId}::uuid, ${journal.reversesId ?? null}::bigint, ${journal.occurredOn ?? journal.postedOn}::date,
             greatest(${journal.postedOn}::date,
                      (select (max(month) + interval '1 month')::date from ledger_periods where closed_at is not null))
      on conflict (event_key) do nothing
      returning id, posted_on
    ), booked as (
      insert into ledger_lines (journal_id, line, account, amount_fen)
      select w.id, v.line, v.account, v.amount
        from written w, (values ${sql.join(lines)}) as v (line, account, amount)
    )
    select id, posted_on as "postedOn" from written`.execute(tx);
  return rows[0];
}

async function readJournal(
  tx: Tx,
  eventKey: string,
): Promise<(Stored & { readonly lines: readonly JournalLine[] }) | undefined> {
  const head = await tx
    .selectFrom('ledger_journals')
    .select(['id', 'posted_on as postedOn'])
    .where('event_key', '=', eventKey)
    .executeTakeFirst();
  if (head === undefined) return undefined;
  const lines = await tx
    .selectFrom('ledger_lines')
    .select(['account', 'amount_fen as amountFen'])
    .where('journal_id', '=', head.id)
    .orderBy('line')
    .execute();
  return { ...head, lines };
}

const wordsOf = (lines: readonly JournalLine[]): string =>
  lines
    .map(({ account, amountFen }) => `${account}:${amountFen}`)
    .sort()
    .join(' ');

/**
 * Puts an event on the books, inside the transaction that records it. The same key a second time posts nothing and gives
 * the first journal. The database refuses lines that do not add up to zero.
 * @throws JournalDiffers when the key stands for other lines
 */
export async function postJournal(tx: Tx, journal: NewJournal): Promise<Posting> {
  if (journal.lines.length === 0) return { kind: 'NOTHING_TO_POST' };
  const written = await insertJournal(tx, journal);
  if (written !== undefined)
    return { kind: 'POSTED', journalId: written.id, postedOn: written.postedOn };
  const before = await readJournal(tx, journal.eventKey);
  if (before === undefined || wordsOf(before.lines) !== wordsOf(journal.lines))
    throw new JournalDiffers(journal.eventKey);
  return { kind: 'POSTED_BEFORE', journalId: before.id, postedOn: before.postedOn };
}

export interface AccruedInstalment {
  readonly version: number;
  readonly number: number;
  readonly accruedOn: string;
  readonly interestFen: Fen;
  readonly feeFen: Fen;
}

/** Marks the instalments whose interest and fee become a claim by `today`, and those paid ahead; gives each of them once. */
export async function accrueInstalments(
  tx: Tx,
  accrual: {
    readonly loanId: string;
    readonly today: string;
    readonly paidAhead: readonly number[];
  },
): Promise<readonly AccruedInstalment[]> {
  const { loanId, today, paidAhead } = accrual;
  const { rows } = await sql<AccruedInstalment>`
    update instalments i set accrued_on = least(i.due_date, ${today}::date)
      from loans l
     where i.loan_id = ${loanId} and l.id = i.loan_id and i.accrued_on is null
       and (i.due_date <= ${today}::date or i.number = any(${[...paidAhead]}::int[]))
    returning l.schedule_version as version, i.number, i.accrued_on as "accruedOn",
              i.interest_fen as "interestFen", i.fee_fen as "feeFen"`.execute(tx);
  return rows.toSorted((a, b) => a.number - b.number);
}
