/** Loans and payouts as they are shown. */
import { sql } from 'kysely';
import type { Queryable } from '../../database.ts';
import type { LoanRow, PayoutState } from '../../schema/money.ts';
import type { After } from './applications.ts';

function selectLoans(db: Queryable) {
  return db
    .selectFrom('loans as l')
    .innerJoin('applications as a', 'a.id', 'l.application_id')
    .selectAll('l')
    .select(['a.owner_subject', sql<string>`l.created_at::text`.as('at')]);
}

/** An owner's loans, newest first, one more than `limit` when there are more. */
export async function listLoans(db: Queryable, owner: string, after: After | null, limit: number) {
  let query = selectLoans(db)
    .where('a.owner_subject', '=', owner)
    .orderBy('l.created_at', 'desc')
    .orderBy('l.id', 'desc')
    .limit(limit + 1);
  if (after !== null) {
    query = query.where(
      sql<boolean>`(l.created_at, l.id) < (${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return await query.execute();
}

/** One loan, or undefined. */
export async function readLoan(db: Queryable, id: string) {
  return await selectLoans(db).where('l.id', '=', id).executeTakeFirst();
}

/** The schedule of a loan with what is paid, and every repayment. */
export async function readLoanLedger(db: Queryable, loanId: string) {
  const instalments = await db
    .selectFrom('instalments')
    .selectAll()
    .where('loan_id', '=', loanId)
    .orderBy('number')
    .execute();
  const repayments = await db
    .selectFrom('repayments')
    .select(['bank_reference', 'amount_fen', 'unallocated_fen', 'received_on', 'value_on'])
    .where('loan_id', '=', loanId)
    .orderBy('recorded_at')
    .execute();
  return { instalments, repayments };
}

function selectPayouts(db: Queryable) {
  return db
    .selectFrom('payouts as p')
    .leftJoin('payout_retries as r', 'r.payout_id', 'p.id')
    .select([
      'p.id',
      'p.application_id',
      'p.contract_id',
      'p.attempt',
      'p.request_no',
      'p.amount_fen',
      'p.tranche',
      'p.state',
      'p.first_released_by',
      'p.released_by',
      'p.bank_reference',
      'p.failure_code',
      'p.created_at',
      'p.sent_at',
      'p.settled_at',
      'p.returned_at',
      'r.action',
      'r.proposed_by',
      'r.reason',
      'r.approved_by',
      sql<string>`p.created_at::text`.as('at'),
    ]);
}

/** Which payouts are wanted; what is undefined does not narrow. */
export interface PayoutFilter {
  readonly state: PayoutState | undefined;
  readonly applicationId: string | undefined;
}

/** Payouts, oldest first; one more than `limit` when there are more. */
export async function listPayouts(
  db: Queryable,
  filter: PayoutFilter,
  after: After | null,
  limit: number,
) {
  let query = selectPayouts(db)
    .orderBy('p.created_at')
    .orderBy('p.id')
    .limit(limit + 1);
  if (filter.state !== undefined) query = query.where('p.state', '=', filter.state);
  if (filter.applicationId !== undefined) {
    query = query.where('p.application_id', '=', filter.applicationId);
  }
  if (after !== null) {
    query = query.where(
      sql<boolean>`(p.created_at, p.id) > (${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return await query.execute();
}

/** One payout, or undefined. */
export async function readPayout(db: Queryable, id: string) {
  return await selectPayouts(db).where('p.id', '=', id).executeTakeFirst();
}

/** The payout that bears this request number, or undefined. */
export async function findPayoutByRequestNo(
  db: Queryable,
  requestNo: string,
): Promise<
  | {
      readonly id: string;
      readonly applicationId: string;
      readonly state: PayoutState;
      readonly tranche: number;
    }
  | undefined
> {
  return await db
    .selectFrom('payouts')
    .select(['id', 'application_id as applicationId', 'state', 'tranche'])
    .where('request_no', '=', requestNo)
    .executeTakeFirst();
}

/** The id of the loan with this number, or undefined. */
export async function findLoanByNumber(
  db: Queryable,
  number: string,
): Promise<{ readonly id: string; readonly state: LoanRow['state'] } | undefined> {
  return await db
    .selectFrom('loans')
    .select(['id', 'state'])
    .where('number', '=', number)
    .executeTakeFirst();
}
