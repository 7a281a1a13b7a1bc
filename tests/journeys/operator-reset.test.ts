/** A story that operations set back in Temporal: it meets its record again and never does with money what was done. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payoutOf, release } from '../../tools/teller/staff.ts';
import { clearFaults, data, setFault } from '../../tools/teller/world.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { expectAftermath } from '../support/aftermath.ts';
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
import { exchangesOf, requestsOf } from '../support/outside.ts';
import { expectOneStory, resetBefore } from '../support/reset.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse({ policy: { 'disburse.queryAfterSeconds': 0.5 } });
});
afterAll(async () => await house?.close());

const handleOf = (loan: Loan) => house.client.workflow.getHandle(loanWorkflowId(loan.id));

/** What a second telling must not add to. */
async function counted(loan: Loan) {
  const [journey, contracts, payouts, offers, asked] = await Promise.all([
    journeyOf(loan),
    statesOf(loan, 'contracts'),
    statesOf(loan, 'payouts'),
    statesOf(loan, 'offers'),
    requestsOf(house, loan.id),
  ]);
  const charged = asked.map(({ requestNo, chargedFen }) => `${requestNo} ${chargedFen}`).toSorted();
  return { journey, contracts, payouts, offers, charged };
}

const HOURS = 3_600_000;

describe.concurrent('a paid loan that is set back', () => {
  it.each([
    ['sendPayout', 0],
    ['sealContract', 1],
    ['renderContract', 2],
    ['pullPboc', 3],
  ] as const)('to before %s meets its record and ends as it had ended', async (step, variant) => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', variant), 'SERVICE');
    await handleOf(loan).result();
    const before = await counted(loan);
    await resetBefore(house, loan.id, step);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
    expect(await counted(loan)).toEqual(before);
    await expectOneStory(loan);
  });

  it('without what people had said hears from its next clock that it was paid', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 4), 'SERVICE');
    await handleOf(loan).result();
    await resetBefore(house, loan.id, 'sendPayout', false);
    const late = await data(loan.client.applications.get(loan.id));
    expect(late.stage).toBe('SERVICE');
    await house.fastForward(loan.id, 5 * HOURS);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
    await expectOneStory(loan);
  });

  it('cannot be withdrawn by the story that has forgotten the payment, and nothing is taken back', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 5), 'SERVICE');
    await handleOf(loan).result();
    const before = await counted(loan);
    await resetBefore(house, loan.id, 'sealContract', false);
    const said = await loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' });
    expect(said.ok ? said.status : said.problem.code).toBe('AFTER_ENDING');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
    expect(await counted(loan)).toEqual(before);
    await expectOneStory(loan);
  });

  it('is not told a second time when it was terminated and is submitted again', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 6), 'DISBURSE');
    const before = await counted(loan);
    await handleOf(loan).terminate('an operator tries');
    const { evidenceVersion } = await data(loan.client.applications.get(loan.id));
    const again = await loan.client.applications.submit(loan.id, { evidenceVersion });
    expect(again.ok ? again.status : again.problem.code).toBe('AFTER_ENDING');
    expect(await counted(loan)).toEqual(before);
  });

  it('goes on from a reset where it was terminated, and is paid once', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 7), 'DISBURSE');
    await handleOf(loan).terminate('an operator tries');
    await resetBefore(house, loan.id, 'pullPboc');
    await eventually(
      'the story waits again',
      async () => (await handleOf(loan).describe()).status.name === 'RUNNING',
    );
    await release(house.world, loan.id);
    await reach(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
    await expectOneStory(loan);
  });
});

// One after the other: a fault strikes whoever asks.
describe.sequential('a loan that is set back while the bank has its money', () => {
  it.each([
    ['sendPayout', 8],
    ['pullPboc', 9],
  ] as const)(
    'to before %s asks about the payout that was sent and pays no other',
    async (step, variant) => {
      const loan = await driveTo(await applyAs(house, 'straight-approval', variant), 'DISBURSE');
      await setFault(house.world, {
        service: 'bank',
        operation: 'transfer',
        fault: 'drop-reply',
        count: 1,
      });
      await setFault(house.world, { service: 'bank', operation: 'query', fault: 'down' });
      await release(house.world, loan.id);
      await payoutOf(house.world, loan.id, 'UNKNOWN');
      const sentBefore = (await exchangesOf(house)).filter(
        ({ operation }) => operation === 'transfer',
      ).length;
      await resetBefore(house, loan.id, step);
      await clearFaults(house.world);
      await reach(loan, 'SERVICE');
      const sent = (await exchangesOf(house)).filter(
        ({ operation }) => operation === 'transfer',
      ).length;
      expect(sent).toBe(sentBefore);
      await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
      await expectOneStory(loan);
    },
  );
});
