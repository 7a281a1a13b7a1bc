/** Money that came back after it was paid: what is read of payout, loan and books, and how the loan stands still and goes on. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { Schedule } from '../../domain/schedule.ts';
import type { Queryable, Tx } from '../database.ts';
import { replaceInstalments, storeVersion } from './servicing.ts';

/** The loan that a payout opened, with what the books say is owed on it. */
export interface ReturnedLoan {
  readonly id: string;
  readonly state: string;
  readonly principalFen: Fen;
  readonly annualRate: string;
  readonly termMonths: number;
  readonly scheduleVersion: number;
  /** Whether any money of the borrower was ever counted. */
  readonly wasRepaid: boolean;
  readonly receivable: {
    readonly interestFen: Fen;
    /** Fees of instalments, without what a prepayment cost. */
    readonly feeFen: Fen;
    readonly prepaymentFeeFen: Fen;
    readonly penaltyFen: Fen;
  };
}

/** The loan note of a part of an application, locked; undefined before it is opened. */
export async function lockReturnedLoan(
  tx: Tx,
  applicationId: string,
  tranche = 1,
): Promise<ReturnedLoan | undefined> {
  await tx
    .selectFrom('loans')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('tranche', '=', tranche)
    .forUpdate()
    .execute();
  const { rows } = await sql<Omit<ReturnedLoan, 'receivable'> & ReturnedLoan['receivable']>`
    select l.id, l.state, l.principal_fen as "principalFen", l.annual_rate as "annualRate",
           l.term_months as "termMonths", l.schedule_version as "scheduleVersion",
           exists (select from repayments r where r.loan_id = l.id) as "wasRepaid",
           coalesce(b.interest_fen, 0)::bigint as "interestFen", coalesce(b.fee_fen, 0)::bigint - f.charged as "feeFen",
           f.charged as "prepaymentFeeFen", coalesce(b.penalty_fen, 0)::bigint as "penaltyFen"
      from loans l left join loan_ledger_balances b on b.loan_id = l.id
     cross join lateral (
       select least(greatest(-coalesce(sum(g.amount_fen), 0), 0), coalesce(b.fee_fen, 0))::bigint as charged
         from ledger_lines g join ledger_journals j on j.id = g.journal_id
        where j.loan_id = l.id and g.account = '602102') f
     where l.application_id = ${applicationId} and l.tranche = ${tranche}`.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { interestFen, feeFen, prepaymentFeeFen, penaltyFen, ...loan } = row;
  return { ...loan, receivable: { interestFen, feeFen, prepaymentFeeFen, penaltyFen } };
}

/** Says that a paid payout came back; false when it is not paid. */
export async function markReturned(
  tx: Tx,
  payoutId: string,
  returned: { readonly reference: string | null; readonly reason: string },
): Promise<boolean> {
  const marked = await tx
    .updateTable('payouts')
    .set({
      state: 'RETURNED',
      returned_at: sql<Date>`now()`,
      return_reference: returned.reference,
      failure_code: returned.reason,
    })
    .where('id', '=', payoutId)
    .where('state', '=', 'PAID')
    .executeTakeFirst();
  return marked.numUpdatedRows === 1n;
}

/** Stops the schedule: nothing is due of a loan whose money came back. What was promised stays in `schedule_lines`. */
export async function stopSchedule(tx: Tx, loanId: string): Promise<void> {
  await tx.deleteFrom('instalments').where('loan_id', '=', loanId).execute();
  await tx
    .updateTable('loans')
    .set({ state: 'RETURNED', days_past_due: 0 })
    .where('id', '=', loanId)
    .execute();
}

/** Lets a loan run anew from the day its money moved again, under a new version of its schedule. */
export async function restartLoan(
  tx: Tx,
  loan: Pick<ReturnedLoan, 'id' | 'scheduleVersion'>,
  restart: {
    readonly payoutId: string;
    readonly disbursedOn: string;
    readonly schedule: Schedule;
    readonly payableUntil: (dueDate: string) => string;
  },
): Promise<void> {
  const { payoutId, disbursedOn, schedule, payableUntil } = restart;
  const version = loan.scheduleVersion + 1;
  const none = 0 as Fen;
  await storeVersion(tx, {
    loanId: loan.id,
    version,
    reason: 'ORIGINATED',
    effectiveOn: disbursedOn,
    cause: `service.open:${payoutId}`,
    lines: schedule.instalments,
  });
  await replaceInstalments(
    tx,
    loan.id,
    version,
    schedule.instalments.map((i) => ({
      number: i.number,
      dueDate: i.dueDate,
      payableUntil: payableUntil(i.dueDate),
      due: {
        feeFen: i.feeFen,
        penaltyFen: none,
        interestFen: i.interestFen,
        principalFen: i.principalFen,
      },
      paid: { feeFen: none, penaltyFen: none, interestFen: none, principalFen: none },
      accruedOn: null,
      principalFenDays: 0,
      interestFenDays: 0,
    })),
  );
  await tx
    .updateTable('loans')
    .set({
      state: 'ACTIVE',
      payout_id: payoutId,
      disbursed_on: disbursedOn,
      serviced_to: disbursedOn,
      days_past_due: 0,
    })
    .where('id', '=', loan.id)
    .execute();
}

/** Whether a note whose money came back may still be paid again: neither its application nor its part was given up. */
export async function isStillReturned(db: Queryable, loanId: string): Promise<boolean> {
  const row = await db
    .selectFrom('loans as l')
    .innerJoin('applications as a', 'a.id', 'l.application_id')
    .leftJoin('tranches as t', (join) =>
      join.onRef('t.application_id', '=', 'l.application_id').onRef('t.number', '=', 'l.tranche'),
    )
    .select(['a.stage', 't.state'])
    .where('l.id', '=', loanId)
    .executeTakeFirst();
  return row?.stage === 'SERVICE' && row.state !== 'GIVEN_UP';
}
