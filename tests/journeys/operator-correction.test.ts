/** A parked loan whose form says something wrong: corrected by two people, told to the applicant, and sent on its way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { data } from '../../tools/teller/world.ts';
import { breakKeys, mendKeys } from '../support/client-keys.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, eventually, type Loan, reach } from '../support/loan.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

const one = () => house.world.as('operations', 'operations-wu').operatorCases;
const other = () => house.world.as('operations', 'operations-gao').operatorCases;
const RETRY = { action: 'RETRY', reason: 'FORM_CORRECTED' } as const;

async function parked(variant: number): Promise<{ readonly loan: Loan; readonly caseId: string }> {
  await breakKeys(house);
  const loan = await applyAs(house, 'straight-approval', variant);
  const caseId = await eventually('the case', async () => {
    const page = await data(one().list({ applicationId: loan.id, state: 'OPEN' }));
    return page.items[0]?.id;
  });
  await mendKeys(house);
  return { loan, caseId };
}

const code = (said: { ok: true } | { ok: false; problem: { code: string } }) =>
  said.ok ? 'OK' : said.problem.code;

describe.sequential('a correction', () => {
  it('is proposed by one, applied by another with the retry, kept beside the former value, and told', async () => {
    const { loan, caseId } = await parked(0);
    const before = await data(one().corrections(caseId));
    expect(before.correctable).toContain('work.employerName');
    const said = {
      field: 'work.employerName',
      value: '杭州更正有限公司',
      reason: 'TYPING_ERROR',
    } as const;
    const proposed = await data(one().correct(caseId, said));
    expect(proposed.items).toMatchObject([{ state: 'PROPOSED', field: 'work.employerName' }]);
    expect(JSON.stringify(proposed)).not.toContain('更正');
    expect(code(await one().correct(caseId, said))).toBe('ALREADY_PROPOSED');

    // Whoever wrote the correction is not the second person, whoever proposed the retry.
    await data(other().propose(caseId, RETRY));
    expect(code(await one().approve(caseId, RETRY))).toBe('FOUR_EYES');
    const third = house.world.as('operations', 'operations-ma').operatorCases;
    await data(third.approve(caseId, RETRY));
    await reach(loan, 'OFFER');
    const form = await data(loan.client.applications.get(loan.id));
    expect(form.pages.work).toMatchObject({ employerName: '杭州更正有限公司' });
    const revisions = await house.db
      .selectFrom('application_pages')
      .select('revision')
      .where('application_id', '=', loan.id)
      .where('page', '=', 2)
      .orderBy('revision')
      .execute();
    expect(revisions.map(({ revision }) => revision)).toEqual([1, 2]);
    const kept = await house.db
      .selectFrom('case_corrections')
      .select(['state', 'sealed_value', 'proposed_by', 'applied_by'])
      .where('case_id', '=', caseId)
      .execute();
    expect(kept).toEqual([
      {
        state: 'APPLIED',
        sealed_value: null,
        proposed_by: 'operations-wu',
        applied_by: 'operations-ma',
      },
    ]);
    const told = await house.db
      .selectFrom('outbox')
      .select('topic')
      .where('application_id', '=', loan.id)
      .where('topic', '=', 'application.corrected')
      .execute();
    expect(told).toHaveLength(1);
    const log = house.logged.join('\n');
    expect(log.includes('更正有限')).toBe(false);
  });

  it('cannot be of who the person is, of what is no value, nor of one’s own application', async () => {
    const { loan, caseId } = await parked(1);
    const wrong = {
      field: 'work.monthlyIncomeFen',
      value: 'much',
      reason: 'TYPING_ERROR',
    } as const;
    expect(code(await one().correct(caseId, wrong))).toBe('VALIDATION_FAILED');
    const own = house.world.as('operations', loan.subject).operatorCases;
    const said = {
      field: 'work.monthlyIncomeFen',
      value: 1_200_000,
      reason: 'TYPING_ERROR',
    } as const;
    expect(code(await own.correct(caseId, said))).toBe('SELF_APPROVAL');
    const unknown = Object.assign({}, said, { field: 'identity.idNumber' });
    expect(code(await one().correct(caseId, unknown))).toBe('VALIDATION_FAILED');
  });

  it('goes with its value when the application is withdrawn', async () => {
    const { loan, caseId } = await parked(2);
    const said = {
      field: 'identity.mobile',
      value: '13800000000',
      reason: 'TYPING_ERROR',
    } as const;
    await data(one().correct(caseId, said));
    await data(loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await reach(loan, 'WITHDRAWN');
    const kept = await house.db
      .selectFrom('case_corrections')
      .select(['state', 'sealed_value'])
      .where('case_id', '=', caseId)
      .execute();
    expect(kept).toEqual([{ state: 'DROPPED', sealed_value: null }]);
  });
});
