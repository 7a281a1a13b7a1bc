/** What the Temporal server holds of loans that were really lived: nothing personal, so its UI can show nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeople } from '../../../sandbox/people/people.ts';
import { type House, openHouse } from '../../support/house.ts';
import { applyAs, driveTo, loanIdOf, reach } from '../../support/loan.ts';
import { findPersonal, type Secrets, secretsOf } from './raw-history.ts';

let house: House;
let people: readonly Secrets[];
beforeAll(async () => {
  house = await openHouse();
  people = createPeople('stored')
    .personas(new Date())
    .map(({ key, application }) => secretsOf(key, application));
}, 120_000);
afterAll(async () => await house.close());

describe('the stored history', () => {
  it('of a loan from the form to the money gives nobody away, nor does its servicing', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 7), 'SERVICE');
    const wanted = [...people, secretsOf('the applicant', loan.persona.application)];
    const origination = await house.historyOf(loan.id);
    const servicing = await house.servicingHistoryOf(await loanIdOf(loan));
    expect(origination.bytes.length).toBeGreaterThan(5_000);
    expect(findPersonal(origination, wanted)).toEqual([]);
    expect(findPersonal(servicing, wanted)).toEqual([]);
  }, 120_000);

  it('of a loan that waits for its applicant gives nobody away, and neither do the lists that the UI shows of all of them', async () => {
    const loan = await applyAs(house, 'straight-approval', 8);
    await reach(loan, 'OFFER/OFFER_ANSWER');
    const wanted = [...people, secretsOf('the applicant', loan.persona.application)];
    expect(findPersonal(await house.historyOf(loan.id), wanted)).toEqual([]);
    const listed: unknown[] = [];
    const query = `TaskQueue = '${house.config.temporal.taskQueuePrefix}loan'`;
    for await (const one of house.client.workflow.list({ query })) {
      const { workflowId, type, taskQueue, searchAttributes, memo } = one;
      listed.push({ workflowId, type, taskQueue, searchAttributes, memo });
    }
    const bytes = Buffer.from(JSON.stringify(listed), 'utf8');
    expect(listed.length).toBeGreaterThanOrEqual(1);
    expect(findPersonal({ bytes }, wanted)).toEqual([]);
  }, 120_000);
});
