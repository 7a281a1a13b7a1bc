/** Lesson 5: the bureau fails, and the code goes on and reads the missing score. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openTask } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, reach, statesOf } from '../support/loan.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let house: House;

beforeAll(async () => {
  // Three seconds instead of two hours: what happens after them is the same.
  house = await openHouse({ policy: { 'bureau.patienceMinutes': 0.05 } });
});
afterAll(async () => await house?.close());

test('a report that never came is a gap that a person sees: nothing is read from it, and nothing approved without it', async () => {
  house.sandbox.addFault({ service: 'pboc', fault: 'down' });
  const loan = await applyAs(house, 'straight-approval', 1);
  await reach(loan, 'REVIEW/REVIEW', 60_000);
  const { db, world } = house;
  const score = await db
    .selectFrom('scores')
    .select(['complete', 'contributions'])
    .where('application_id', '=', loan.id)
    .executeTakeFirstOrThrow();
  expect(score.complete).toBe(false);
  const decision = await db
    .selectFrom('decisions')
    .select(['outcome', 'gaps'])
    .where('application_id', '=', loan.id)
    .executeTakeFirstOrThrow();
  expect(decision).toEqual({ outcome: 'REFER', gaps: ['GAP_PBOC_REPORT'] });
  const task = await openTask(world, loan.id);
  const { bureau } = await data(world.as('risk-officer', 'risk-sun').reviews.get(task.id));
  expect(bureau.find((one) => one.bureau === 'PBOC')).toMatchObject({
    outcome: null,
    gap: 'UNAVAILABLE',
  });
  expect(await statesOf(loan, 'offers')).toEqual([]);
});
