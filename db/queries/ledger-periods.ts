/** Months of the books: proposed for closing by one person, closed by another, and then closed for good. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';

export interface LedgerMonth {
  /** First day of the month. */
  readonly month: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly closedBy: string | null;
  readonly closedAt: Date | null;
}

/** Every month that was proposed or closed, newest first. */
export async function listMonths(db: Queryable, most: number): Promise<readonly LedgerMonth[]> {
  return await selectMonths(db).orderBy('month', 'desc').limit(most).execute();
}

/** One month, or undefined when nobody has proposed to close it. */
export async function readMonth(db: Queryable, month: string): Promise<LedgerMonth | undefined> {
  return await selectMonths(db).where('month', '=', month).executeTakeFirst();
}

function selectMonths(db: Queryable) {
  return db
    .selectFrom('ledger_periods')
    .select([
      'month',
      'proposed_by as proposedBy',
      'proposed_at as proposedAt',
      'closed_by as closedBy',
      'closed_at as closedAt',
    ]);
}

/**
 * Waits for those who are posting into the month and keeps others out until the transaction ends: what is found true of
 * the month under this lock still is when it closes.
 */
export async function lockMonth(tx: Tx, month: string): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(hashtextextended('ledger ' || current_schema() || to_char(${month}::date, ' YYYY-MM'), 0))`.execute(
    tx,
  );
}

/** Proposes to close a month. False when it is proposed or closed already. */
export async function proposeMonth(tx: Tx, month: string, by: string): Promise<boolean> {
  const proposed = await tx
    .insertInto('ledger_periods')
    .values({ month, proposed_by: by })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return proposed.numInsertedOrUpdatedRows === 1n;
}

/** Closes a proposed month; a constraint refuses the person who proposed it. False when none is open. */
export async function closeMonth(tx: Tx, month: string, by: string): Promise<boolean> {
  const closed = await tx
    .updateTable('ledger_periods')
    .set({ closed_by: by, closed_at: sql<Date>`now()` })
    .where('month', '=', month)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return closed.numUpdatedRows === 1n;
}

/** Whether a month before this one has journals and is not closed. */
export async function hasOpenMonthBefore(db: Queryable, month: string): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`
    select exists (
      select from ledger_journals j
       where j.period < ${month}::date
         and j.period > coalesce((select max(p.month) from ledger_periods p where p.closed_at is not null), '-infinity'::date)
    ) as open`.execute(db);
  return rows[0]?.open === true;
}

/** Whether a case of the reconciliation with the bank for a day up to `until` is not resolved. */
export async function hasOpenReconciliation(db: Queryable, until: string): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`
    select exists (
      select from reconciliation_cases where state <> 'RESOLVED' and day <= ${until}::date
    ) as open`.execute(db);
  return rows[0]?.open === true;
}
