/** Reads and writes of a loan's account in service: its days, held money, versions of the schedule and penalty accruals. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { ServicedInstalment } from '../../domain/service.ts';
import type { PenaltyAccrual } from '../../domain/service-account.ts';
import type { Queryable, Tx } from '../database.ts';
import type { LoanRow } from '../schema/money.ts';
import type { ScheduleVersionRow } from '../schema/servicing.ts';

/** A loan as servicing needs it, beside its instalments. */
export interface AccountRow {
  readonly id: string;
  readonly applicationId: string;
  readonly payoutId: string;
  readonly number: string;
  readonly state: LoanRow['state'];
  readonly principalFen: Fen;
  readonly annualRate: string;
  readonly method: string;
  readonly disbursedOn: string;
  readonly servicedTo: string | null;
  readonly unappliedFen: Fen;
  readonly scheduleVersion: number;
  /** What of the held money is on its way back to the borrower. */
  readonly refundingFen: Fen;
  /** Whether the bank has an order of ours whose end is not known. */
  readonly orderUnderWay: boolean;
  /** What the bank paid out: the principal less the fees kept back. */
  readonly paidOutFen: Fen;
  /** Day on which the active version of the schedule began. */
  readonly versionFrom: string;
  /** Last due date of the first version. */
  readonly firstMaturity: string | null;
}

/** One loan's account without its instalments, or undefined. Lock the loan first where it is to be changed. */
export async function readAccountRow(
  db: Queryable,
  loanId: string,
): Promise<AccountRow | undefined> {
  return await db
    .selectFrom('loans as l')
    .innerJoin('payouts as p', 'p.id', 'l.payout_id')
    .innerJoin('schedule_versions as v', (join) =>
      join.onRef('v.loan_id', '=', 'l.id').onRef('v.version', '=', 'l.schedule_version'),
    )
    .select((eb) => [
      'l.id',
      'l.application_id as applicationId',
      'l.payout_id as payoutId',
      'l.number',
      'l.state',
      'l.principal_fen as principalFen',
      'l.annual_rate as annualRate',
      'l.method',
      'l.disbursed_on as disbursedOn',
      'l.serviced_to as servicedTo',
      'l.unapplied_fen as unappliedFen',
      'l.schedule_version as scheduleVersion',
      'p.amount_fen as paidOutFen',
      'v.effective_on as versionFrom',
      eb
        .selectFrom('schedule_lines as s')
        .select((line) => line.fn.max('s.due_date').as('last'))
        .whereRef('s.loan_id', '=', 'l.id')
        .where('s.version', '=', 1)
        .as('firstMaturity'),
      sql<Fen>`(select coalesce(sum(o.amount_fen), 0)::bigint from bank_orders o
                 where o.loan_id = l.id and o.kind = 'REFUND' and o.state in ('READY','SENT','UNKNOWN'))`.as(
        'refundingFen',
      ),
      sql<boolean>`exists (select 1 from bank_orders o
                    where o.loan_id = l.id and o.state in ('READY','SENT','UNKNOWN'))`.as(
        'orderUnderWay',
      ),
    ])
    .where('l.id', '=', loanId)
    .executeTakeFirst();
}

/** Writes how far a loan's days are counted and what is held for its borrower. */
export async function writeAccount(
  tx: Tx,
  loanId: string,
  account: { readonly servicedTo: string; readonly unappliedFen: Fen },
): Promise<void> {
  await tx
    .updateTable('loans')
    .set({ serviced_to: account.servicedTo, unapplied_fen: account.unappliedFen })
    .where('id', '=', loanId)
    .execute();
}

/** Writes what is charged and paid of each instalment of the active version; those that have it already are left alone. */
export async function writeCharged(
  tx: Tx,
  loanId: string,
  instalments: readonly ServicedInstalment[],
): Promise<void> {
  if (instalments.length === 0) return;
  const rows = instalments.map(
    ({ number, payableUntil, due, paid, principalFenDays, interestFenDays }) =>
      sql`(${number}::int, ${payableUntil}::date, ${due.penaltyFen}::bigint, ${paid.principalFen}::bigint,
           ${paid.interestFen}::bigint, ${paid.feeFen}::bigint, ${paid.penaltyFen}::bigint,
           ${principalFenDays}::bigint, ${interestFenDays}::bigint)`,
  );
  await sql`
    update instalments as i
       set payable_until = v.payable_until, penalty_fen = v.penalty, paid_principal_fen = v.principal,
           paid_interest_fen = v.interest, paid_fee_fen = v.fee, paid_penalty_fen = v.paid_penalty,
           principal_fen_days = v.principal_days, interest_fen_days = v.interest_days
      from (values ${sql.join(rows)})
        as v (number, payable_until, penalty, principal, interest, fee, paid_penalty, principal_days, interest_days)
     where i.loan_id = ${loanId} and i.number = v.number
       and (i.payable_until, i.penalty_fen, i.paid_principal_fen, i.paid_interest_fen, i.paid_fee_fen, i.paid_penalty_fen,
            i.principal_fen_days, i.interest_fen_days)
           is distinct from (v.payable_until, v.penalty, v.principal, v.interest, v.fee, v.paid_penalty,
            v.principal_days, v.interest_days)`.execute(tx);
}

