/** Reads and writes of what people decide about a bad loan: its class by hand, and its write-off. */
import { sql } from 'kysely';
import type { Tier } from '../../domain/classification.ts';
import type { Fen } from '../../domain/money.ts';
import type { LoanBalances } from '../../domain/ledger.ts';
import type { Queryable, Tx } from '../database.ts';
import type { LoanActRow } from '../schema/collections.ts';

export interface NewLoanAct {
  readonly id: string;
  readonly loanId: string;
  readonly kind: LoanActRow['kind'];
  readonly event: 'MANUAL' | 'IMPAIRED' | 'FRAUD' | null;
  readonly toTier: Tier | null;
  readonly reason: string;
  readonly by: string;
}

/** Whether a loan is written off. */
export async function isWrittenOff(db: Queryable, loanId: string): Promise<boolean> {
  const row = await db
    .selectFrom('loan_standings')
    .select('loan_id')
    .where('loan_id', '=', loanId)
    .where('written_off_on', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Proposes an act; one that only worsens needs no second person and is approved at once. False when one is open already. */
export async function proposeLoanAct(tx: Tx, act: NewLoanAct): Promise<boolean> {
  const proposed = await tx
    .insertInto('loan_acts')
    .values({
      id: act.id,
      loan_id: act.loanId,
      kind: act.kind,
      event: act.event,
      to_tier: act.toTier,
      reason: act.reason,
      proposed_by: act.by,
      state: act.kind === 'WORSEN' ? 'APPROVED' : 'PROPOSED',
    })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return proposed.numInsertedOrUpdatedRows === 1n;
}

function selectActs(db: Queryable) {
  return db
    .selectFrom('loan_acts')
    .select([
      'id',
      'loan_id as loanId',
      'kind',
      'event',
      'to_tier as toTier',
      'reason',
      'state',
      'refusal',
      'proposed_by as proposedBy',
      'decided_by as decidedBy',
      'proposed_at as proposedAt',
      'carried_out_at as carriedOutAt',
    ]);
}

export type LoanAct = Awaited<ReturnType<typeof listLoanActs>>[number];

/** Every act on a loan, oldest first. */
export async function listLoanActs(db: Queryable, loanId: string) {
  return await selectActs(db)
    .where('loan_id', '=', loanId)
    .orderBy('proposed_at')
    .orderBy('id')
    .execute();
}

/** One act, locked. */
export async function lockLoanAct(tx: Tx, id: string): Promise<LoanAct | undefined> {
  return await selectActs(tx).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Decides a proposed act; a constraint refuses the person who proposed it. False when none is proposed any more. */
export async function decideLoanAct(
  tx: Tx,
  said: { readonly id: string; readonly state: 'APPROVED' | 'REJECTED'; readonly by: string },
): Promise<boolean> {
  const decided = await tx
    .updateTable('loan_acts')
    .set({ state: said.state, decided_by: said.by, decided_at: sql<Date>`now()` })
    .where('id', '=', said.id)
    .where('state', '=', 'PROPOSED')
    .executeTakeFirst();
  return decided.numUpdatedRows === 1n;
}

/** Acts that wait to be carried out, oldest first. */
export async function approvedLoanActs(db: Queryable, most: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('loan_acts')
    .select('id')
    .where('state', '=', 'APPROVED')
    .orderBy('proposed_at')
    .orderBy('id')
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}

/** Says what became of an approved act. */
export async function endLoanAct(tx: Tx, id: string, refusal: string | null): Promise<void> {
  await tx
    .updateTable('loan_acts')
    .set({
      state: refusal === null ? 'APPLIED' : 'REFUSED',
      refusal,
      carried_out_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .where('state', '=', 'APPROVED')
    .execute();
}

export interface Standing {
  readonly tier: Tier;
  readonly daysPastDue: number;
  readonly arrearsSeenOn: string | null;
  readonly writtenOffOn: string | null;
  /** Whether a new schedule took effect after the day that was asked about. */
  readonly rescheduled: boolean;
  /** By the record: what its servicing counts now. */
  readonly lateNow: number;
  readonly state: string;
}

/** Where a loan stands; a loan that no close has seen is normal. Undefined for a loan that there is not. */
export async function readStanding(
  db: Queryable,
  loanId: string,
  rescheduledAfter: string,
): Promise<Standing | undefined> {
  const { rows } = await sql<Standing>`
    select coalesce(s.tier, 'NORMAL') as tier, coalesce(s.days_past_due, 0) as "daysPastDue",
           s.arrears_seen_on as "arrearsSeenOn", s.written_off_on as "writtenOffOn",
           exists (select from schedule_versions v where v.loan_id = l.id and v.reason = 'RESCHEDULED'
                    and v.effective_on > ${rescheduledAfter}::date) as rescheduled,
           l.days_past_due as "lateNow", l.state
      from loans l left join loan_standings s on s.loan_id = l.id
     where l.id = ${loanId}`.execute(db);
  return rows[0];
}

/** Moves a loan to another class by an act of people, and keeps where it stood before. */
export async function writeTier(
  tx: Tx,
  change: {
    readonly loanId: string;
    readonly from: Tier;
    readonly to: Tier;
    readonly actId: string;
    readonly on: string;
  },
): Promise<void> {
  const { loanId, from, to, actId, on } = change;
  await tx
    .insertInto('loan_standings')
    .values({ loan_id: loanId, tier: to, tier_since: on, closed_on: on })
    .onConflict((oc) => oc.column('loan_id').doUpdateSet({ tier: to, tier_since: on }))
    .execute();
  await tx
    .insertInto('loan_class_changes')
    .values({ loan_id: loanId, from_tier: from, to_tier: to, act_id: actId, on_day: on })
    .execute();
}

/** What the books hold of a loan, and whether its record says the same. */
export async function bookedBalances(
  db: Queryable,
  loanId: string,
): Promise<(Omit<LoanBalances, 'unappliedFen'> & { readonly agrees: boolean }) | undefined> {
  const { rows } = await sql<Omit<LoanBalances, 'unappliedFen'> & { agrees: boolean }>`
    select g.fee_fen as "feeFen", g.penalty_fen as "penaltyFen", g.interest_fen as "interestFen", g.principal_fen as "principalFen",
           (g.fee_fen, g.penalty_fen, g.interest_fen, g.principal_fen, g.unapplied_fen)
             = (b.fee_fen, b.penalty_fen, b.interest_fen, b.principal_fen, b.unapplied_fen) as agrees
      from loan_ledger_balances g join loan_balances b on b.loan_id = g.loan_id
     where g.loan_id = ${loanId}`.execute(db);
  return rows[0];
}

/** Marks a loan as written off, with what left the books. */
export async function markWrittenOff(
  tx: Tx,
  off: {
    readonly loanId: string;
    readonly on: string;
    readonly totalFen: Fen;
    readonly principalFen: Fen;
  },
): Promise<void> {
  await tx
    .updateTable('loan_standings')
    .set({
      written_off_on: off.on,
      written_off_fen: off.totalFen,
      written_off_principal_fen: off.principalFen,
    })
    .where('loan_id', '=', off.loanId)
    .execute();
}

/** Classes that a loan has been in, oldest first. */
export async function listClassChanges(db: Queryable, loanId: string) {
  return await db
    .selectFrom('loan_class_changes')
    .select(['from_tier as fromTier', 'to_tier as toTier', 'act_id as actId', 'on_day as onDay'])
    .where('loan_id', '=', loanId)
    .orderBy('id')
    .execute();
}
