/** Lesson 14: what is quoted differs from what the allocation then takes, and fees hide in it. */
import { describe, expect, test } from 'vitest';
import { data } from '../../tools/teller/world.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo, loanIdOf, reach } from '../support/loan.ts';
import { repay } from '../support/outside.ts';

export function lesson14(house: () => House): void {
  describe('lesson 14: balance and allocation', () => {
    test('paying exactly what is shown settles the loan, part by part, with nothing left over or missing', async () => {
      const { db } = house();
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 30), 'SERVICE');
      const loanId = await loanIdOf(loan);
      const { number } = await data(loan.client.loans.get(loanId));
      await data(loan.client.loans.prepay(loanId, { kind: 'SETTLE' }));
      const on = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
      const quoted = await data(loan.client.loans.quote(loanId, { on, kind: 'SETTLE' }));
      expect(quoted.toPayFen).toBe(quoted.owedFen);
      await repay(house(), number, quoted.toPayFen);
      await reach(loan, 'SETTLED');
      const paid = await db
        .selectFrom('instalments')
        .select(({ fn }) => [
          fn.sum<string>('paid_principal_fen').as('principalFen'),
          fn.sum<string>('paid_interest_fen').as('interestFen'),
          fn.sum<string>('paid_fee_fen').as('feeFen'),
          fn.sum<string>('paid_penalty_fen').as('penaltyFen'),
        ])
        .where('loan_id', '=', loanId)
        .executeTakeFirstOrThrow();
      const numbers = Object.fromEntries(Object.entries(paid).map(([k, v]) => [k, Number(v)]));
      expect(numbers).toEqual(quoted.owed);
      const { balances } = await data(loan.client.loans.get(loanId));
      expect(balances).toMatchObject({ totalFen: 0, heldFen: 0 });
    });
  });
}
