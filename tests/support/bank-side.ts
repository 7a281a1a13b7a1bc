/** Where a payout stands on both sides: our record and the bank's own books, beside each other to the fen. */
import { expect } from 'vitest';
import { sql } from 'kysely';
import type { House } from './house.ts';
import type { Loan } from './loan.ts';
import { readBooks, transfersTo } from './outside.ts';

/** What the sandbox's bank gives the lender to begin with, in fen. */
const OPENING_FEN = 1_000_000_000_000;

/** The card that a loan is paid to. */
export const cardOf = (loan: Loan): string => loan.persona.application.loan.bankCardNumber;

/** Payouts on our record: attempt, state and number. */
export async function payoutsOf(loan: Loan) {
  return await loan.house.db
    .selectFrom('payouts')
    .select(['id', 'attempt', 'state', 'request_no', 'amount_fen', 'failure_code'])
    .where('application_id', '=', loan.id)
    .orderBy('attempt')
    .execute();
}

/** Our books and the bank's agree: the loan's amount left once, under the number of the attempt that is PAID. */
export async function expectPaidOnce(loan: Loan): Promise<void> {
  const paid = (await payoutsOf(loan)).filter(({ state }) => state === 'PAID');
  const atBank = (await transfersTo(loan.house, cardOf(loan))).filter(
    ({ status }) => status === 'PAID',
  );
  expect(paid).toHaveLength(1);
  expect(atBank.map(({ requestNo, amountFen }) => [requestNo, amountFen])).toEqual(
    paid.map((payout) => [payout.request_no, payout.amount_fen]),
  );
}

/** What the cash account of our books holds, and by how much the lender's account at the bank has moved. */
export async function cashOnBothSides(house: House): Promise<{ ours: number; theirs: number }> {
  const { rows } = await sql<{ fen: number }>`
    select coalesce(sum(amount_fen), 0)::bigint as fen from ledger_lines where account = '1002'`.execute(
    house.db,
  );
  const { accounts, lenderAccount } = await readBooks(house);
  const lender = accounts.find(({ number }) => number === lenderAccount);
  return { ours: rows[0]?.fen ?? 0, theirs: (lender?.balanceFen ?? 0) - OPENING_FEN };
}
