/** What people decide on a referred application: alone, by two, after asking for more, or after sending it back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillIn, submit } from '../../tools/teller/applicant.ts';
import { APPROVE, openTask, review } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, journeyOf, type Loan, reach, statesOf } from '../support/loan.ts';

const DECLINE = { decision: 'DECLINE', reasons: ['REVIEW_CAPACITY'] } as const;

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

/** Claims the open task and gives what a decision on it needs. */
async function claim(loan: Loan, role: string, subject: string) {
  const task = await openTask(house.world, loan.id);
  const desk = house.world.as(role, subject);
  await data(desk.reviews.claim(task.id));
  const { task: seen } = await data(desk.reviews.get(task.id));
  return { desk, task: seen };
}

describe.concurrent('a referred application', () => {
  it('above one person’s amount is approved by two different people, then paid', async () => {
    const loan = await applyAs(house, 'refer-two-people');
    await review(house.world, loan.id, 'reviewer', 'reviewer-li', APPROVE);
    expect((await reach(loan, 'REVIEW/SECOND_REVIEW')).stage).toBe('REVIEW');
    await review(house.world, loan.id, 'senior-reviewer', 'senior-zhao', APPROVE);
    await driveTo(loan, 'SERVICE');
    const journey = await journeyOf(loan);
    expect(journey).toContain('REVIEW>OFFER human REVIEW_POSITIVE');
    expect(journey.filter((move) => move.startsWith('REVIEW>'))).toHaveLength(1);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('is not approved by the same person twice, in whatever role', async () => {
    const loan = await applyAs(house, 'refer-two-people', 1);
    await review(house.world, loan.id, 'senior-reviewer', 'senior-zhao', APPROVE);
    await reach(loan, 'REVIEW/SECOND_REVIEW');
    const task = await openTask(house.world, loan.id);
    const again = await house.world.as('risk-officer', 'senior-zhao').reviews.claim(task.id);
    expect(again.ok ? again.status : again.problem.code).toBe('SAME_PERSON_TWICE');
    await review(house.world, loan.id, 'risk-officer', 'risk-sun', DECLINE);
    await reach(loan, 'DECLINED');
    await expectAftermath(loan, { stage: 'DECLINED', decision: 'DECLINE' });
  });

  it('is declined by one person, with the reason on the journey and the consent ended', async () => {
    const loan = await applyAs(house, 'refer-then-declined');
    await review(house.world, loan.id, 'senior-reviewer', 'senior-zhao', DECLINE);
    await reach(loan, 'DECLINED');
    expect((await journeyOf(loan)).at(-1)).toBe('REVIEW>DECLINED human REVIEW_CAPACITY');
    await expectAftermath(loan, { stage: 'DECLINED', decision: 'DECLINE' });
    expect(await statesOf(loan, 'authorisations')).toEqual(['EXPIRED']);
  });

  it('waits for what was asked for, resumes at the same task, and refuses a decision on the old evidence', async () => {
    const loan = await applyAs(house, 'refer-one');
    const { desk, task } = await claim(loan, 'senior-reviewer', 'senior-zhao');
    const { id, evidenceVersion, amountFen } = task;
    const items = [{ code: 'INCOME_PROOF', text: 'A pay slip of last month' }];
    await data(desk.reviews.requestMore(id, { items, evidenceVersion }));
    const verdict = {
      decision: 'APPROVE' as const,
      reasons: ['REVIEW_POSITIVE'],
      comment: 'Looked into.',
      amountFen: amountFen ?? 0,
    };
    const early = await desk.reviews.decide(id, { ...verdict, evidenceVersion });
    expect(early.ok ? early.status : early.problem.code).toBe('INFORMATION_PENDING');

    const asked = await reach(loan, 'REVIEW/INFORMATION');
    const requestId = asked.informationRequest?.id ?? '';
    const answers = [{ code: 'INCOME_PROOF', text: 'Sent by post' }];
    await data(loan.client.applications.supply(loan.id, { requestId, answers }));
    await reach(loan, 'REVIEW/REVIEW');

    const stale = await desk.reviews.decide(id, { ...verdict, evidenceVersion });
    expect(stale.ok ? stale.status : stale.problem.code).toBe('STALE_EVIDENCE');
    const { task: renewed, information } = await data(desk.reviews.get(id));
    expect(renewed.evidenceVersion).toBeGreaterThan(evidenceVersion);
    expect(information[0]?.answers).toEqual(answers);
    await data(desk.reviews.decide(id, { ...verdict, evidenceVersion: renewed.evidenceVersion }));
    await driveTo(loan, 'SERVICE');
    expect(await statesOf(loan, 'review_tasks')).toEqual(['DECIDED']);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('is sent back to be scored again, decided anew in a second round, and approved there', async () => {
    const loan = await applyAs(house, 'refer-one', 1);
    const { desk, task } = await claim(loan, 'senior-reviewer', 'senior-zhao');
    await data(
      desk.reviews.returnTo(task.id, {
        stage: 'SCORE',
        comment: 'Looked into.',
        reasons: ['REVIEW_INCONSISTENT'],
        evidenceVersion: task.evidenceVersion,
      }),
    );
    await review(house.world, loan.id, 'senior-reviewer', 'senior-zhao', APPROVE);
    await driveTo(loan, 'SERVICE');
    const journey = await journeyOf(loan);
    expect(journey).toContain('REVIEW>SCORE human REVIEW_INCONSISTENT');
    expect(journey.filter((move) => move.startsWith('SCORE>DECIDE'))).toHaveLength(2);
    expect(await statesOf(loan, 'review_tasks')).toEqual(['DECIDED', 'DECIDED']);
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('is never decided by its own applicant, nor approved by an update sent before the review', async () => {
    const persona = (await applyAs(house, 'refer-one', 2)).persona;
    const subject = 'both-chairs';
    const client = house.world.as('applicant', subject);
    const id = await fillIn(client, persona);
    await submit(client, id);
    const task = await openTask(house.world, id);
    const own = await house.world.as('senior-reviewer', subject).reviews.claim(task.id);
    expect(own.ok ? own.status : own.problem.code).toBe('SELF_APPROVAL');
    const unclaimed = await house.world
      .as('senior-reviewer', 'senior-zhao')
      .reviews.decide(task.id, {
        decision: 'APPROVE',
        reasons: ['REVIEW_POSITIVE'],
        comment: 'Looked into.',
        amountFen: task.amountFen ?? 0,
        evidenceVersion: task.evidenceVersion,
      });
    expect(unclaimed.ok ? unclaimed.status : unclaimed.problem.code).toBe('NOT_YOUR_TASK');
  });
});
