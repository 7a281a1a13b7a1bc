/** What the Temporal server holds of loans that were really lived: nothing personal, sealed or opened, however they ended. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataKeys } from '../../../platform/keys.ts';
import { createSealedPayloadCodec } from '../../../platform/temporal/codec.ts';
import { createPeople } from '../../../sandbox/people/people.ts';
import { openTask } from '../../../tools/teller/staff.ts';
import { data } from '../../../tools/teller/world.ts';
import { mendKeys, signWithBrokenKeys } from '../../support/client-keys.ts';
import { type House, openHouse } from '../../support/house.ts';
import { applyAs, driveTo, eventually, type Loan, loanIdOf, reach } from '../../support/loan.ts';
import type { RawHistory } from '../../support/raw-history.ts';
import { findPersonal, openedPayloads, type Secrets, secretsOf } from './raw-history.ts';

let house: House;
let people: readonly Secrets[];
beforeAll(async () => {
  house = await openHouse();
  people = createPeople('stored')
    .personas(new Date())
    .map(({ key, application }) => secretsOf(key, application));
}, 120_000);
afterAll(async () => await house.close());

const wantedOf = ({ persona }: Loan): readonly Secrets[] => [
  ...people,
  secretsOf('the applicant', persona.application),
];

/** Neither the stored bytes nor what those see who may open the payloads. */
async function expectNobodyIn(history: RawHistory, wanted: readonly Secrets[]): Promise<void> {
  const { payloads } = readDataKeys(house.config.dataKeysFile, house.config.environment);
  const opened = await openedPayloads(history, createSealedPayloadCodec(payloads));
  expect(opened.sealed).toBeGreaterThan(0);
  expect(opened.bytes.length).toBeGreaterThan(100);
  expect(findPersonal(history, wanted)).toEqual([]);
  expect(findPersonal(opened, wanted)).toEqual([]);
}

const expectNobodyOf = async (loan: Loan): Promise<void> =>
  await expectNobodyIn(await house.historyOf(loan.id), wantedOf(loan));

/** A reviewer's desk with the application's task claimed on it. */
async function claimed({ id }: Loan) {
  const { id: taskId } = await openTask(house.world, id);
  const desk = house.world.as('senior-reviewer', 'senior-zhao').reviews;
  await data(desk.claim(taskId));
  const { task } = await data(desk.get(taskId));
  return { desk, task };
}

describe.sequential('the stored history, sealed and opened', () => {
  it('of a loan from the form to the money gives nobody away, nor does its servicing', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 7), 'SERVICE');
    await expectNobodyOf(loan);
    const servicing = await house.servicingHistoryOf(await loanIdOf(loan));
    await expectNobodyIn(servicing, wantedOf(loan));
  }, 120_000);

  it('of an application that people reviewed gives nobody away, whatever the reviewer wrote', async () => {
    const loan = await applyAs(house, 'refer-one', 7);
    const { desk, task } = await claimed(loan);
    const { name, mobile } = loan.persona.application.identity;
    const items = [{ code: 'INCOME_PROOF', text: `请${name}（${mobile}）补充工资流水` }];
    await data(desk.requestMore(task.id, { items, evidenceVersion: task.evidenceVersion }));
    const waiting = await reach(loan, 'REVIEW/INFORMATION');
    expect(waiting.informationRequest?.items).toEqual(items);
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await reach(loan, 'WITHDRAWN');
    await expectNobodyOf(loan);
  }, 120_000);

  it('of one that people declined, with a comment that names the person, gives nobody away', async () => {
    const loan = await applyAs(house, 'refer-then-declined', 7);
    const { name } = loan.persona.application.identity;
    const { desk, task } = await claimed(loan);
    await data(
      desk.decide(task.id, {
        decision: 'DECLINE',
        reasons: ['REVIEW_CAPACITY'],
        comment: `${name}的负债过高`,
        amountFen: task.amountFen ?? 0,
        evidenceVersion: task.evidenceVersion,
      }),
    );
    await reach(loan, 'DECLINED');
    await expectNobodyOf(loan);
  }, 120_000);

  it('of one that the machine declined, by its rules or by who the person is not, gives nobody away', async () => {
    for (const key of ['overdue-three-six', 'identity-mismatch']) {
      const loan = await applyAs(house, key, 7);
      await reach(loan, 'DECLINED');
      await expectNobodyOf(loan);
    }
  }, 120_000);

  it('of one that was parked for operations, as they see it while they mend it, gives nobody away', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 9), 'SIGN');
    try {
      await signWithBrokenKeys(house, [loan]);
      const desk = house.world.as('operations', 'operations-wu').operatorCases;
      await eventually('the case', async () => {
        const page = await data(desk.list({ applicationId: loan.id, state: 'OPEN' }));
        return page.items[0];
      });
      await expectNobodyOf(loan);
    } finally {
      await mendKeys(house);
    }
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await reach(loan, 'WITHDRAWN');
    await expectNobodyOf(loan);
  }, 120_000);

  it('of a loan that waits for its applicant gives nobody away, and neither do the lists that the UI shows of all of them', async () => {
    const loan = await applyAs(house, 'straight-approval', 8);
    await reach(loan, 'OFFER/OFFER_ANSWER');
    await expectNobodyOf(loan);
    const listed: unknown[] = [];
    const query = `TaskQueue = '${house.config.temporal.taskQueuePrefix}loan'`;
    for await (const one of house.client.workflow.list({ query })) {
      const { workflowId, type, taskQueue, searchAttributes, memo } = one;
      listed.push({ workflowId, type, taskQueue, searchAttributes, memo });
    }
    const bytes = Buffer.from(JSON.stringify(listed), 'utf8');
    expect(listed.length).toBeGreaterThanOrEqual(1);
    expect(findPersonal({ bytes }, wantedOf(loan))).toEqual([]);
  }, 120_000);
});
