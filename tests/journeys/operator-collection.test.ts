/** A loan that is late: somebody has it in hand, whose attempts and promises are kept, until what was late is paid. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { data } from '../../tools/teller/world.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, loanIdOf } from '../support/loan.ts';
import { repay } from '../support/outside.ts';

const DAY_MS = 86_400_000;

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

async function taskOf(loanId: string) {
  return await house.db
    .selectFrom('review_tasks')
    .select(['id', 'state', 'assignee', 'kind'])
    .where('subject_id', '=', loanId)
    .executeTakeFirst();
}

const code = (said: { ok: true } | { ok: false; problem: { code: string } }) =>
  said.ok ? 'OK' : said.problem.code;

describe('a collection', () => {
  it('opens when a loan is late, is one person’s at a time, keeps what they did, and closes when it is cured', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval'), 'SERVICE');
    const loanId = await loanIdOf(loan);
    await eventually('servicing', async () =>
      house.fastForwardLoan(loanId, 40 * DAY_MS).catch(() => null),
    );
    const task = await eventually('the collection', async () => await taskOf(loanId));
    expect(task).toMatchObject({ kind: 'COLLECTION', state: 'OPEN' });

    const [li, wang] = ['reviewer-li', 'reviewer-wang'].map(
      (subject) => house.world.as('reviewer', subject).deskTasks,
    );
    if (li === undefined || wang === undefined) throw new Error('nobody is there');
    expect((await data(li.claim(task.id))).assignee).toBe('reviewer-li');
    expect(code(await wang.claim(task.id))).toBe('ALREADY_CLAIMED');
    // What may be done is asked before it is done; a contact that nobody asked for is no act of the desk.
    const asked = await data(
      house.world.as('reviewer', 'reviewer-li').contacts.begin(loanId, {
        channel: 'CALL',
        target: 'DEBTOR',
        line: 'MOBILE',
        purpose: 'COLLECT',
        people: 1,
        recorded: true,
        nightConsent: true,
      }),
    );
    const attempt = { act: 'CONTACT', contactId: asked.id, outcome: 'REACHED' } as const;
    const unasked = { ...attempt, contactId: crypto.randomUUID() };
    expect(code(await li.record(task.id, unasked))).toBe('CONTACT_NOT_ASKED');
    expect(code(await wang.record(task.id, attempt))).toBe('NOT_YOUR_TASK');
    await data(li.record(task.id, attempt));
    const own = house.world.as('reviewer', loan.subject).deskTasks;
    expect(code(await own.steal(task.id, { reason: 'MINE' }))).toBe('SELF_APPROVAL');
    await data(wang.steal(task.id, { reason: 'LI_IS_ILL' }));
    expect(code(await li.release(task.id))).toBe('NOT_YOUR_TASK');
    const promise = { act: 'PROMISE', amountFen: 100_000, payBy: '2027-01-31' } as const;
    await data(wang.record(task.id, promise));

    const view = await data(loan.client.loans.get(loanId));
    const [late] = view.instalments;
    if (late === undefined) throw new Error('no instalment');
    // The penalty interest of the days between is paid too, and what is more is held.
    await repay(house, view.number, late.principalFen + late.interestFen + 100_00);
    await eventually('the cure', async () => (await taskOf(loanId))?.state === 'DECIDED');
    const acts = await house.db
      .selectFrom('review_actions')
      .select(['action', 'actor', 'reasons', 'amount_fen'])
      .where('task_id', '=', task.id)
      .orderBy('at')
      .execute();
    expect(acts.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
      'CLAIM reviewer-li',
      'CONTACT reviewer-li',
      'STEAL reviewer-wang',
      'PROMISE reviewer-wang',
      'CURED xindai',
    ]);
    expect(acts[3]).toMatchObject({ reasons: ['PAY_BY_20270131'], amount_fen: 100_000 });
    expect(code(await wang.record(task.id, attempt))).toBe('ALREADY_DECIDED');
  });
});
