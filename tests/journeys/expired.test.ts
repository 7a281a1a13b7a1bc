/** What time does to a loan: it reminds, escalates and lets offers lapse, and it never decides. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPROVE, openTask, review } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import {
  applyAs,
  draftAs,
  driveTo,
  eventually,
  journeyOf,
  reach,
  statesOf,
} from '../support/loan.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

async function noticesOf(applicationId: string): Promise<readonly string[]> {
  const rows = await house.db
    .selectFrom('outbox')
    .select('topic')
    .where('application_id', '=', applicationId)
    .where('topic', '!=', 'journey')
    .orderBy('created_at')
    .execute();
  return rows.map(({ topic }) => topic);
}

describe.concurrent('time', () => {
  it('lets an offer expire that nobody answers, seven days later and not before', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval'), 'OFFER');
    await house.fastForward(loan.id, 7 * DAY_MS - HOUR_MS);
    expect((await data(loan.client.applications.get(loan.id))).stage).toBe('OFFER');
    await house.fastForward(loan.id, 2 * HOUR_MS);
    await reach(loan, 'EXPIRED');
    expect((await journeyOf(loan)).at(-1)).toBe('OFFER>EXPIRED timer OFFER_EXPIRED');
    await expectAftermath(loan, { stage: 'EXPIRED', decision: 'APPROVE' });
    expect(await statesOf(loan, 'offers')).toEqual(['EXPIRED']);
    const { offerId } = await data(loan.client.applications.get(loan.id));
    const late = await loan.client.offers.accept(offerId ?? '');
    expect(late.ok).toBe(false);
  });

  it('lets the signing lapse that nobody comes to, and voids the contract', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 1), 'SIGN');
    await house.fastForward(loan.id, 73 * HOUR_MS);
    await reach(loan, 'EXPIRED');
    expect((await journeyOf(loan)).at(-1)).toMatch(/^SIGN>EXPIRED timer /);
    await expectAftermath(loan, { stage: 'EXPIRED', decision: 'APPROVE' });
    expect(await statesOf(loan, 'contracts')).toEqual(['VOID']);
  });

  it('reminds of a review, then escalates it, and never decides it', async () => {
    const loan = await applyAs(house, 'refer-one');
    const task = await openTask(house.world, loan.id);
    const first = house.world.as('senior-reviewer', 'senior-zhao');
    await data(first.reviews.claim(task.id));
    await house.fastForward(loan.id, 121 * MINUTE_MS);
    expect(await noticesOf(loan.id)).toEqual(['review.reminder']);
    await house.fastForward(loan.id, 120 * MINUTE_MS);
    expect(await noticesOf(loan.id)).toEqual(['review.reminder', 'review.escalated']);
    const [
      { assignee, state, escalatedAt } = { assignee: 'nobody', state: '', escalatedAt: null },
    ] = (
      await data(
        house.world.as('compliance', 'compliance-feng').reviews.list({ applicationId: loan.id }),
      )
    ).items;
    expect([assignee, state]).toEqual([null, 'OPEN']);
    expect(escalatedAt).not.toBeNull();
    await house.fastForward(loan.id, 9 * HOUR_MS);
    expect((await data(loan.client.applications.get(loan.id))).stage).toBe('REVIEW');
    expect((await noticesOf(loan.id)).length).toBeGreaterThan(2);
    await review(house.world, loan.id, 'senior-reviewer', 'senior-sun', {
      ...APPROVE,
      decision: 'DECLINE',
      reasons: ['REVIEW_CAPACITY'],
    });
    await reach(loan, 'DECLINED');
    expect((await journeyOf(loan)).filter((move) => move.includes(' timer '))).toEqual([]);
    await expectAftermath(loan, { stage: 'DECLINED', decision: 'DECLINE' });
  });

  it('never pays out by itself, and reminds people of a payout that waits', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 2), 'DISBURSE');
    await house.fastForward(loan.id, 5 * HOUR_MS);
    expect(await noticesOf(loan.id)).toContain('people.reminder');
    await eventually('the notice to finance', async () => {
      const inbox = await fetch(`${house.sandbox.url}/_admin/inbox?mobile=staff:finance-maker`);
      return (await inbox.text()).includes('等待放款');
    });
    expect(await statesOf(loan, 'payouts')).toEqual(['READY']);
    expect((await data(loan.client.applications.get(loan.id))).stage).toBe('DISBURSE');
  });
});

describe('an idle draft', () => {
  async function idleFor(applicationId: string, ms: number): Promise<void> {
    await house.db
      .updateTable('applications')
      .set({ updated_at: new Date(Date.now() - ms) })
      .where('id', '=', applicationId)
      .execute();
  }
  async function sweep(): Promise<unknown> {
    return await house.client.workflow.execute('draftSweep', {
      workflowId: `${house.config.temporal.taskQueuePrefix}draft-sweep-${Date.now()}`,
      taskQueue: `${house.config.temporal.taskQueuePrefix}loan`,
      args: [],
    });
  }

  it('is reminded of after a day and lapses after thirty, once each', async () => {
    const [fresh, forgotten, abandoned] = [
      await draftAs(house, 'straight-approval', 10),
      await draftAs(house, 'straight-approval', 11),
      await draftAs(house, 'straight-approval', 12),
    ];
    await idleFor(forgotten.id, 25 * HOUR_MS);
    await idleFor(abandoned.id, 31 * DAY_MS);
    expect(await sweep()).toEqual({ reminded: 1, lapsed: 1 });
    expect(await sweep()).toEqual({ reminded: 0, lapsed: 0 });
    expect(await noticesOf(forgotten.id)).toEqual(['draft.reminder']);
    expect((await data(fresh.client.applications.get(fresh.id))).stage).toBe('APPLY');
    expect((await data(abandoned.client.applications.get(abandoned.id))).stage).toBe('LAPSED');
    expect(await journeyOf(abandoned)).toEqual(['APPLY>LAPSED timer DRAFT_IDLE']);
    const late = await abandoned.client.applications.submit(abandoned.id, { evidenceVersion: 5 });
    expect(late.ok ? late.status : late.problem.code).toBe('AFTER_ENDING');
    await eventually('the reminder sent', async () => {
      const inbox = await fetch(
        `${house.sandbox.url}/_admin/inbox?mobile=${forgotten.persona.application.identity.mobile}`,
      );
      return (await inbox.text()).includes('尚未填写完成');
    });
  });
});
