/** Offers, contracts, recordings and loans through the API. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PAGES } from './drafting.ts';
import { offered, paidOut, PDF, standAt, toSign, underReview } from './story.ts';
import { openWorld, STANDING, type World } from './world.ts';

let world: World;
let token: string;
let other: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('owner-1', ['integrator']);
  other = await world.token('owner-2', ['integrator']);
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.loan.answer = () => STANDING;
  world.loan.heard.length = 0;
});

describe('offers', () => {
  it('are read by id and by application, accepted and declined by their owner alone', async () => {
    const { id, offerId } = await offered(world, token);
    const byId = await world.call('GET', `/v1/offers/${offerId}`, { token });
    expect(byId.body).toMatchObject({
      annualRate: '14.40',
      annualisedSimple: '14.40',
      state: 'OPEN',
    });
    const byApplication = await world.call('GET', `/v1/applications/${id}/offer`, { token });
    expect(byApplication.text).toBe(byId.text);
    for (const [path, answer] of [
      ['accept', 'ACCEPT'],
      ['decline', 'DECLINE'],
    ] as const) {
      const refused = await world.call('POST', `/v1/offers/${offerId}/${path}`, {
        token: other,
        json: {},
      });
      expect(refused.status).toBe(404);
      world.loan.heard.length = 0;
      await world.call('POST', `/v1/offers/${offerId}/${path}`, { token, json: {} });
      expect(world.loan.heard).toMatchObject([{ name: 'answerOffer', input: { offerId, answer } }]);
    }
  });
});

describe('contracts', () => {
  it('give their PDF byte for byte, and its digest is the one to sign', async () => {
    const { contractId, digestSm3 } = await toSign(world, token);
    const response = await world.app.fetch(
      new Request(`http://api.test/v1/contracts/${contractId}/pdf`, {
        headers: { Authorization: `Bearer ${token}` },
      }),
    );
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PDF);
    expect(response.headers.get('Content-Type')).toBe('application/pdf');
    const read = await world.call('GET', `/v1/contracts/${contractId}`, { token });
    expect(read.body).toMatchObject({ digestSm3, state: 'READY', signatures: [] });
    const reviewer = await world.token('li', ['reviewer']);
    const pdf = await world.call('GET', `/v1/contracts/${contractId}/pdf`, { token: reviewer });
    expect(pdf.body['code']).toBe('ROLE_MISSING');
  });
});

describe('loans', () => {
  it('show schedule and balances that add up to what is not yet paid', async () => {
    const { loanId, number } = await paidOut(world, token);
    const read = await world.call('GET', `/v1/loans/${loanId}`, { token });
    expect(read.body).toMatchObject({
      number,
      disbursedOn: '2026-11-24',
      balances: { principalFen: 800_00, interestFen: 10_00, feeFen: 0, totalFen: 810_00 },
      instalments: [{ number: 1, dueDate: '2027-01-24' }, { number: 2 }],
    });
    const list = await world.call('GET', '/v1/loans', { token });
    expect(list.body['items']).toMatchObject([{ id: loanId }]);
    expect((await world.call('GET', '/v1/loans', { token: other })).body['items']).toEqual([]);
    expect((await world.call('GET', `/v1/loans/${loanId}`, { token: other })).status).toBe(404);
  });
});

describe('supplements', () => {
  it('travel sealed with pages that passed the form’s rules, and are written by nobody here', async () => {
    const { id, taskId } = await underReview(world, token);
    const requestId = randomUUID();
    await world.db
      .insertInto('information_requests')
      .values({
        id: requestId,
        application_id: id,
        task_id: taskId,
        sealed_items: world.cipher.sealJson('information_requests.sealed_items', requestId, [
          { code: 'PAYSLIP', text: '流水' },
        ]),
        requested_by: 'li',
        state: 'OPEN',
      })
      .execute();
    const shown = await world.call('GET', `/v1/applications/${id}`, { token });
    expect(shown.body['informationRequest']).toMatchObject({ id: requestId });
    const before = await world.db.selectFrom('application_pages').selectAll().execute();
    const path = `/v1/applications/${id}/information`;
    const work = { ...PAGES.work, monthlyIncomeFen: 16_000_00 };
    const answers = [{ code: 'PAYSLIP', text: '已补充' }];
    const supply = (json: unknown) => world.call('POST', path, { token, json });
    expect((await supply({ requestId, answers, pages: { work } })).status).toBe(200);
    const input = world.loan.heard[0]?.input ?? {};
    const sealed = Buffer.from(String(input['sealedAnswer']), 'base64');
    const column = 'information_requests.sealed_answer';
    const cipher = await world.deps.vault.of(world.db, id);
    const opened = cipher.openJson(column, requestId, sealed, (value) => value);
    expect(opened).toEqual({ answers, pages: { work } });
    expect(await world.db.selectFrom('application_pages').selectAll().execute()).toEqual(before);
    const wrong = await supply({
      requestId,
      pages: { identity: { ...PAGES.identity, idNumber: '110105194912310021' } },
    });
    expect(wrong.status).toBe(422);
    const { id: elsewhere } = await offered(world, token);
    await standAt(world, elsewhere, 'REVIEW');
    const foreign = await world.call('POST', `/v1/applications/${elsewhere}/information`, {
      token,
      json: { requestId },
    });
    expect(foreign.status).toBe(404);
  });
});
