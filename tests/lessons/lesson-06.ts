/** Lesson 6: the contract is generated in the background before any decision, and nobody waits for it. */
import { describe, expect, test } from 'vitest';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { acceptOffer } from '../../tools/teller/applicant.ts';
import { APPROVE, review } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import type { House } from '../support/house.ts';
import { applyAs, reach, statesOf } from '../support/loan.ts';

export function lesson06(house: () => House): void {
  describe('lesson 6: when the contract is drawn up', () => {
    test('there is no contract before the decision and the accepted offer, and signing begins when its PDF is there', async () => {
      const { world, db } = house();
      const loan = await applyAs(house(), 'refer-one', 4);
      await reach(loan, 'REVIEW/REVIEW');
      expect(await statesOf(loan, 'contracts')).toEqual([]);
      await review(world, loan.id, 'reviewer', 'reviewer-li', APPROVE);
      await reach(loan, 'OFFER/OFFER_ANSWER');
      expect(await statesOf(loan, 'contracts')).toEqual([]);
      await acceptOffer(loan.client, loan.id);
      const { contractId } = await reach(loan, 'SIGN/SIGNATURE');
      const pdf = await data(loan.client.contracts.pdf(contractId ?? ''));
      const row = await db
        .selectFrom('contracts as c')
        .innerJoin('offers as o', 'o.id', 'c.offer_id')
        .select(['c.sm3', 'c.created_at', 'o.state', 'o.answered_at'])
        .where('c.application_id', '=', loan.id)
        .executeTakeFirstOrThrow();
      expect(row.sm3).toBe(sm3Hex(pdf));
      expect(row.state).toBe('ACCEPTED');
      const wait = row.created_at.getTime() - (row.answered_at?.getTime() ?? Number.NaN);
      // The answer's instant is the workflow's, the contract's the database's: they may differ by a moment.
      expect(wait).toBeGreaterThan(-1_000);
    });
  });
}
