/** A step that fails for good: the loan is parked where operations see it, and goes on by two people. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { release } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { LoanStage, NeedsHuman } from '../../workflows/search-attributes.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { breakKeys, mendKeys, signWithBrokenKeys } from '../support/client-keys.ts';
import { type House, openHouse } from '../support/house.ts';
import {
  applyAs,
  driveTo,
  eventually,
  journeyOf,
  type Loan,
  reach,
  statesOf,
} from '../support/loan.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

const one = () => house.world.as('operations', 'operations-wu').operatorCases;
const other = () => house.world.as('operations', 'operations-gao').operatorCases;

async function openCase(loan: Loan) {
  return await eventually('the case', async () => {
    const page = await data(one().list({ applicationId: loan.id, state: 'OPEN' }));
    return page.items[0];
  });
}

async function expectParked(loan: Loan): Promise<void> {
  const handle = house.client.workflow.getHandle(loanWorkflowId(loan.id));
  await eventually('NEEDS_OPERATOR', async () => {
    const { typedSearchAttributes: shown } = await handle.describe();
    return shown.get(LoanStage) === 'NEEDS_OPERATOR' && shown.get(NeedsHuman) === true;
  });
}

async function payOut(loan: Loan): Promise<void> {
  await release(house.world, loan.id);
  await reach(loan, 'SERVICE');
}

const RETRY = { action: 'RETRY', reason: 'KEY_REGISTERED_AGAIN' } as const;

// One after the other: the broken key is everybody's.
describe.sequential('a step that fails for good', () => {
  it('parks the loan in plain sight until two different people send it on its way', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval'), 'SIGN');
    await signWithBrokenKeys(house, [loan]);
    const parked = await openCase(loan);
    expect([parked.step, parked.failureCode]).toEqual(['sign.seal', 'ca.REJECTED']);
    expect((await reach(loan, 'SIGN/OPERATOR')).stage).toBe('SIGN');
    await expectParked(loan);

    const skipped = await one().propose(parked.id, { ...RETRY, action: 'SKIP' });
    expect(skipped.ok ? skipped.status : skipped.problem.code).toBe('ACTION_NOT_ALLOWED');
    await data(one().propose(parked.id, RETRY));
    const alone = await one().approve(parked.id, RETRY);
    expect(alone.ok ? alone.status : alone.problem.code).toBe('FOUR_EYES');
    await mendKeys(house);
    await data(other().approve(parked.id, RETRY));
    await payOut(loan);
    expect(await statesOf(loan, 'operator_cases')).toEqual(['RESOLVED']);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('parks it again when trying again fails again', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 1), 'SIGN');
    await signWithBrokenKeys(house, [loan]);
    const first = await openCase(loan);
    await data(one().propose(first.id, RETRY));
    await data(other().approve(first.id, RETRY));
    const second = await openCase(loan);
    expect(second.id).not.toBe(first.id);
    await mendKeys(house);
    await data(one().propose(second.id, RETRY));
    await data(other().approve(second.id, RETRY));
    await payOut(loan);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('does not hold the applicant: a parked loan is withdrawn, and what was done is taken back', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 2), 'SIGN');
    await signWithBrokenKeys(house, [loan]);
    await openCase(loan);
    await mendKeys(house);
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await reach(loan, 'WITHDRAWN');
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
  });
});

describe.sequential('a compensation that fails for good', () => {
  it('is not forgotten: the ending stands, and two people have the certificate revoked later', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 3), 'DISBURSE');
    await breakKeys(house);
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    const parked = await openCase(loan);
    expect([parked.step, parked.failureCode]).toEqual(['undo.revoke-certificate', 'ca.REJECTED']);
    await expectParked(loan);
    expect((await journeyOf(loan)).at(-1)).toBe('DISBURSE>WITHDRAWN human NO_LONGER_NEEDED');
    await mendKeys(house);
    await data(one().propose(parked.id, RETRY));
    await data(other().approve(parked.id, RETRY));
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
  });

  it('may be left out by two people, and the rest is still taken back', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 4), 'DISBURSE');
    await breakKeys(house);
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    const parked = await openCase(loan);
    const skip = { action: 'SKIP', reason: 'REVOKED_BY_TELEPHONE' } as const;
    await data(one().propose(parked.id, skip));
    await data(other().approve(parked.id, skip));
    await mendKeys(house);
    const handle = house.client.workflow.getHandle(loanWorkflowId(loan.id));
    expect(await handle.result()).toEqual({ stage: 'WITHDRAWN' });
    expect(await statesOf(loan, 'contracts')).toEqual(['VOID']);
    expect(await statesOf(loan, 'authorisations')).toEqual(['EXPIRED']);
  });
});
