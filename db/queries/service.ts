/** Reads and writes of the service chapter: the loan, its instalments, repayments and notices from the bank. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { Schedule } from '../../domain/schedule.ts';
import type { ServicedInstalment } from '../../domain/service.ts';
import { storeVersion } from './servicing.ts';
import type { Queryable, Tx } from '../database.ts';
import type { LoanRow } from '../schema/money.ts';

export interface NewLoan {
  readonly id: string;
  readonly applicationId: string;
  readonly payoutId: string;
  readonly number: string;
  readonly principalFen: Fen;
  readonly annualRate: string;
  readonly termMonths: number;
  readonly method: string;
  readonly disbursedOn: string;
  /** Which part of the contract it is a note of; the first unless told. */
  readonly tranche?: number;
}

/**
 * Opens the loan with the first version of its schedule; an application has one loan for each part that is paid out. `payableUntil` says which day a due
 * date may wait for.
 */
export async function storeLoan(
  tx: Tx,
  loan: NewLoan,
  schedule: Pick<Schedule, 'instalments'>,
  payableUntil: (dueDate: string) => string = (dueDate) => dueDate,
): Promise<void> {
  const opened = await tx
    .insertInto('loans')
    .values({
      id: loan.id,
      application_id: loan.applicationId,
      payout_id: loan.payoutId,
      number: loan.number,
      principal_fen: loan.principalFen,
      annual_rate: loan.annualRate,
      term_months: loan.termMonths,
      method: loan.method,
      disbursed_on: loan.disbursedOn,
      state: 'ACTIVE',
      serviced_to: loan.disbursedOn,
      tranche: loan.tranche ?? 1,
    })
    .onConflict((oc) => oc.columns(['application_id', 'tranche']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (opened === undefined) return;
  await tx
    .insertInto('instalments')
    .values(
      schedule.instalments.map((i) => ({
        loan_id: loan.id,
        number: i.number,
        due_date: i.dueDate,
        payable_until: payableUntil(i.dueDate),
        principal_fen: i.principalFen,
        interest_fen: i.interestFen,
        fee_fen: i.feeFen,
      })),
    )
    .execute();
  await storeVersion(tx, {
    loanId: loan.id,
    version: 1,
    reason: 'ORIGINATED',
    effectiveOn: loan.disbursedOn,
    cause: `service.open:${loan.payoutId}`,
    lines: schedule.instalments,
  });
}

/** The payout of a part that was paid, or undefined. */
export async function paidPayout(
  db: Queryable,
  applicationId: string,
  tranche = 1,
): Promise<
  { readonly id: string; readonly amountFen: Fen; readonly contractId: string } | undefined
> {
  return await db
    .selectFrom('payouts')
    .select(['id', 'amount_fen as amountFen', 'contract_id as contractId'])
    .where('application_id', '=', applicationId)
    .where('tranche', '=', tranche)
    .where('state', '=', 'PAID')
    .executeTakeFirst();
}

export interface ServicedLoan {
  readonly id: string;
  readonly applicationId: string;
  readonly state: LoanRow['state'];
}

/** One loan, locked: repayments of a loan are counted one after the other. */
export async function lockLoan(tx: Tx, loanId: string): Promise<ServicedLoan | undefined> {
  return await tx
    .selectFrom('loans')
    .select(['id', 'application_id as applicationId', 'state'])
    .where('id', '=', loanId)
    .forUpdate()
    .executeTakeFirst();
}

/** The instalments of the active version with what is charged and paid of each, by number. */
export async function readInstalments(
  db: Queryable,
  loanId: string,
): Promise<readonly ServicedInstalment[]> {
  const rows = await db
    .selectFrom('instalments')
    .selectAll()
    .where('loan_id', '=', loanId)
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    number: row.number,
    dueDate: row.due_date,
    payableUntil: row.payable_until ?? row.due_date,
    due: {
      feeFen: row.fee_fen,
      penaltyFen: row.penalty_fen,
      interestFen: row.interest_fen,
      principalFen: row.principal_fen,
    },
    paid: {
      feeFen: row.paid_fee_fen,
      penaltyFen: row.paid_penalty_fen,
      interestFen: row.paid_interest_fen,
      principalFen: row.paid_principal_fen,
    },
    accruedOn: row.accrued_on,
    principalFenDays: row.principal_fen_days,
    interestFenDays: row.interest_fen_days,
  }));
}

export interface NewRepayment {
  readonly noticeId: string;
  readonly loanId: string;
  readonly bankReference: string;
  readonly amountFen: Fen;
  readonly allocations: readonly unknown[];
  readonly unallocatedFen: Fen;
  /** The day on which it is counted. */
  readonly receivedOn: string;
  /** The day from which it counts; not later. */
  readonly valueOn: string;
}

/** Records a repayment; false when this notice or this bank reference is counted already. */
export async function storeRepayment(tx: Tx, repayment: NewRepayment): Promise<boolean> {
  const stored = await tx
    .insertInto('repayments')
    .values({
      notice_id: repayment.noticeId,
      loan_id: repayment.loanId,
      bank_reference: repayment.bankReference,
      amount_fen: repayment.amountFen,
      allocations: JSON.stringify(repayment.allocations),
      unallocated_fen: repayment.unallocatedFen,
      received_on: repayment.receivedOn,
      value_on: repayment.valueOn < repayment.receivedOn ? repayment.valueOn : null,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('notice_id')
    .executeTakeFirst();
  return stored !== undefined;
}

/** Says how late a loan is, or that it is settled. */
export async function writeLoanState(
  tx: Tx,
  loanId: string,
  state: LoanRow['state'],
  daysPastDue: number,
): Promise<void> {
  await tx
    .updateTable('loans')
    .set({
      state,
      days_past_due: daysPastDue,
      ...(state === 'SETTLED' ? { settled_at: sql<Date>`coalesce(settled_at, now())` } : {}),
    })
    .where('id', '=', loanId)
    .execute();
}

/** The sealed body of a notice from the bank, or undefined. */
export async function readBankNotice(db: Queryable, noticeId: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('bank_notices')
    .select('sealed_body')
    .where('notice_id', '=', noticeId)
    .executeTakeFirst();
  return row?.sealed_body;
}
