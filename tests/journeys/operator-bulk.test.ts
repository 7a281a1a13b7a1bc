/** Many loans that fail alike: seen as one group, listed by one person, sent on by another's approval, and paid once each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payoutOf, release } from '../../tools/teller/staff.ts';
import { clearFaults, data, setFault } from '../../tools/teller/world.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { caseDecided } from '../../workflows/messages.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { mendKeys, signWithBrokenKeys } from '../support/client-keys.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, type Loan, reach, statesOf } from '../support/loan.ts';
import { exchangesOf } from '../support/outside.ts';
import { expectOneStory } from '../support/reset.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

const one = () => house.world.as('operations', 'operations-wu');
const other = () => house.world.as('operations', 'operations-gao');

const SEALS = { step: 'sign.seal', failureCode: 'ca.REJECTED' } as const;
const body = (filter: Record<string, string>, dryRun = false, cap = 200) => ({
  filter,
  cap,
  dryRun,
  reason: 'SERVICE_IS_BACK',
});

async function parkAtSeal(variants: readonly number[]): Promise<readonly Loan[]> {
  const loans = await Promise.all(
    variants.map(async (variant) =>
      driveTo(await applyAs(house, 'straight-approval', variant), 'SIGN'),
    ),
  );
  await signWithBrokenKeys(house, loans);
  await Promise.all(loans.map((loan) => reach(loan, 'SIGN/OPERATOR')));
  return loans;
}

const ended = async (id: string) =>
  await eventually('the retry is over', async () => {
    const retry = await data(one().operations.retry(id));
    return retry.state === 'DONE' || retry.state === 'STOPPED' ? retry : null;
  });

// One after the other: the broken key is everybody's.
describe.sequential('a retry of many loans', () => {
  it('shows first what it would do, waits for a second person, and sends every loan on once', async () => {
    const loans = await parkAtSeal([0, 1, 2]);
    const { items, parkedWorkflows } = await data(one().operations.failures());
    expect(items).toMatchObject([{ ...SEALS, stage: 'SIGN', taskQueue: 'signing', cases: 3 }]);
    expect(items[0]?.sample).toHaveLength(3);
    expect(parkedWorkflows).not.toBeNull();

    const dry = await data(one().operations.retryMany(body(SEALS, true)));
    expect([dry.state, dry.id, dry.cases.length]).toEqual(['DRY_RUN', null, 3]);
    expect((await data(one().operations.retries())).items).toEqual([]);

    const proposed = await data(one().operations.retryMany(body(SEALS)));
    expect([proposed.state, proposed.waitsFor, proposed.listed]).toEqual([
      'PROPOSED',
      'SECOND_PERSON',
      3,
    ]);
    const id = proposed.id ?? '';
    const alone = await one().operations.approveRetry(id);
    expect(alone.ok ? alone.status : alone.problem.code).toBe('FOUR_EYES');
    for (const loan of loans) expect(await statesOf(loan, 'operator_cases')).toEqual(['OPEN']);
    await mendKeys(house);
    await data(other().operations.approveRetry(id));
    for (const loan of loans) await reach(loan, 'DISBURSE/PAYOUT_RELEASE');
    expect(await ended(id)).toMatchObject({ state: 'DONE', sent: 3, failed: 0, leftOut: 0 });
    for (const loan of loans) expect(await statesOf(loan, 'operator_cases')).toEqual(['RESOLVED']);
  });

  it('stops itself when more than a fifth of five fail again, and leaves the rest as they were', async () => {
    const loans = await parkAtSeal([3, 4, 5, 6, 7, 8, 9]);
    const proposed = await data(one().operations.retryMany(body(SEALS)));
    await data(other().operations.approveRetry(proposed.id ?? ''));
    const stopped = await ended(proposed.id ?? '');
    expect(stopped).toMatchObject({ state: 'STOPPED', sent: 5, listed: 2 });
    expect(stopped.failed).toBeGreaterThan(1);
    await mendKeys(house);
    const again = await data(one().operations.retryMany(body(SEALS, false, 3)));
    expect(again.listed).toBe(3);
    await data(other().operations.approveRetry(again.id ?? ''));
    expect((await ended(again.id ?? '')).sent).toBe(3);
    const states = await Promise.all(loans.map((loan) => statesOf(loan, 'operator_cases')));
    expect(states.flat().filter((state) => state === 'OPEN')).toHaveLength(4);
  });

  it('never pays twice: a payout that the bank has is asked about, not sent', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 10), 'DISBURSE');
    await setFault(house.world, {
      service: 'bank',
      operation: 'transfer',
      fault: 'drop-reply',
      count: 1,
    });
    await setFault(house.world, { service: 'bank', operation: 'query', fault: 'down' });
    await release(house.world, loan.id);
    await payoutOf(house.world, loan.id, 'UNKNOWN');
    // The worst that can happen to a step of the money: it fails for good after the bank has paid.
    const mark = async (state: 'CANCELLED' | 'SENT') =>
      await house.db
        .updateTable('payouts')
        .set({ state })
        .where('application_id', '=', loan.id)
        .execute();
    await mark('CANCELLED');
    await reach(loan, 'DISBURSE/OPERATOR');
    await mark('SENT');
    await clearFaults(house.world);
    const proposed = await data(one().operations.retryMany(body({ step: 'disburse.query' })));
    expect(proposed.listed).toBe(1);
    await data(other().operations.approveRetry(proposed.id ?? ''));
    await reach(loan, 'SERVICE');
    const sent = (await exchangesOf(house)).filter(({ operation }) => operation === 'transfer');
    expect(sent).toHaveLength(1);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
    await expectOneStory(loan);
  });

  it('does nothing for a message that the record does not bear out', async () => {
    const [loan] = await parkAtSeal([11]);
    if (loan === undefined) throw new Error('no loan');
    const page = await data(one().operatorCases.list({ applicationId: loan.id, state: 'OPEN' }));
    const caseId = page.items[0]?.id ?? '';
    await mendKeys(house);
    const handle = house.client.workflow.getHandle(loanWorkflowId(loan.id));
    await handle.signal(caseDecided, { caseId });
    const said = await one().operatorCases.propose(caseId, { action: 'RETRY', reason: 'BACK' });
    expect(said.ok).toBe(true);
    expect(await statesOf(loan, 'operator_cases')).toEqual(['PROPOSED']);
    expect((await data(loan.client.applications.get(loan.id))).stage).toBe('SIGN');
  });
});
