/** Lesson 4: funds go out although the time for it is over. */
import { describe, expect, test } from 'vitest';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { payoutOf } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo, type Loan, reach, statesOf } from '../support/loan.ts';
import { transfersTo } from '../support/outside.ts';
import { problemOf, untilClosed } from './voices.ts';

const SIGN_WINDOW_MS = 72 * 3_600_000;

const moneyTo = (house: House, { persona }: Loan) =>
  transfersTo(house, persona.application.loan.bankCardNumber);

export function lesson04(house: () => House): void {
  describe('lesson 4: money after the time for it', () => {
    test('a contract that was not signed in time is void, cannot be signed late, and no money can follow', async () => {
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 5), 'SIGN');
      const { contractId } = await reach(loan, 'SIGN/SIGNATURE');
      const digestSm3 = sm3Hex(await data(loan.client.contracts.pdf(contractId ?? '')));
      await house().fastForward(loan.id, SIGN_WINDOW_MS + 60_000);
      await reach(loan, 'EXPIRED');
      await untilClosed(loan);
      expect(await statesOf(loan, 'contracts')).toEqual(['VOID']);
      const late = loan.client.contracts.sign(contractId ?? '', {
        digestSm3,
        code: '000000',
        pages: [{ page: 1, dwellMs: 2_000 }],
      });
      expect(await problemOf(late)).toBe('AFTER_ENDING');
      expect(await statesOf(loan, 'payouts')).toEqual([]);
      expect(await moneyTo(house(), loan)).toEqual([]);
    });

    test('a payout that was withdrawn before its release cannot be released afterwards', async () => {
      const { world } = house();
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 6), 'DISBURSE');
      const payout = await payoutOf(world, loan.id, 'READY');
      await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
      const release = world.as('finance-maker', 'finance-qian').payouts.release(payout.id);
      expect(await problemOf(release)).toBe('AFTER_ENDING');
      await untilClosed(loan);
      expect(await statesOf(loan, 'payouts')).toEqual(['CANCELLED']);
      expect(await moneyTo(house(), loan)).toEqual([]);
    });
  });
}
