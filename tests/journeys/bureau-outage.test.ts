/**
 * A bureau or an identity service that stays away: waited for under the policy's patience, then stated as a gap; never
 * replaced, never paid twice, and no reason to hold the applicant.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearFaults, data, setFault } from '../../tools/teller/world.ts';
import { APPROVE, openTask, review } from '../../tools/teller/staff.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, journeyOf, reach } from '../support/loan.ts';
import { exchangesOf, requestsOf } from '../support/outside.ts';

/** Eight seconds: what is healthy answers well within them on a busy machine too. */
const PATIENCE_MINUTES = 8 / 60;

let house: House;

beforeAll(async () => {
  house = await openHouse({
    policy: {
      'bureau.patienceMinutes': PATIENCE_MINUTES,
      'verify.patienceMinutes': PATIENCE_MINUTES,
    },
  });
});
afterAll(async () => await house?.close());

async function struck(service: string): Promise<number> {
  return (await exchangesOf(house)).filter((one) => one.service === service && one.fault !== null)
    .length;
}

// One after the other: a fault strikes whoever asks.
describe.sequential('a bureau that is down', () => {
  it('and comes back within the patience costs time and nothing else', async () => {
    await setFault(house.world, { service: 'pboc', fault: 'down' });
    const loan = await applyAs(house, 'straight-approval');
    await eventually('a second attempt', async () => (await struck('pboc')) >= 2);
    expect((await reach(loan, 'BUREAU')).stage).toBe('BUREAU');
    await clearFaults(house.world);
    await driveTo(loan, 'SERVICE');
    expect(await journeyOf(loan)).toContain('BUREAU>FRAUD system REPORTS_RECEIVED');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('and whose answer is lost is asked again under the same number and charged once', async () => {
    await setFault(house.world, {
      service: 'pboc',
      operation: 'report',
      fault: 'drop-reply',
      count: 1,
    });
    const loan = await applyAs(house, 'straight-approval', 1);
    await reach(loan, 'OFFER');
    const reports = (await requestsOf(house, loan.id)).filter((one) => one.service === 'pboc');
    expect(reports).toEqual([expect.objectContaining({ operation: 'report', timesAsked: 2 })]);
    await clearFaults(house.world);
  });

  it('past the patience goes to a person with the gap stated, and is never approved by the machine', async () => {
    await setFault(house.world, { service: 'pboc', fault: 'down' });
    const loan = await applyAs(house, 'straight-approval', 2);
    await reach(loan, 'REVIEW/REVIEW');
    const desk = house.world.as('compliance', 'compliance-feng');
    const { decision, bureau } = await data(
      desk.reviews.get((await openTask(house.world, loan.id)).id),
    );
    expect(decision?.outcome).toBe('REFER');
    expect(decision?.gaps).toContain('GAP_PBOC_REPORT');
    expect(bureau.find((one) => one.bureau === 'PBOC')?.gap).toBe('UNAVAILABLE');
    expect(await journeyOf(loan)).toContain('BUREAU>FRAUD system GAPS_STATED');
    await clearFaults(house.world);
    await review(house.world, loan.id, 'senior-reviewer', 'senior-zhao', {
      ...APPROVE,
      decision: 'DECLINE',
      reasons: ['REVIEW_DOCUMENTS'],
    });
    await reach(loan, 'DECLINED');
    await expectAftermath(loan, { stage: 'DECLINED', decision: 'DECLINE' });
  });

  it('past the patience is pulled anew when the reviewer sends the application back to the bureaus', async () => {
    await setFault(house.world, { service: 'baihang', fault: 'down' });
    const loan = await applyAs(house, 'straight-approval', 3);
    await reach(loan, 'REVIEW/REVIEW');
    await clearFaults(house.world);
    const task = await openTask(house.world, loan.id);
    const desk = house.world.as('senior-reviewer', 'senior-zhao');
    await data(desk.reviews.claim(task.id));
    await data(
      desk.reviews.returnTo(task.id, {
        stage: 'BUREAU',
        comment: 'Looked into.',
        reasons: ['REVIEW_DOCUMENTS'],
        evidenceVersion: task.evidenceVersion,
      }),
    );
    await driveTo(loan, 'SERVICE');
    const pboc = (await requestsOf(house, loan.id)).filter((one) => one.service === 'pboc');
    expect(pboc.map((one) => one.timesAsked)).toEqual([1]);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('does not hold the applicant, who withdraws while it is waited for', async () => {
    await setFault(house.world, { service: 'pboc', fault: 'down' });
    const loan = await applyAs(house, 'straight-approval', 4);
    await reach(loan, 'BUREAU');
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await clearFaults(house.world);
    expect((await journeyOf(loan)).at(-1)).toBe('BUREAU>WITHDRAWN human NO_LONGER_NEEDED');
    await expectAftermath(loan, { stage: 'WITHDRAWN' });
    const paid = (await requestsOf(house, loan.id)).filter((one) => one.service === 'pboc');
    expect(paid).toEqual([]);
  });
});

describe.sequential('an identity service that is down', () => {
  it('past the patience is a gap that a person sees, and is never taken for a match', async () => {
    await setFault(house.world, { service: 'identity', fault: 'down' });
    const loan = await applyAs(house, 'straight-approval', 5);
    await reach(loan, 'REVIEW/REVIEW');
    await clearFaults(house.world);
    const desk = house.world.as('compliance', 'compliance-feng');
    const { decision, verifications } = await data(
      desk.reviews.get((await openTask(house.world, loan.id)).id),
    );
    expect(decision?.outcome).toBe('REFER');
    expect(decision?.gaps).toEqual(expect.arrayContaining(['GAP_IDENTITY', 'GAP_FACE']));
    expect(verifications.filter(({ outcome }) => outcome === 'MATCH')).toEqual([]);
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'REFER' });
  });
});
