/** Approvals that two people take back before the money moves: what rested on them is taken back, and people decide again. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiProblem } from '../../api/problem-response.ts';
import type { Actor } from '../../domain/journey.ts';
import { acceptOffer } from '../../tools/teller/applicant.ts';
import { APPROVE, openTask, payoutOf, release, review } from '../../tools/teller/staff.ts';
import { clearFaults, data, setFault } from '../../tools/teller/world.ts';
import { undoApproval, type UndoApprovalInput } from '../../workflows/messages.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, journeyOf, type Loan, reach, statesOf } from '../support/loan.ts';
import { say } from '../support/sealed.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse({ policy: { 'disburse.queryAfterSeconds': 0.5 } });
});
afterAll(async () => await house?.close());

const person = (subject: string, role: string): Actor => ({ kind: 'human', subject, role });
const LI = person('reviewer-li', 'reviewer');
const ZHAO = person('senior-zhao', 'senior-reviewer');
const SUN = person('risk-sun', 'risk-officer');

async function undo(loan: Loan, actor: Actor, step: UndoApprovalInput['step']) {
  return await say(loan, undoApproval, { actor, key: randomUUID(), step, reason: 'WRONG_INCOME' });
}

/** The code with which the loan refused. */
async function refusedWith(saying: Promise<unknown>): Promise<string> {
  try {
    await saying;
  } catch (error) {
    if (error instanceof ApiProblem) return error.code;
    throw error;
  }
  throw new Error('the loan did not refuse');
}

/** As many people approve as the matrix asks for. */
async function approve(loan: Loan): Promise<void> {
  for (const [role, subject] of [
    ['senior-reviewer', 'senior-zhao'],
    ['risk-officer', 'risk-sun'],
  ] as const) {
    const { stage } = await review(house.world, loan.id, role, subject, APPROVE);
    if (stage === 'OFFER') return;
  }
}

async function undone(loan: Loan): Promise<void> {
  expect(await undo(loan, LI, 'PROPOSE')).toMatchObject({ pending: 'UNDO_APPROVAL' });
  expect(await undo(loan, ZHAO, 'APPROVE')).toMatchObject({ stage: 'SCORE' });
  await reach(loan, 'REVIEW/REVIEW');
}

/** What rested on the first approval, newest state last. */
async function papers(loan: Loan) {
  const [offers, contracts, payouts] = await Promise.all([
    statesOf(loan, 'offers'),
    statesOf(loan, 'contracts'),
    statesOf(loan, 'payouts'),
  ]);
  return { offers, contracts, payouts };
}

