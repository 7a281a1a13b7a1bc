/** Who comes at the same moment at the desk: one after the other is heard, and a clock that came too late says nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Worker } from '@temporalio/worker';
import { readDataKeys } from '../../platform/keys.ts';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import { openTask } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { type House, openHouse, testBundle } from '../support/house.ts';
import { applyAs, eventually, type Loan, reach } from '../support/loan.ts';

const REMINDER_MS = 121 * 60_000;

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

/** A review of two stages whose first task somebody holds. */
async function held(variant: number) {
  const loan = await applyAs(house, 'refer-two-people', variant);
  await reach(loan, 'REVIEW/REVIEW');
  const task = await openTask(house.world, loan.id);
  const holder = house.world.as('reviewer', 'reviewer-li').reviews;
  await data(holder.claim(task.id));
  const approval = {
    decision: 'APPROVE' as const,
    reasons: ['REVIEW_POSITIVE'],
    comment: 'Seen and weighed.',
    amountFen: task.amountFen ?? 0,
    evidenceVersion: task.evidenceVersion,
  };
  return { loan, task, holder, approval };
}

const standsAdmitted = (asked: Promise<unknown>): Promise<unknown> =>
  Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 500))]);

/** Tells the story again from its history, as a worker does that has not told it before. */
async function replay({ id }: Loan): Promise<void> {
  const { events } = await house.historyOf(id);
  const { payloads } = readDataKeys(house.config.dataKeysFile, house.config.environment);
  const { codePath } = testBundle();
  await Worker.runReplayHistory(
    { workflowBundle: { codePath }, dataConverter: createDataConverter(payloads) },
    { events: [...events] },
    loanWorkflowId(id),
  );
}

const timersFired = async ({ id }: Loan): Promise<number> => {
  const { events } = await house.historyOf(id);
  return events.filter((event) => event.timerFiredEventAttributes).length;
};

describe('at the desk', () => {
  it('two who decide at the same moment are heard one after the other, and another worker tells the story as the first did', async () => {
    const { loan, task, holder, approval } = await held(7);
    await house.stopWorker();
    const first = holder.decide(task.id, approval);
    await standsAdmitted(first);
    const second = house.world
      .as('senior-reviewer', 'senior-zhao')
      .reviews.decide(task.id, approval);
    await standsAdmitted(second);
    await house.startWorker();
    expect(await data(first)).toMatchObject({ stage: 'REVIEW', pending: 'SECOND_REVIEW' });
    const refused = await second;
    expect(refused.ok ? 'OK' : refused.problem.code).toBe('ALREADY_DECIDED');
    await replay(loan);
  });

  it('a reminder whose time came while somebody approved does not speak to the next person', async () => {
    const { loan, task, holder, approval } = await held(8);
    await house.stopWorker();
    const moved = house.fastForward(loan.id, REMINDER_MS);
    await eventually('the timer fired', async () => (await timersFired(loan)) === 1);
    const approved = holder.decide(task.id, approval);
    await standsAdmitted(approved);
    await house.startWorker();
    await data(approved);
    await moved;
    const tasks = await house.db
      .selectFrom('review_tasks')
      .select(['level', 'state', 'reminded_at'])
      .where('application_id', '=', loan.id)
      .orderBy('level')
      .execute();
    expect(tasks).toEqual([
      { level: 1, state: 'DECIDED', reminded_at: null },
      { level: 2, state: 'OPEN', reminded_at: null },
    ]);
    await replay(loan);
  });
});
