/** Reads and writes of the parts in which a contract is paid out: their plan, what became of each, and what is left of it. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';
import type { TrancheRow } from '../schema/money.ts';

export interface PlannedTranche {
  readonly number: number;
  readonly principalFen: Fen;
  /** What the borrower receives. */
  readonly advancedFen: Fen;
  /** ISO. */
  readonly earliestOn: string;
}

/** One part with the contract it is of. */
export interface TrancheRecord extends PlannedTranche {
  readonly contractId: string;
  readonly state: TrancheRow['state'];
}

/** Writes the plan of a contract whose first part is paid; a plan that is there stays. */
export async function planTranches(
  tx: Tx,
  { applicationId, contractId }: { readonly applicationId: string; readonly contractId: string },
  tranches: readonly PlannedTranche[],
): Promise<void> {
  if (tranches.length === 0) return;
  await tx
    .insertInto('tranches')
    .values(
      tranches.map(({ number, principalFen, advancedFen, earliestOn }) => ({
        contract_id: contractId,
        application_id: applicationId,
        number,
        principal_fen: principalFen,
        advanced_fen: advancedFen,
        earliest_on: earliestOn,
        state: number === 1 ? 'PAID' : 'PLANNED',
      })),
    )
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** Every part of an application, in order; none for a contract that is paid out once. */
export async function readTranches(
  db: Queryable,
  applicationId: string,
): Promise<readonly TrancheRecord[]> {
  return await db
    .selectFrom('tranches')
    .select([
      'number',
      'principal_fen as principalFen',
      'advanced_fen as advancedFen',
      'earliest_on as earliestOn',
      'contract_id as contractId',
      'state',
    ])
    .where('application_id', '=', applicationId)
    .orderBy('number')
    .execute();
}

/** Says that a part is being drawn, or is paid. Triggers refuse what does not follow, and a part paid without its money. */
export async function moveTranche(
  tx: Tx,
  { contractId, number }: Pick<TrancheRecord, 'contractId' | 'number'>,
  state: 'DRAWING' | 'PAID',
): Promise<void> {
  await tx
    .updateTable('tranches')
    .set({ state })
    .where('contract_id', '=', contractId)
    .where('number', '=', number)
    .where('state', '<>', state)
    .execute();
}

/** Who gives parts up, for which coded reason. */
export interface GivingUp {
  readonly by: string;
  readonly as: 'BORROWER' | 'LENDER';
  readonly reason: string;
  readonly at: Date;
}

/** Gives parts up. A trigger refuses one whose money may be on its way. */
export async function giveUpTranches(
  tx: Tx,
  contractId: string,
  numbers: readonly number[],
  { by, as, reason, at }: GivingUp,
): Promise<void> {
  await tx
    .updateTable('tranches')
    .set({
      state: 'GIVEN_UP',
      given_up_by: by,
      given_up_as: as,
      given_up_reason: reason,
      given_up_at: at,
    })
    .where('contract_id', '=', contractId)
    .where('number', 'in', [...numbers])
    .where('state', '<>', 'GIVEN_UP')
    .execute();
}

/** Cancels a payout that nobody has released for good; false when somebody has. */
export async function cancelReadyPayout(tx: Tx, payoutId: string): Promise<boolean> {
  const cancelled = await tx
    .updateTable('payouts')
    .set({ state: 'CANCELLED', settled_at: sql<Date>`now()` })
    .where('id', '=', payoutId)
    .where('state', '=', 'READY')
    .executeTakeFirst();
  return cancelled.numUpdatedRows === 1n;
}

/** What is left of an application that is in service. */
export interface Left {
  /** Notes on which something is owed, or whose money came back and that nobody has given up. */
  readonly openNotes: number;
  readonly settledNotes: number;
  /** Parts that may still be paid out. */
  readonly openTranches: number;
}

/** Counts what is left. The caller holds the application, so that of two notes settled at one moment the later sees both. */
export async function readLeft(db: Queryable, applicationId: string): Promise<Left> {
  const { rows } = await sql<Left>`
    select count(*) filter (where l.state in ('ACTIVE','OVERDUE')
                               or (l.state = 'RETURNED' and t.state is distinct from 'GIVEN_UP'))::int as "openNotes",
           count(*) filter (where l.state = 'SETTLED')::int as "settledNotes",
           (select count(*) from tranches o
             where o.application_id = ${applicationId} and o.state in ('PLANNED','DRAWING'))::int as "openTranches"
      from loans l left join tranches t on t.application_id = l.application_id and t.number = l.tranche
     where l.application_id = ${applicationId}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate gave no row');
  return row;
}

/** The plan with what became of each part, as it is shown. */
export async function readPlan(db: Queryable, applicationId: string) {
  return await db
    .selectFrom('tranches as t')
    .leftJoin('loans as l', (join) =>
      join.onRef('l.application_id', '=', 't.application_id').onRef('l.tranche', '=', 't.number'),
    )
    .select(['t.number', 't.principal_fen', 't.advanced_fen', 't.earliest_on', 't.state'])
    .select(['t.given_up_as', 't.given_up_reason', 't.given_up_at'])
    .select(['l.id as loan_id', 'l.number as loan_number', 'l.disbursed_on'])
    .where('t.application_id', '=', applicationId)
    .orderBy('t.number')
    .execute();
}
