/** The payout: sent once whatever happens to its answer, decided on by two people when refused, and never forgotten. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payoutOf, release, resolve } from '../../tools/teller/staff.ts';
import { clearFaults, data, returnTransfer, setFault } from '../../tools/teller/world.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { NeedsHuman } from '../../workflows/search-attributes.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { cardOf, expectPaidOnce, payoutsOf } from '../support/bank-side.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, journeyOf, reach, statesOf } from '../support/loan.ts';
import { exchangesOf, transfersTo } from '../support/outside.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse({
    policy: { 'disburse.queryAfterSeconds': 0.5, 'disburse.unknownPatienceMinutes': 0.05 },
  });
});
afterAll(async () => await house?.close());

describe.concurrent('a payout', () => {
  it('accepted by the bank and settled by its callback is paid without being asked about', async () => {
    const loan = await driveTo(await applyAs(house, 'payout-accepted-then-paid'), 'SERVICE');
    await expectPaidOnce(loan);
    const notices = await house.db
      .selectFrom('bank_notices')
      .select(['kind', 'state'])
      .where('workflow_id', '=', loanWorkflowId(loan.id))
      .execute();
    expect(notices).toEqual([{ kind: 'TRANSFER_SETTLED', state: 'FORWARDED' }]);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('to an account that is closed is held back before the bank is asked, and cancelled by two people, never by one', async () => {
    const loan = await driveTo(await applyAs(house, 'payout-refused'), 'DISBURSE');
    await release(house.world, loan.id);
    const refused = await payoutOf(house.world, loan.id, 'STOPPED');
    expect(refused.failureCode).toBe('ACCOUNT_NOT_OPEN');
    expect(await transfersTo(house, cardOf(loan))).toEqual([]);
    const one = house.world.as('finance-maker', 'finance-qian');
    // The same person, had somebody given them both roles: four eyes do not rest on the roles alone.
    const both = house.world.as('finance-checker', 'finance-qian');
    const other = house.world.as('finance-checker', 'finance-zhou');
    const body = { action: 'CANCEL', reason: 'ACCOUNT_CLOSED' } as const;
    const early = await both.payouts.approve(refused.id, body);
    expect(early.ok ? early.status : early.problem.code).toBe('NO_PROPOSAL');
    await data(one.payouts.propose(refused.id, body));
    const alone = await both.payouts.approve(refused.id, body);
    expect(alone.ok ? alone.status : alone.problem.code).toBe('FOUR_EYES');
    const differs = await other.payouts.approve(refused.id, { ...body, action: 'RETRY' });
    expect(differs.ok ? differs.status : differs.problem.code).toBe('ACTION_DIFFERS');
    await data(other.payouts.approve(refused.id, body));
    await reach(loan, 'CANCELLED');
    expect((await journeyOf(loan)).at(-1)).toBe('DISBURSE>CANCELLED human PAYOUT_GIVEN_UP');
    await expectAftermath(loan, { stage: 'CANCELLED', decision: 'APPROVE' });
  });

  it('accepted and then refused is told by the callback, tried again by two people under a new number, and withdrawn', async () => {
    const loan = await driveTo(await applyAs(house, 'payout-accepted-then-refused'), 'DISBURSE');
    await release(house.world, loan.id);
    await payoutOf(house.world, loan.id, 'REFUSED');
    await resolve(house.world, loan.id, 'RETRY');
    await eventually(
      'the second refusal',
      async () => (await payoutsOf(loan)).filter(({ state }) => state === 'REFUSED').length === 2,
    );
    await reach(loan, 'DISBURSE/PAYOUT_RETRY');
    const numbers = (await payoutsOf(loan)).map((payout) => payout.request_no);
    expect(new Set(numbers).size).toBe(2);
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await reach(loan, 'WITHDRAWN');
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
  });

  it('is released by two of finance alone, and not by its borrower', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval'), 'DISBURSE');
    const payout = await payoutOf(house.world, loan.id, 'READY');
    const reviewer = await house.world.as('reviewer', 'reviewer-li').payouts.release(payout.id);
    expect(reviewer.ok ? 200 : reviewer.status).toBe(403);
    const own = await house.world.as('finance-maker', loan.subject).payouts.release(payout.id);
    expect(own.ok ? own.status : own.problem.code).toBe('SELF_APPROVAL');
    const alone = await house.world
      .as('finance-checker', 'finance-zhou')
      .payouts.confirm(payout.id);
    expect(alone.ok ? alone.status : alone.problem.code).toBe('NO_PROPOSAL');
    await data(house.world.as('finance-maker', 'finance-qian').payouts.release(payout.id));
    await reach(loan, 'DISBURSE/PAYOUT_CONFIRMATION');
    const waiting = await payoutOf(house.world, loan.id, 'READY');
    expect([waiting.waitsFor, waiting.firstReleasedBy]).toEqual(['SECOND_RELEASE', 'finance-qian']);
    const twice = await house.world
      .as('finance-checker', 'finance-qian')
      .payouts.confirm(payout.id);
    expect(twice.ok ? twice.status : twice.problem.code).toBe('FOUR_EYES');
    await data(house.world.as('finance-checker', 'finance-zhou').payouts.confirm(payout.id));
    await reach(loan, 'SERVICE');
    const again = await house.world.as('finance-maker', 'finance-qian').payouts.release(payout.id);
    expect(again.ok).toBe(false);
    await expectPaidOnce(loan);
  });
});

// One after the other: a fault strikes whoever asks.
describe.sequential('a payout whose bank misbehaves', () => {
  it('and loses the answer is asked about by its number and found paid once', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 1), 'DISBURSE');
    await setFault(house.world, {
      service: 'bank',
      operation: 'transfer',
      fault: 'drop-reply',
      count: 1,
    });
    await release(house.world, loan.id);
    await payoutOf(house.world, loan.id, 'UNKNOWN');
    await reach(loan, 'SERVICE');
    expect(await payoutsOf(loan)).toEqual([expect.objectContaining({ attempt: 1, state: 'PAID' })]);
    await expectPaidOnce(loan);
    const asked = (await exchangesOf(house)).filter(
      ({ operation, fault }) => operation === 'transfer' && fault === 'drop-reply',
    );
    expect(asked).toHaveLength(1);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('and never saw the request is sent the same number again, once the bank says so', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 2), 'DISBURSE');
    await setFault(house.world, {
      service: 'bank',
      operation: 'transfer',
      fault: 'drop-request',
      count: 1,
    });
    await release(house.world, loan.id);
    await reach(loan, 'SERVICE');
    expect(await payoutsOf(loan)).toEqual([expect.objectContaining({ attempt: 1, state: 'PAID' })]);
    await expectPaidOnce(loan);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('and does not say for longer than the policy allows is a case that people see, until it is found paid', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 3), 'DISBURSE');
    await setFault(house.world, {
      service: 'bank',
      operation: 'transfer',
      fault: 'drop-reply',
      count: 1,
    });
    await setFault(house.world, { service: 'bank', operation: 'query', fault: 'down' });
    await release(house.world, loan.id);
    const operations = house.world.as('operations', 'operations-wu');
    const shown = await eventually('the case', async () => {
      const page = await data(operations.operatorCases.list({ applicationId: loan.id }));
      return page.items[0];
    });
    expect([shown.step, shown.failureCode, shown.state]).toEqual([
      'disburse.unknown',
      'PAYOUT_UNKNOWN',
      'OPEN',
    ]);
    const handle = house.client.workflow.getHandle(loanWorkflowId(loan.id));
    await eventually('the search attribute', async () => {
      const { typedSearchAttributes } = await handle.describe();
      return typedSearchAttributes.get(NeedsHuman);
    });
    const late = await loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' });
    expect(late.ok ? late.status : late.problem.code).toBe('TOO_LATE_TO_WITHDRAW');
    await clearFaults(house.world);
    await reach(loan, 'SERVICE');
    await expectPaidOnce(loan);
    expect(await statesOf(loan, 'operator_cases')).toEqual(['RESOLVED']);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('and gives the money back is tried again by two people under a new number, and paid', async () => {
    const loan = await driveTo(await applyAs(house, 'payout-returned'), 'DISBURSE');
    await setFault(house.world, {
      service: 'bank',
      operation: 'transfer',
      fault: 'no-callback',
      count: 1,
    });
    await setFault(house.world, { service: 'bank', operation: 'query', fault: 'down' });
    await release(house.world, loan.id);
    const { requestNo } = await eventually('the transfer', async () =>
      (await transfersTo(house, cardOf(loan))).find(({ status }) => status === 'PAID'),
    );
    await returnTransfer(house.world, requestNo);
    await clearFaults(house.world);
    await payoutOf(house.world, loan.id, 'REFUSED');
    await resolve(house.world, loan.id, 'RETRY');
    await reach(loan, 'SERVICE');
    expect((await payoutsOf(loan)).map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, 'REFUSED'],
      [2, 'PAID'],
    ]);
    await expectPaidOnce(loan);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });
});