describe.concurrent('an approval that two people take back', () => {
  it.each([
    ['OFFER', 1, { offers: ['CANCELLED'], contracts: [], payouts: [] }],
    ['SIGN', 2, { offers: ['CANCELLED'], contracts: ['VOID'], payouts: [] }],
    ['DISBURSE', 3, { offers: ['CANCELLED'], contracts: ['VOID'], payouts: ['CANCELLED'] }],
  ] as const)(
    'at %s leaves nothing of itself, is decided anew by people, and the loan is paid once',
    async (stage, variant, left) => {
      const loan = await driveTo(await applyAs(house, 'straight-approval', variant), stage);
      await undone(loan);
      expect(await papers(loan)).toEqual(left);
      await approve(loan);
      await driveTo(loan, 'SERVICE');
      const journey = await journeyOf(loan);
      expect(journey).toContain(`${stage}>SCORE human APPROVAL_UNDONE`);
      expect(journey.filter((move) => move.startsWith('DECIDE>'))).toEqual([
        expect.stringContaining('DECIDE>OFFER'),
        expect.stringContaining('DECIDE>REVIEW'),
      ]);
      expect((await papers(loan)).payouts).toEqual([...left.payouts, 'PAID']);
      await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
    },
  );

  it('while a condition keeps the contract waiting is asked about no longer', async () => {
    const loan = await applyAs(house, 'refer-one', 1);
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
        conditions: [{ kind: 'INCOME_PROOF', gate: 'CONTRACT' }],
      }),
    );
    await reach(loan, 'OFFER/OFFER_ANSWER');
    await acceptOffer(loan.client, loan.id);
    await reach(loan, 'CONTRACT/CONDITIONS');
    await undone(loan);
    expect(await papers(loan)).toEqual({ offers: ['CANCELLED'], contracts: [], payouts: [] });
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'REFER' });
  });

  it('is taken back by nobody alone, nor by whoever may not decide, and a rejected proposal changes nothing', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 4), 'OFFER');
    expect(await refusedWith(undo(loan, ZHAO, 'APPROVE'))).toBe('NO_PROPOSAL');
    const finance = person('finance-qian', 'finance-maker');
    expect(await refusedWith(undo(loan, finance, 'PROPOSE'))).toBe('ROLE_DOES_NOT_FIT');
    expect(await undo(loan, ZHAO, 'PROPOSE')).toMatchObject({
      stage: 'OFFER',
      pending: 'UNDO_APPROVAL',
    });
    expect(await refusedWith(undo(loan, ZHAO, 'APPROVE'))).toBe('FOUR_EYES');
    expect(await refusedWith(undo(loan, SUN, 'PROPOSE'))).toBe('ALREADY_PROPOSED');
    expect(await undo(loan, SUN, 'REJECT')).toMatchObject({ stage: 'OFFER' });
    expect(await statesOf(loan, 'offers')).toEqual(['OPEN']);
    await driveTo(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('is void too when the applicant supplies what changes the score after a first approval', async () => {
    const loan = await applyAs(house, 'refer-two-people');
    await review(house.world, loan.id, 'reviewer', 'reviewer-li', APPROVE);
    await reach(loan, 'REVIEW/SECOND_REVIEW');
    const task = await openTask(house.world, loan.id);
    const desk = house.world.as('senior-reviewer', 'senior-zhao').reviews;
    await data(desk.claim(task.id));
    const { evidenceVersion } = task;
    const items = [{ code: 'INCOME_PROOF', text: 'A pay slip of last month' }];
    await data(desk.requestMore(task.id, { items, evidenceVersion }));
    const { informationRequest } = await reach(loan, 'REVIEW/INFORMATION');
    const { work } = loan.persona.application;
    const pages = { work: { ...work, monthlyIncomeFen: work.monthlyIncomeFen + 50_000 } };
    const answers = [{ code: 'INCOME_PROOF', text: 'Sent by post' }];
    const requestId = informationRequest?.id ?? '';
    await data(loan.client.applications.supply(loan.id, { requestId, answers, pages }));
    await reach(loan, 'REVIEW/REVIEW');
    const first = await openTask(house.world, loan.id);
    expect(first.level).toBe(1);
    await review(house.world, loan.id, 'reviewer', 'reviewer-li', APPROVE);
    await reach(loan, 'REVIEW/SECOND_REVIEW');
    await review(house.world, loan.id, 'senior-reviewer', 'senior-zhao', APPROVE);
    await driveTo(loan, 'SERVICE');
    expect(await journeyOf(loan)).toContainEqual(expect.stringContaining('REVIEW>SCORE human'));
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });
});

// Alone: a fault strikes whoever asks.
describe.sequential('an approval whose money moves', () => {
  it('is taken back by nobody any more, whether the bank has answered or not', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 5), 'DISBURSE');
    await undo(loan, LI, 'PROPOSE');
    const transfer = { service: 'bank', operation: 'transfer', fault: 'drop-reply', count: 1 };
    await setFault(house.world, transfer);
    await setFault(house.world, { service: 'bank', operation: 'query', fault: 'down' });
    await release(house.world, loan.id);
    await payoutOf(house.world, loan.id, 'UNKNOWN');
    expect(await refusedWith(undo(loan, ZHAO, 'APPROVE'))).toBe('TOO_LATE_TO_UNDO');
    await clearFaults(house.world);
    await reach(loan, 'SERVICE');
    expect(await refusedWith(undo(loan, ZHAO, 'APPROVE'))).toBe('AFTER_ENDING');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });
});

