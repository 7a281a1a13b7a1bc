/** Reads and writes of what people ask of a loan in service: prepayments, and reschedules by two people. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';
import type { PrepaymentRow, RescheduleRow } from '../schema/servicing.ts';

export interface NewPrepayment {
  readonly id: string;
  readonly loanId: string;
  readonly kind: PrepaymentRow['kind'];
  readonly amountFen: Fen | null;
  readonly choice: Prepayment['choice'];
  readonly askedBy: string;
  readonly cause: string;
  readonly askedOn: string;
  readonly validUntil: string;
}

export interface Prepayment {
  readonly id: string;
  readonly kind: PrepaymentRow['kind'];
  readonly amountFen: Fen | null;
  readonly choice: 'LOWER_PAYMENT' | 'SHORTER_TERM' | null;
  readonly state: 'OPEN' | 'DONE' | 'EXPIRED' | 'REPLACED';
  readonly askedOn: string;
  readonly validUntil: string;
}

function selectPrepayments(db: Queryable) {
  return db
    .selectFrom('prepayments')
    .select([
      'id',
      'kind',
      'amount_fen as amountFen',
      'choice',
      'state',
      'asked_on as askedOn',
      'valid_until as validUntil',
    ]);
}

/** The prepayment that a loan waits for, or undefined. */
export async function openPrepayment(
  db: Queryable,
  loanId: string,
): Promise<Prepayment | undefined> {
  return await selectPrepayments(db)
    .where('loan_id', '=', loanId)
    .where('state', '=', 'OPEN')
    .executeTakeFirst();
}

/** The prepayment that an act asked for, or undefined. */
export async function prepaymentByCause(
  db: Queryable,
  cause: string,
): Promise<Prepayment | undefined> {
  return await selectPrepayments(db).where('cause', '=', cause).executeTakeFirst();
}

/** Asks for a prepayment in the place of one that is still open. */
export async function storePrepayment(tx: Tx, asked: NewPrepayment): Promise<void> {
  await closePrepayment(tx, asked.loanId, 'REPLACED', null);
  await tx
    .insertInto('prepayments')
    .values({
      id: asked.id,
      loan_id: asked.loanId,
      kind: asked.kind,
      amount_fen: asked.amountFen,
      choice: asked.choice,
      asked_by: asked.askedBy,
      cause: asked.cause,
      asked_on: asked.askedOn,
      valid_until: asked.validUntil,
    })
    .execute();
}

/** Closes the open prepayment of a loan, if there is one; `version` is the schedule that it made. */
export async function closePrepayment(
  tx: Tx,
  loanId: string,
  state: 'DONE' | 'EXPIRED' | 'REPLACED',
  version: number | null,
): Promise<void> {
  await tx
    .updateTable('prepayments')
    .set({ state, schedule_version: version, closed_at: sql<Date>`now()` })
    .where('loan_id', '=', loanId)
    .where('state', '=', 'OPEN')
    .execute();
}

export interface Reschedule {
  readonly id: string;
  readonly kind: RescheduleRow['kind'];
  readonly months: number;
  readonly reason: string;
  readonly state: 'PROPOSED' | 'APPLIED' | 'REJECTED';
  readonly proposedBy: string;
  readonly decidedBy: string | null;
  readonly cause: string;
}

function selectReschedules(db: Queryable) {
  return db
    .selectFrom('reschedules')
    .select([
      'id',
      'kind',
      'months',
      'reason',
      'state',
      'proposed_by as proposedBy',
      'decided_by as decidedBy',
      'cause',
    ]);
}

/** One reschedule of a loan, locked, or undefined. */
export async function lockReschedule(
  tx: Tx,
  loanId: string,
  id: string,
): Promise<Reschedule | undefined> {
  return await selectReschedules(tx)
    .where('loan_id', '=', loanId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** Every reschedule of a loan, newest first. */
export async function listReschedules(
  db: Queryable,
  loanId: string,
): Promise<readonly Reschedule[]> {
  return await selectReschedules(db)
    .where('loan_id', '=', loanId)
    .orderBy('proposed_at', 'desc')
    .execute();
}

/** Proposes a reschedule; false while another one of the loan waits, or when this act has proposed it already. */
export async function proposeReschedule(
  tx: Tx,
  proposal: Pick<Reschedule, 'id' | 'kind' | 'months' | 'reason' | 'proposedBy' | 'cause'> & {
    readonly loanId: string;
  },
): Promise<boolean> {
  const stored = await tx
    .insertInto('reschedules')
    .values({
      id: proposal.id,
      loan_id: proposal.loanId,
      kind: proposal.kind,
      months: proposal.months,
      reason: proposal.reason,
      proposed_by: proposal.proposedBy,
      cause: proposal.cause,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst();
  return stored !== undefined;
}

/** Records what a second person decided; `version` is the schedule that it made. */
export async function decideReschedule(
  tx: Tx,
  id: string,
  decision: {
    readonly state: 'APPLIED' | 'REJECTED';
    readonly by: string;
    readonly version: number | null;
  },
): Promise<void> {
  await tx
    .updateTable('reschedules')
    .set({
      state: decision.state,
      decided_by: decision.by,
      schedule_version: decision.version,
      decided_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .execute();
}
