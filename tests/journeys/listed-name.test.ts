/** An applicant whose name is like one on a sanctions list: people judge it by two, nobody approves before, nobody tells. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { APPROVE, openTask, review } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, draftAs, reach } from '../support/loan.ts';
import { submit } from '../../tools/teller/applicant.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

const maker = () => house.world.as('risk-officer', 'risk-sun');
const checker = () => house.world.as('risk-approver', 'risk-wu');

async function approveAll() {
  for (const { id } of (await data(maker().lists.proposals())).items)
    await data(checker().lists.decide(id, { outcome: 'APPROVED' }));
}

async function approveAgain(id: string): Promise<string> {
  const task = await openTaskOrClaimed(id);
  const desk = house.world.as('senior-reviewer', 'senior-zhao');
  const { task: seen } = await data(desk.reviews.get(task));
  const answer = await desk.reviews.decide(task, {
    decision: 'APPROVE',
    reasons: ['REVIEW_POSITIVE'],
    comment: '核对无误',
    amountFen: seen.amountFen ?? 0,
    evidenceVersion: seen.evidenceVersion,
  });
  return answer.ok ? 'OK' : answer.problem.code;
}

async function openTaskOrClaimed(applicationId: string): Promise<string> {
  const desk = house.world.as('compliance', 'compliance-feng');
  const page = await data(desk.reviews.list({ applicationId, state: 'CLAIMED' }));
  return page.items[0]?.id ?? (await openTask(house.world, applicationId)).id;
}

it('is referred, cannot be approved while the hit stands, and goes on once two people found another person', async () => {
  const loan = await draftAs(house, 'straight-approval');
  await data(
    maker().lists.propose('SANCTIONS', {
      subject: 'NAME',
      name: loan.persona.application.identity.name,
      birthDate: null,
      sex: null,
      source: 'UNSC',
      reason: 'SANCTIONED',
      listedOn: '2026-01-05',
      appeal: 'COMPLIANCE',
      expiresOn: null,
    }),
  );
  await approveAll();
  await submit(loan.client, loan.id);
  await reach(loan, 'REVIEW');

  const { level, signals, hits } = await data(maker().fraud.get(loan.id));
  expect([level, signals.map(({ code }) => code)]).toEqual([
    'MEDIUM',
    expect.arrayContaining(['SANCTIONS_NAME']),
  ]);
  const refused = await review(
    house.world,
    loan.id,
    'senior-reviewer',
    'senior-zhao',
    APPROVE,
  ).catch((error: unknown) => String(error));
  expect(refused).toContain('LIST_HIT_STANDS');

  const [hit] = hits;
  await data(maker().lists.dispose(hit?.id ?? '', { outcome: 'FALSE_MATCH', reason: 'OTHER_AGE' }));
  expect(await approveAgain(loan.id)).toBe('LIST_HIT_STANDS');
  const told = JSON.stringify([
    await data(loan.client.applications.get(loan.id)),
    await data(loan.client.applications.timeline(loan.id)),
  ]);
  expect(told).not.toMatch(/sanction|LIST_|FRAUD_|REFER|制裁|名单|欺诈/i);
  await approveAll();
  expect(await approveAgain(loan.id)).toBe('OK');
  await reach(loan, 'OFFER/OFFER_ANSWER');
});

it('does not stand in the way of people with other names', async () => {
  const other = await applyAs(house, 'straight-approval', 1);
  await reach(other, 'OFFER/OFFER_ANSWER');
});
