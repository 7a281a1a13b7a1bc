/** Lesson 3: compensation skips a step that landed but timed out, and a failed compensation is logged and forgotten. */
import { describe, expect, test } from 'vitest';
import { sign } from '../../tools/teller/applicant.ts';
import { data } from '../../tools/teller/world.ts';
import { NeedsHuman } from '../../workflows/search-attributes.ts';
import { revokedSerials } from '../support/aftermath.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo, eventually, type Loan, statesOf } from '../support/loan.ts';
import { requestsOf } from '../support/outside.ts';
import { problemOf, untilClosed, untilShown } from './voices.ts';

const REASON = { reason: 'NO_LONGER_NEEDED' };

async function certificateOf({ house, id }: Loan) {
  return await house.db
    .selectFrom('certificates as x')
    .innerJoin('contracts as c', 'c.id', 'x.contract_id')
    .select(['x.serial', 'x.state', 'x.contract_id'])
    .where('c.application_id', '=', id)
    .executeTakeFirst();
}

async function caseOf(loan: Loan) {
  const desk = loan.house.world.as('operations', 'operations-wu');
  return await eventually('an operator case', async () => {
    const { items } = await data(desk.operatorCases.list({ applicationId: loan.id }));
    return items.find(({ state }) => state === 'OPEN');
  });
}

export function lesson03(house: () => House): void {
  describe('lesson 3: taking back what was done', () => {
    test('a certificate whose answer was lost is found again and revoked when the story ends', async () => {
      const { sandbox } = house();
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 3), 'SIGN');
      sandbox.addFault({ service: 'ca', operation: 'certificate', fault: 'drop-reply' });
      // Nobody hears the answer to this signature: the story ends while it is under way.
      const signing = sign(loan.client, loan.id).catch(() => undefined);
      await eventually('the certificate to be issued', async () =>
        (await requestsOf(house(), loan.id)).some(({ operation }) => operation === 'certificate'),
      );
      const withdrawn = data(loan.client.applications.withdraw(loan.id, REASON));
      expect((await withdrawn).stage).toBe('WITHDRAWN');
      expect(await certificateOf(loan)).toBeUndefined();
      sandbox.clearFaults();
      await Promise.all([signing, untilClosed(loan)]);
      const certificate = await certificateOf(loan);
      expect(certificate?.state).toBe('REVOKED');
      expect(await revokedSerials(loan)).toContain(certificate?.serial);
    });

    test('a compensation that fails is parked in plain sight until two people have dealt with it', async () => {
      const { world, db } = house();
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 4), 'DISBURSE');
      const certificate = await certificateOf(loan);
      if (certificate === undefined) throw new Error('a signed contract has no certificate');
      // A serial the authority has never issued: it answers that there is no such certificate.
      await db
        .updateTable('certificates')
        .set({ serial: 'ff'.repeat(16) })
        .where('contract_id', '=', certificate.contract_id)
        .execute();
      await data(loan.client.applications.withdraw(loan.id, REASON));
      const parked = await caseOf(loan);
      expect(parked.step).toBe('undo.revoke-certificate');
      expect((await certificateOf(loan))?.state).toBe('ISSUED');
      await untilShown(loan, NeedsHuman, true);

      const wu = world.as('operations', 'operations-wu').operatorCases;
      const zheng = world.as('operations', 'operations-zheng').operatorCases;
      const skip = { action: 'SKIP', reason: 'REVOKED_BY_HAND' } as const;
      await data(wu.propose(parked.id, skip));
      expect(await problemOf(wu.approve(parked.id, skip))).toBe('FOUR_EYES');
      await data(zheng.approve(parked.id, skip));
      await untilClosed(loan);
      expect(await statesOf(loan, 'contracts')).toEqual(['VOID']);
      expect(await statesOf(loan, 'authorisations')).toEqual(['EXPIRED']);
    });
  });
}
