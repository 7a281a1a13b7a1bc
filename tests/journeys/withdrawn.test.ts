/** Withdrawal at every stage that waits, before the money moves: it ends the story and takes back what was done. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign } from '../../tools/teller/applicant.ts';
import { release } from '../../tools/teller/staff.ts';
import { clearFaults, data, setFault } from '../../tools/teller/world.ts';
import { expectAftermath, revokedSerials } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import {
  applyAs,
  draftAs,
  driveTo,
  eventually,
  journeyOf,
  type Loan,
  reach,
  statesOf,
} from '../support/loan.ts';
import { readBooks } from '../support/outside.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

async function withdraw({ client, id }: Loan): Promise<void> {
  const { stage } = await data(client.applications.withdraw(id, { reason: 'NO_LONGER_NEEDED' }));
  expect(stage).toBe('WITHDRAWN');
}

async function serialOf(loan: Loan): Promise<string | undefined> {
  const row = await house.db
    .selectFrom('certificates')
    .innerJoin('contracts', 'contracts.id', 'certificates.contract_id')
    .select('serial')
    .where('contracts.application_id', '=', loan.id)
    .executeTakeFirst();
  return row?.serial;
}

describe.concurrent('an applicant withdraws', () => {
  it('a draft, which never became a story', async () => {
    const loan = await draftAs(house, 'straight-approval');
    await withdraw(loan);
    expect(await journeyOf(loan)).toEqual(['APPLY>WITHDRAWN human NO_LONGER_NEEDED']);
  });

  it('while people review: the task is cancelled and the consent expires', async () => {
    const loan = await applyAs(house, 'refer-one');
    await reach(loan, 'REVIEW/REVIEW');
    await withdraw(loan);
    expect((await journeyOf(loan)).at(-1)).toBe('REVIEW>WITHDRAWN human NO_LONGER_NEEDED');
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'REFER' });
    expect(await statesOf(loan, 'review_tasks')).toEqual(['CANCELLED']);
    expect(await statesOf(loan, 'authorisations')).toEqual(['EXPIRED']);
  });

  it('with an open offer: the offer is cancelled and cannot be accepted any more', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 1), 'OFFER');
    const { offerId } = await data(loan.client.applications.get(loan.id));
    await withdraw(loan);
    const late = await loan.client.offers.accept(offerId ?? '');
    expect(late.ok ? late.status : late.problem.code).toBe('AFTER_ENDING');
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
    expect(await statesOf(loan, 'offers')).toEqual(['CANCELLED']);
  });

  it('by declining the offer: the offer is declined and no contract is drawn up', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 6), 'OFFER');
    const { offerId } = await data(loan.client.applications.get(loan.id));
    await data(loan.client.offers.decline(offerId ?? ''));
    expect((await journeyOf(loan)).at(-1)).toBe('OFFER>WITHDRAWN human OFFER_DECLINED');
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
    expect(await statesOf(loan, 'offers')).toEqual(['DECLINED']);
    expect(await statesOf(loan, 'contracts')).toEqual([]);
    const late = await loan.client.offers.accept(offerId ?? '');
    expect(late.ok ? late.status : late.problem.code).toBe('AFTER_ENDING');
  });

  it('before signing: the contract is void', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 2), 'SIGN');
    await withdraw(loan);
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
    expect(await statesOf(loan, 'contracts')).toEqual(['VOID']);
    expect(await serialOf(loan)).toBeUndefined();
  });

  it('after signing, before the release: the payout is cancelled and the certificate revoked', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 3), 'DISBURSE');
    await withdraw(loan);
    expect((await journeyOf(loan)).at(-1)).toBe('DISBURSE>WITHDRAWN human NO_LONGER_NEEDED');
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
    expect(await statesOf(loan, 'payouts')).toEqual(['CANCELLED']);
    expect(await revokedSerials(loan)).toContain(((await serialOf(loan)) ?? '').toLowerCase());
    const { payments } = await readBooks(house);
    const { bankCardNumber } = loan.persona.application.loan;
    expect(payments.filter((payment) => payment.payee === bankCardNumber)).toEqual([]);
  });

  it('too late once the payout is released, and is told so', async () => {
    const loan = await driveTo(await applyAs(house, 'payout-accepted-then-paid'), 'DISBURSE');
    await release(house.world, loan.id);
    const late = await loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' });
    expect(late.ok ? late.status : late.problem.code).toMatch(/TOO_LATE_TO_WITHDRAW|AFTER_ENDING/);
    await reach(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });
});

// Apart from the others: its faults would strike them too.
describe.sequential('an applicant withdraws while the contract is being sealed', () => {
  it('after the certificate was issued: it is revoked, and nothing is signed for', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 4), 'SIGN');
    await setFault(house.world, {
      service: 'ca',
      operation: 'certificate',
      fault: 'delay',
      delayMs: 1_500,
    });
    const signing = sign(loan.client, loan.id).catch((error: unknown) => error);
    await eventually('the stamp before the signature', () =>
      house.db
        .selectFrom('timestamps')
        .innerJoin('contracts', 'contracts.id', 'timestamps.contract_id')
        .select('moment')
        .where('contracts.application_id', '=', loan.id)
        .executeTakeFirst(),
    );
    await setFault(house.world, { service: 'tsa', fault: 'down' });
    const serial = await eventually('the certificate', () => serialOf(loan));
    await withdraw(loan);
    await clearFaults(house.world);
    await signing;
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
    expect(await revokedSerials(loan)).toContain(serial.toLowerCase());
    expect(await statesOf(loan, 'contracts')).toEqual(['VOID']);
  });

  it('while the certificate’s answer is lost: what was issued all the same is found and revoked', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 5), 'SIGN');
    await setFault(house.world, {
      service: 'ca',
      operation: 'certificate',
      fault: 'drop-reply',
      count: 2,
    });
    const signing = sign(loan.client, loan.id).catch((error: unknown) => error);
    await eventually('the certificate asked for', async () => {
      const row = await house.db
        .selectFrom('outside_requests')
        .select('code')
        .where('application_id', '=', loan.id)
        .where('operation', '=', 'certificate')
        .executeTakeFirst();
      return row?.code === 'UNREACHABLE';
    });
    await withdraw(loan);
    await signing;
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
    const serial = await serialOf(loan);
    expect(await revokedSerials(loan)).toContain((serial ?? 'none').toLowerCase());
    await clearFaults(house.world);
  });
});
