/** The desk's workflows in the whole house: an objection goes to its answer, and a query by hand is asked of the bureau. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { data } from '../../tools/teller/world.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, reach } from '../support/loan.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

describe.concurrent('the bureau desk', () => {
  it('carries an objection from its person to the bureau, to compliance and back', async () => {
    const loan = await applyAs(house, 'refer-one');
    await reach(loan, 'REVIEW/REVIEW');
    const raised = await data(
      loan.client.objections.raise({
        applicationId: loan.id,
        bureau: 'PBOC',
        item: 'ACCOUNT',
        statement: '其中一笔逾期非本人造成',
      }),
    );
    const state = async () => (await data(loan.client.objections.get(raised.id))).state;
    await eventually('verification', async () => (await state()) === 'VERIFYING');
    expect((await data(loan.client.objections.get(raised.id))).bureauReference).toMatch(/^OB/);
    const compliance = house.world.as('compliance', 'compliance-feng');
    const answer = '经核查，该账户记录与报送机构一致。';
    await data(compliance.objections.claim(raised.id));
    await data(compliance.objections.answer(raised.id, { outcome: 'UPHELD', answer }));
    await eventually('answer', async () => (await state()) === 'REPLIED');
    expect((await data(loan.client.objections.get(raised.id))).answer).toBe(answer);
  });

  it('asks for a running loan what two people agreed on, and for no other', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval'), 'SERVICE');
    const early = await applyAs(house, 'refer-one', 1);
    await reach(early, 'REVIEW/REVIEW');
    const maker = house.world.as('risk-officer', 'risk-wang');
    const checker = house.world.as('risk-approver', 'risk-li');
    const ask = async (applicationId: string) => {
      const wanted = {
        applicationId,
        bureau: 'PBOC',
        purpose: '01',
        reason: 'POST_LOAN_REVIEW',
      } as const;
      const { id } = await data(maker.bureauQueries.propose(wanted));
      await data(checker.bureauQueries.approve(id));
      return await eventually('the end of the query', async () => {
        const { items } = await data(maker.bureauQueries.proposals());
        return items.find((item) => item.id === id && item.settledAt !== null);
      });
    };
    expect(await ask(loan.id)).toMatchObject({ state: 'ANSWERED' });
    expect(await ask(early.id)).toMatchObject({
      state: 'FAILED',
      failureCode: 'AUTHORISATION_NO_LOAN',
    });
    const register = await data(maker.bureauQueries.list({ applicationId: loan.id }));
    expect(register.items[0]).toMatchObject({
      kind: 'MANUAL',
      purpose: '01',
      approvedBy: 'risk-li',
    });
  });
});
