/** A parked loan whose form says something wrong: corrected by two people, told to the applicant, and sent on its way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptOffer, submit } from '../../tools/teller/applicant.ts';
import { data } from '../../tools/teller/world.ts';
import { type House, openHouse } from '../support/house.ts';
import { draftAs, type Loan, reach } from '../support/loan.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

const one = () => house.world.as('operations', 'operations-wu').operatorCases;
const other = () => house.world.as('operations', 'operations-gao').operatorCases;
const RETRY = { action: 'RETRY', reason: 'FORM_CORRECTED' } as const;

/** A loan whose contract cannot be printed: the address holds a sign that no font draws. */
async function parked(variant: number): Promise<{ readonly loan: Loan; readonly caseId: string }> {
  const loan = await draftAs(house, 'straight-approval', variant);
  const { identity } = loan.persona.application;
  const address = `${identity.address}\u{1F3E6}`;
  await data(loan.client.applications.saveIdentity(loan.id, { ...identity, address }));
  await submit(loan.client, loan.id);
  await reach(loan, 'OFFER/OFFER_ANSWER');
  await acceptOffer(loan.client, loan.id);
  await reach(loan, 'CONTRACT/OPERATOR');
  const page = await data(one().list({ applicationId: loan.id, state: 'OPEN' }));
  expect(page.items[0]).toMatchObject({ step: 'contract.render', failureCode: 'GLYPH_MISSING' });
  return { loan, caseId: page.items[0]?.id ?? '' };
}

const code = (said: { ok: true } | { ok: false; problem: { code: string } }) =>
  said.ok ? 'OK' : said.problem.code;

describe.sequential('a correction', () => {
  it('is proposed by one, applied by another with the retry, kept beside the former value, and told', async () => {
    const { loan, caseId } = await parked(0);
    const before = await data(one().corrections(caseId));
    expect(before.correctable).toEqual(['identity.address']);
    const said = {
      field: 'identity.address',
      value: '杭州市更正路一百零一号',
      reason: 'TYPING_ERROR',
    } as const;
    const proposed = await data(one().correct(caseId, said));
    expect(proposed.items).toMatchObject([{ state: 'PROPOSED', field: 'identity.address' }]);
    expect(JSON.stringify(proposed)).not.toContain('更正');
    expect(code(await one().correct(caseId, said))).toBe('ALREADY_PROPOSED');

    // Whoever wrote the correction is not the second person, whoever proposed the retry.
    await data(other().propose(caseId, RETRY));
    expect(code(await one().approve(caseId, RETRY))).toBe('FOUR_EYES');
    const third = house.world.as('operations', 'operations-ma').operatorCases;
    await data(third.approve(caseId, RETRY));
    await reach(loan, 'SIGN/SIGNATURE');
    const form = await data(loan.client.applications.get(loan.id));
    expect(form.pages.identity).toMatchObject({ address: '杭州市更正路一百零一号' });
    const revisions = await house.db
      .selectFrom('application_pages')
      .select('revision')
      .where('application_id', '=', loan.id)
      .where('page', '=', 1)
      .orderBy('revision')
      .execute();
    expect(revisions.map(({ revision }) => revision)).toEqual([1, 2, 3]);
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
    expect(log.includes('更正路')).toBe(false);
  });

  it('cannot be of who the person is, of what is no value, nor of one’s own application', async () => {
    const { loan, caseId } = await parked(1);
    const wrong = {
      field: 'identity.address',
      value: 7,
      reason: 'TYPING_ERROR',
    } as const;
    expect(code(await one().correct(caseId, wrong))).toBe('VALIDATION_FAILED');
    const own = house.world.as('operations', loan.subject).operatorCases;
    const said = {
      field: 'identity.address',
      value: '杭州市某路二百号',
      reason: 'TYPING_ERROR',
    } as const;
    expect(code(await own.correct(caseId, said))).toBe('SELF_APPROVAL');
    const weighed = { ...said, field: 'work.monthlyIncomeFen', value: 1_200_000 } as const;
    expect(code(await one().correct(caseId, weighed))).toBe('ACTION_NOT_ALLOWED');
    const unknown = Object.assign({}, said, { field: 'identity.idNumber' });
    expect(code(await one().correct(caseId, unknown))).toBe('VALIDATION_FAILED');
  });

  it('goes with its value when the application is withdrawn', async () => {
    const { loan, caseId } = await parked(2);
    const said = {
      field: 'identity.address',
      value: '杭州市某路三百号',
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
