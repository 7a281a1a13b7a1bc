/** Lesson 14: what is quoted differs from what the allocation then takes, and fees hide in it. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { data } from '../../tools/teller/world.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo, loanIdOf, reach } from '../support/loan.ts';
import { repay } from '../support/outside.ts';

const allocation = z.array(
  z.object({
    principalFen: z.number(),
    interestFen: z.number(),
    feeFen: z.number(),
    penaltyFen: z.number(),
  }),
);

export function lesson14(house: () => House): void {
  describe('lesson 14: balance and allocation', () => {
    test('paying exactly what is shown settles the loan, part by part, with nothing left over or missing', async () => {
      const { db } = house();
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 30), 'SERVICE');
      const loanId = await loanIdOf(loan);
      const shown = await data(loan.client.loans.get(loanId));
      const { principalFen, interestFen, feeFen, totalFen } = shown.balances;
      expect(totalFen).toBe(principalFen + interestFen + feeFen);
      await repay(house(), shown.number, totalFen);
      await reach(loan, 'SETTLED');
      const row = await db
        .selectFrom('repayments')
        .select(['amount_fen', 'allocations', 'unallocated_fen'])
        .where('loan_id', '=', loanId)
        .executeTakeFirstOrThrow();
      const parts = allocation.parse(row.allocations);
      const taken = (part: keyof (typeof parts)[number]) =>
        parts.reduce((sum, one) => sum + one[part], 0);
      expect({
        principalFen: taken('principalFen'),
        interestFen: taken('interestFen'),
        feeFen: taken('feeFen'),
        penaltyFen: taken('penaltyFen'),
        unallocated: row.unallocated_fen,
      }).toEqual({ principalFen, interestFen, feeFen, penaltyFen: 0, unallocated: 0 });
      expect((await data(loan.client.loans.get(loanId))).balances.totalFen).toBe(0);
    });
  });
}
