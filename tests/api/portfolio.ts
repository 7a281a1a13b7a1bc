/** Loans of a portfolio small enough to be counted by hand: on the record and on the books, without any workflow. */
import { randomUUID } from 'node:crypto';
import { EVENT_KEY, post } from '../../activities/posting.ts';
import type { Db } from '../../db/database.ts';
import { storeLoan, storeRepayment } from '../../db/queries/service.ts';
import { type Fen, fen, sumFen, ZERO_FEN } from '../../domain/money.ts';
import { NO_PARTS } from '../../domain/service.ts';
import { application, contract, payoutRow } from '../db/rows.ts';

export interface Small {
  readonly id: string;
  readonly applicationId: string;
}

/** A loan paid out on a day, with instalments of principal alone. */
export async function lend(
  db: Db,
  disbursedOn: string,
  dues: readonly (readonly [dueDate: string, principalFen: number])[],
): Promise<Small> {
  const applicationId = await application(db, 'SERVICE');
  const contractId = await contract(db, applicationId);
  const principalFen = sumFen(dues.map(([, amount]) => fen(amount)));
  const payout = payoutRow(applicationId, contractId, { state: 'PAID' });
  const id = randomUUID();
  await db
    .insertInto('payouts')
    .values({
      ...payout,
      amount_fen: principalFen,
      settled_at: new Date(`${disbursedOn}T04:00:00Z`),
    })
    .execute();
  let balance = Number(principalFen);
  const instalments = dues.map(([dueDate, amount], at) => {
    balance -= amount;
    return {
      number: at + 1,
      dueDate,
      principalFen: fen(amount),
      interestFen: ZERO_FEN,
      feeFen: ZERO_FEN,
      paymentFen: fen(amount),
      balanceFen: fen(balance),
    };
  });
  const terms = { annualRate: '0', termMonths: dues.length, method: 'EQUAL_PRINCIPAL' };
  await db.transaction().execute(async (tx) => {
    await storeLoan(
      tx,
      {
        id,
        applicationId,
        payoutId: payout.id,
        number: `L${id}`,
        principalFen,
        disbursedOn,
        ...terms,
      },
      { instalments },
    );
    await post(
      tx,
      { kind: 'DISBURSED', principalFen, deductedFeeFen: ZERO_FEN },
      { eventKey: EVENT_KEY.disbursed(payout.id), loanId: id, postedOn: disbursedOn },
    );
  });
  return { id, applicationId };
}

/** Principal of one instalment that the borrower paid on a day; what is more is held. */
export async function pay(
  db: Db,
  { id: loanId }: Small,
  money: {
    readonly number: number;
    readonly fen: number;
    readonly on: string;
    readonly heldFen?: Fen;
  },
): Promise<void> {
  const { number, on, heldFen = ZERO_FEN } = money;
  const principalFen = fen(money.fen);
  const noticeId = randomUUID();
  await db.transaction().execute(async (tx) => {
    await storeRepayment(tx, {
      noticeId,
      loanId,
      bankReference: noticeId,
      amountFen: sumFen([principalFen, heldFen]),
      allocations: [{ number, ...NO_PARTS, principalFen }],
      unallocatedFen: heldFen,
      receivedOn: on,
      valueOn: on,
    });
    await tx
      .updateTable('instalments')
      .set((eb) => ({ paid_principal_fen: eb('paid_principal_fen', '+', principalFen) }))
      .where('loan_id', '=', loanId)
      .where('number', '=', number)
      .execute();
    await tx
      .updateTable('loans')
      .set((eb) => ({ unapplied_fen: eb('unapplied_fen', '+', heldFen) }))
      .where('id', '=', loanId)
      .execute();
    await post(
      tx,
      { kind: 'REPAYMENT_RECEIVED', parts: { ...NO_PARTS, principalFen }, unappliedFen: heldFen },
      { eventKey: EVENT_KEY.repayment(noticeId), loanId, postedOn: on },
    );
  });
}
