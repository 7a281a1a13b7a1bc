/** Conditions precedent: the offer, the contract or the money waits until staff have cleared them, or two have waived them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiProblem } from '../../api/problem-response.ts';
import type { ConditionGate, ConditionKind } from '../../domain/conditions.ts';
import type { Actor } from '../../domain/journey.ts';
import { acceptOffer, sign } from '../../tools/teller/applicant.ts';
import { APPROVE, openTask, payoutOf, release } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import {
  answerCondition,
  resolveCondition,
  type ResolveConditionInput,
} from '../../workflows/messages.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, type Loan, reach, statesOf } from '../support/loan.ts';
import { say } from '../support/sealed.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

const person = (subject: string, role: string): Actor => ({ kind: 'human', subject, role });
const LI = person('reviewer-li', 'reviewer');
const ZHAO = person('senior-zhao', 'senior-reviewer');

async function approvedUnder(
  loan: Loan,
  conditions: { kind: ConditionKind; gate: ConditionGate }[],
): Promise<readonly string[]> {
  const task = await openTask(house.world, loan.id);
  const desk = house.world.as('senior-reviewer', 'senior-zhao').reviews;
  await data(desk.claim(task.id));
  await data(
    desk.decide(task.id, {
      ...APPROVE,
      reasons: [...APPROVE.reasons],
      comment: 'Looked into.',
      amountFen: task.amountFen ?? 0,
      evidenceVersion: task.evidenceVersion,
      conditions,
    }),
  );
  const rows = await house.db
    .selectFrom('loan_conditions')
    .select('id')
    .where('application_id', '=', loan.id)
    .orderBy('gate')
    .execute();
  return rows.map(({ id }) => id);
}

const resolve = async (
  loan: Loan,
  actor: Actor,
  conditionId: string,
  step: ResolveConditionInput['step'],
) => {
  const key = randomUUID();
  return await say(loan, resolveCondition, { actor, key, conditionId, step, reason: 'SEEN' });
};

/** The applicant answers, and one person clears. */
async function clear(loan: Loan, conditionId: string): Promise<void> {
  const actor = person(loan.subject, 'applicant');
  const sealedAnswer = Buffer.from('sealed').toString('base64');
  await say(loan, answerCondition, { actor, key: randomUUID(), conditionId, sealedAnswer });
  await resolve(loan, LI, conditionId, 'CLEAR');
}

async function refusedWith(saying: Promise<unknown>): Promise<string> {
  try {
    await saying;
  } catch (error) {
    if (error instanceof ApiProblem) return error.code;
    throw error;
  }
  throw new Error('the loan did not refuse');
}

describe.concurrent('an approval under conditions', () => {
  it('makes no offer before the one that stands before it is cleared, and clearing needs an answer', async () => {
    const loan = await applyAs(house, 'refer-one', 1);
    const [id = ''] = await approvedUnder(loan, [{ kind: 'INCOME_PROOF', gate: 'OFFER' }]);
    await reach(loan, 'OFFER/CONDITIONS');
    expect(await statesOf(loan, 'offers')).toEqual([]);
    expect(await refusedWith(resolve(loan, LI, id, 'CLEAR'))).toBe('CONDITION_NOT_ANSWERED');
    await clear(loan, id);
    await driveTo(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('draws up no contract before the one that stands before it is waived by two people', async () => {
    const loan = await applyAs(house, 'refer-one', 2);
    const [id = ''] = await approvedUnder(loan, [{ kind: 'ADDRESS_PROOF', gate: 'CONTRACT' }]);
    await reach(loan, 'OFFER/OFFER_ANSWER');
    await acceptOffer(loan.client, loan.id);
    await reach(loan, 'CONTRACT/CONDITIONS');
    expect(await resolve(loan, LI, id, 'PROPOSE_WAIVER')).toMatchObject({
      stage: 'CONTRACT',
      pending: 'WAIVER_APPROVAL',
    });
    expect(await refusedWith(resolve(loan, LI, id, 'APPROVE_WAIVER'))).toBe('FOUR_EYES');
    expect((await reach(loan, 'CONTRACT/CONDITIONS')).pending).toBe('CONDITIONS');
    expect(await statesOf(loan, 'contracts')).toEqual([]);
    await resolve(loan, ZHAO, id, 'APPROVE_WAIVER');
    await reach(loan, 'SIGN/SIGNATURE');
    await sign(loan.client, loan.id);
    await reach(loan, 'DISBURSE/PAYOUT_RELEASE');
    await release(house.world, loan.id);
    await reach(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('releases no money while one is open, whether at its own door or left from an earlier answer', async () => {
    const loan = await applyAs(house, 'refer-one', 3);
    const [id = ''] = await approvedUnder(loan, [{ kind: 'SETTLE_OTHER_LOAN', gate: 'MONEY' }]);
    await reach(loan, 'OFFER/OFFER_ANSWER');
    await acceptOffer(loan.client, loan.id);
    await reach(loan, 'SIGN/SIGNATURE');
    await sign(loan.client, loan.id);
    await reach(loan, 'DISBURSE/CONDITIONS');
    const payout = await payoutOf(house.world, loan.id, 'READY');
    const desk = house.world.as('finance-maker', 'finance-qian').payouts;
    const early = await desk.release(payout.id);
    expect(early.ok ? early.status : early.problem.code).toBe('CONDITION_OPEN');
    await clear(loan, id);
    await reach(loan, 'DISBURSE/PAYOUT_RELEASE');
    await release(house.world, loan.id);
    await reach(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('answered ahead of its door does not stop there, and an applicant who gives up is withdrawn', async () => {
    const loan = await applyAs(house, 'refer-one', 4);
    const [first = '', second = ''] = await approvedUnder(loan, [
      { kind: 'INCOME_PROOF', gate: 'CONTRACT' },
      { kind: 'PURPOSE_PROOF', gate: 'MONEY' },
    ]);
    await reach(loan, 'OFFER/OFFER_ANSWER');
    await clear(loan, first);
    await acceptOffer(loan.client, loan.id);
    await reach(loan, 'SIGN/SIGNATURE');
    await sign(loan.client, loan.id);
    await reach(loan, 'DISBURSE/CONDITIONS');
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    expect(await refusedWith(clear(loan, second))).toBe('AFTER_ENDING');
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
  });
});