describe.concurrent('a correction after an application was weighed', () => {
  it('that the applicant asks for voids the approval, and the application is weighed on the new values, and they are told', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 7), 'OFFER');
    const wanted = {
      corrections: [{ field: 'work.monthlyIncomeFen' as const, value: 1_234_500 }],
      reason: 'TYPING_ERROR',
    };
    const asked = await data(loan.client.desk.askCorrection(loan.id, wanted));
    expect(asked).toMatchObject({ pending: 'UNDO_APPROVAL', items: [{ state: 'PROPOSED' }] });
    const again = await loan.client.desk.askCorrection(loan.id, wanted);
    expect(again.ok ? 'OK' : again.problem.code).toBe('ALREADY_PROPOSED');
    const seen = await data(
      house.world.as('senior-reviewer', 'senior-zhao').desk.corrections(loan.id),
    );
    expect(seen.items).toMatchObject([{ value: 1_234_500, proposedBy: loan.subject }]);

    // The applicant is not the second person in any role of theirs, and one who may not decide alone neither.
    const themselves = person(loan.subject, 'senior-reviewer');
    expect(await refusedWith(undo(loan, themselves, 'APPROVE'))).toBe('SELF_APPROVAL');
    expect(await refusedWith(undo(loan, LI, 'APPROVE'))).toBe('ROLE_DOES_NOT_FIT');
    expect(await undo(loan, ZHAO, 'APPROVE')).toMatchObject({ stage: 'SCORE' });
    await reach(loan, 'REVIEW/REVIEW');
    expect(await papers(loan)).toEqual({ offers: ['CANCELLED'], contracts: [], payouts: [] });
    const form = await data(loan.client.applications.get(loan.id));
    expect(form.pages.work).toMatchObject({ monthlyIncomeFen: 1_234_500 });
    expect(await journeyOf(loan)).toContain('OFFER>SCORE human INPUTS_CHANGED');
    const scored = await house.db
      .selectFrom('scores')
      .select(['round', 'evidence_version', 'variables_sm3'])
      .where('application_id', '=', loan.id)
      .orderBy('round')
      .execute();
    expect(new Set(scored.map((one) => one.variables_sm3)).size).toBe(2);
    const told = await house.db
      .selectFrom('outbox')
      .select('payload')
      .where('application_id', '=', loan.id)
      .where('topic', '=', 'application.corrected')
      .execute();
    expect(told).toEqual([{ payload: { fields: 'work.monthlyIncomeFen' } }]);
    const referral = async () =>
      await house.db
        .selectFrom('applications')
        .select('referral')
        .where('id', '=', loan.id)
        .executeTakeFirst();
    expect(await referral()).toEqual({ referral: 'REFER_UNDONE' });
    await approve(loan);
    // People have decided: nothing on the record asks for them any more.
    expect(await referral()).toEqual({ referral: null });
    await driveTo(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('that operations propose while people vote voids their votes once another person agrees', async () => {
    const loan = await applyAs(house, 'refer-one', 3);
    const task = await openTask(house.world, loan.id);
    await data(house.world.as('reviewer', 'reviewer-li').reviews.claim(task.id));
    const desk = house.world.as('operations', 'operations-wu').desk;
    const body = (value: string) => ({
      corrections: [{ field: 'work.employerName' as const, value }],
      reason: 'TYPING_ERROR',
    });
    const proposed = await data(desk.correct(loan.id, body('更正后的公司')));
    expect(JSON.stringify(proposed)).not.toContain('更正');
    expect(await undo(loan, SUN, 'REJECT')).toMatchObject({ stage: 'REVIEW' });
    await data(desk.correct(loan.id, body('杭州更正有限公司')));
    expect(await undo(loan, ZHAO, 'APPROVE')).toMatchObject({ stage: 'SCORE' });
    await reach(loan, 'REVIEW/REVIEW');
    const former = await house.world.as('reviewer', 'reviewer-li').reviews.decide(task.id, {
      ...APPROVE,
      reasons: [...APPROVE.reasons],
      comment: 'Looked into.',
      amountFen: task.amountFen ?? 0,
      evidenceVersion: task.evidenceVersion,
    });
    expect(former.ok ? 'OK' : former.problem.code).toBe('ALREADY_DECIDED');
    const kept = await house.db
      .selectFrom('case_corrections')
      .select(['state', 'sealed_value', 'proposed_by', 'applied_by'])
      .where('application_id', '=', loan.id)
      .orderBy('proposed_at')
      .execute();
    const by = { sealed_value: null, proposed_by: 'operations-wu' };
    expect(kept).toEqual([
      { ...by, state: 'DROPPED', applied_by: null },
      { ...by, state: 'APPLIED', applied_by: 'senior-zhao' },
    ]);
    expect(house.logged.join('\n')).not.toContain('更正');
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'REFER' });
  });
});