/** What a version promises for one instalment. */
export interface VersionLine {
  readonly number: number;
  readonly dueDate: string;
  readonly principalFen: Fen;
  readonly interestFen: Fen;
  readonly feeFen: Fen;
}

export interface NewVersion {
  readonly loanId: string;
  readonly version: number;
  readonly reason: ScheduleVersionRow['reason'];
  readonly effectiveOn: string;
  /** What brought it about; a cause makes one version. */
  readonly cause: string;
  readonly lines: readonly VersionLine[];
}

/** Makes a version of the schedule the active one. The version before it is kept, and the database refuses two active ones. */
export async function storeVersion(tx: Tx, version: NewVersion): Promise<void> {
  const { loanId } = version;
  await tx
    .updateTable('schedule_versions')
    .set({ state: 'REPLACED' })
    .where('loan_id', '=', loanId)
    .where('state', '=', 'ACTIVE')
    .execute();
  await tx
    .insertInto('schedule_versions')
    .values({
      loan_id: loanId,
      version: version.version,
      reason: version.reason,
      state: 'ACTIVE',
      effective_on: version.effectiveOn,
      cause: version.cause,
    })
    .execute();
  await tx
    .insertInto('schedule_lines')
    .values(
      version.lines.map((line) => ({
        loan_id: loanId,
        version: version.version,
        number: line.number,
        due_date: line.dueDate,
        principal_fen: line.principalFen,
        interest_fen: line.interestFen,
        fee_fen: line.feeFen,
      })),
    )
    .execute();
}

/** Puts the instalments of a new version in the place of those of the version before, and numbers the loan's version. */
export async function replaceInstalments(
  tx: Tx,
  loanId: string,
  version: number,
  instalments: readonly ServicedInstalment[],
): Promise<void> {
  await tx.deleteFrom('instalments').where('loan_id', '=', loanId).execute();
  await tx
    .insertInto('instalments')
    .values(
      instalments.map((i) => ({
        loan_id: loanId,
        number: i.number,
        due_date: i.dueDate,
        payable_until: i.payableUntil,
        accrued_on: i.accruedOn,
        principal_fen: i.due.principalFen,
        interest_fen: i.due.interestFen,
        fee_fen: i.due.feeFen,
        penalty_fen: i.due.penaltyFen,
        paid_principal_fen: i.paid.principalFen,
        paid_interest_fen: i.paid.interestFen,
        paid_fee_fen: i.paid.feeFen,
        paid_penalty_fen: i.paid.penaltyFen,
        principal_fen_days: i.principalFenDays,
        interest_fen_days: i.interestFenDays,
      })),
    )
    .execute();
  await tx
    .updateTable('loans')
    .set({ schedule_version: version })
    .where('id', '=', loanId)
    .execute();
}

/** Records penalty interest of days that were never counted before; the database refuses a day twice. */
export async function storeAccruals(
  tx: Tx,
  loanId: string,
  annualRate: string,
  accruals: readonly PenaltyAccrual[],
): Promise<void> {
  if (accruals.length === 0) return;
  await tx
    .insertInto('penalty_accruals')
    .values(
      accruals.map((one) => ({
        loan_id: loanId,
        number: one.number,
        from_day: one.from,
        until_day: one.until,
        principal_fen: one.principalFen,
        interest_fen: one.interestFen,
        annual_rate: annualRate,
        charged_fen: one.chargedFen,
      })),
    )
    .execute();
}

/** Says why a loan is settled. */
export async function writeSettledReason(
  tx: Tx,
  loanId: string,
  reason: 'PAID' | 'PREPAID' | 'COOLING_OFF',
): Promise<void> {
  await tx
    .updateTable('loans')
    .set({ settled_reason: reason })
    .where('id', '=', loanId)
    .where('settled_reason', 'is', null)
    .execute();
}

/** The versions of a loan's schedule, newest first, without their lines. */
export async function listVersions(db: Queryable, loanId: string) {
  return await db
    .selectFrom('schedule_versions')
    .selectAll()
    .where('loan_id', '=', loanId)
    .orderBy('version', 'desc')
    .execute();
}
