/** The cost disclosure before signing, and the papers that a person asks for afterwards, through the API. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { buildOffer } from '../../tools/golden-sql/samples/offer.ts';
import { paidOut, standAt, toSign, underReview } from './story.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let token: string;
let other: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('owner-1', ['integrator']);
  other = await world.token('owner-2', ['integrator']);
});
afterAll(async () => await world.close());

const FORM = Buffer.from('%PDF-1.7 a cost disclosure');
const FORM_SM3 = sm3Hex(FORM);
type Kind = 'DISCLOSURE' | 'REPAYMENT_SCHEDULE' | 'DECLINE_NOTICE' | 'SETTLEMENT_CERTIFICATE';

/** A paper of an application as the worker leaves it. */
async function paper(applicationId: string, kind: Kind): Promise<string> {
  const id = randomUUID();
  const objectKey = `papers/${id}.pdf`;
  const cipher = await world.deps.vault.of(world.db, applicationId);
  const { sm3, size } = await world.deps.objects.put(objectKey, FORM, cipher);
  await world.db
    .insertInto('documents')
    .values({
      id,
      application_id: applicationId,
      kind,
      object_key: objectKey,
      sm3,
      size_bytes: size,
      media_type: 'application/pdf',
    })
    .execute();
  return id;
}

/** A contract that waits for its signature, with its cost disclosure and schedule. */
async function withDisclosure() {
  const signing = await toSign(world, token);
  await world.db
    .updateTable('offers')
    .set({ schedule: JSON.stringify(buildOffer()) })
    .where('application_id', '=', signing.id)
    .execute();
  await world.db
    .updateTable('contracts')
    .set({
      disclosure_document_id: await paper(signing.id, 'DISCLOSURE'),
      disclosure_sm3: FORM_SM3,
      cost_read_seconds: 10,
      schedule_document_id: await paper(signing.id, 'REPAYMENT_SCHEDULE'),
    })
    .where('id', '=', signing.contractId)
    .execute();
  return signing;
}

const pdfOf = async (path: string, as: string): Promise<Response> =>
  await world.app.fetch(
    new Request(`http://api.test${path}`, { headers: { Authorization: `Bearer ${as}` } }),
  );

describe('the cost disclosure', () => {
  it('is confirmed by its owner alone, after its time by our clock, read to its end, in its very bytes', async () => {
    const { contractId } = await withDisclosure();
    const show = (as: string) =>
      world.call('POST', `/v1/contracts/${contractId}/disclosures`, {
        token: as,
        json: { device: 'phone' },
      });
    expect((await show(other)).status).toBe(404);
    const shown = await show(token);
    expect(shown.body).toMatchObject({ formSm3: FORM_SM3, minReadSeconds: 10, confirmedAt: null });
    expect(shown.body['form']).toMatchObject({
      loanInterest: { rateType: 'ANNUAL_SIMPLE' },
      overduePenaltyInterest: { orgName: expect.any(String) },
      capped: true,
    });
    const path = `/v1/disclosures/${String(shown.body['id'])}/confirm`;
    const read = { formSm3: FORM_SM3, dwellMs: 10_000, scrolledToEnd: true };
    const confirm = async (over: object = {}, as = token) => {
      const answer = await world.call('POST', path, { token: as, json: { ...read, ...over } });
      return answer.body['code'] ?? answer.status;
    };
    expect(await confirm()).toBe('DISCLOSURE_UNREAD');
    world.clock.now = new Date(world.clock.now.getTime() + 10_000);
    expect(await confirm({ dwellMs: 9_000 })).toBe('DISCLOSURE_UNREAD');
    expect(await confirm({ scrolledToEnd: false })).toBe('DISCLOSURE_UNREAD');
    expect(await confirm({ formSm3: sm3Hex('another form') })).toBe('DIGEST_DIFFERS');
    expect(await confirm({}, other)).toBe('NOT_FOUND');
    expect(await confirm()).toBe(200);
    expect(await confirm()).toBe(200);
    const contract = await world.call('GET', `/v1/contracts/${contractId}`, { token });
    expect(contract.body['disclosure']).toEqual({
      formSm3: FORM_SM3,
      minReadSeconds: 10,
      confirmedAt: world.clock.now.toISOString(),
    });
    const kept = await world.db
      .selectFrom('audit_entries')
      .select('action')
      .where('subject_id', '=', contractId)
      .where('action', 'like', 'disclosure.%')
      .orderBy('id')
      .execute();
    expect(kept.map(({ action }) => action)).toEqual(['disclosure.show', 'disclosure.confirm']);
  });

  it('and the schedule are fetched byte for byte by their owner; a contract without one cannot be shown one', async () => {
    const { contractId } = await withDisclosure();
    for (const which of ['disclosure', 'schedule']) {
      const answer = await pdfOf(`/v1/contracts/${contractId}/${which}/pdf`, token);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(FORM);
      expect((await pdfOf(`/v1/contracts/${contractId}/${which}/pdf`, other)).status).toBe(404);
    }
    const bare = await toSign(world, token);
    const shown = await world.call('POST', `/v1/contracts/${bare.contractId}/disclosures`, {
      token,
      json: {},
    });
    expect(shown.body['code']).toBe('DISCLOSURE_MISSING');
    expect((await pdfOf(`/v1/contracts/${bare.contractId}/schedule/pdf`, token)).status).toBe(404);
  });
});

describe('papers on request', () => {
  it('the decline notice is asked for by the declined person alone, drawn once, and fetched', async () => {
    const { id } = await underReview(world, token);
    const ask = (as: string) =>
      world.call('POST', `/v1/applications/${id}/decline-notice`, { token: as, json: {} });
    expect((await ask(token)).body['code']).toBe('PAPER_NOT_DUE');
    await standAt(world, id, 'DECLINED');
    expect((await ask(other)).status).toBe(404);
    world.loan.heard.length = 0;
    expect((await ask(token)).body).toMatchObject({ state: 'DRAWING' });
    expect(world.loan.heard).toMatchObject([
      { to: 'issued-paper', input: { kind: 'DECLINE_NOTICE', applicationId: id, loanId: null } },
    ]);
    const path = `/v1/applications/${id}/decline-notice/pdf`;
    expect((await world.call('GET', path, { token })).body['code']).toBe('PAPER_NOT_READY');
    await paper(id, 'DECLINE_NOTICE');
    world.loan.heard.length = 0;
    expect((await ask(token)).body).toMatchObject({ state: 'READY' });
    expect(world.loan.heard).toEqual([]);
    expect(Buffer.from(await (await pdfOf(path, token)).arrayBuffer())).toEqual(FORM);
    expect((await pdfOf(path, other)).status).toBe(404);
  });

  it('the settlement certificate is for a settled loan and no other', async () => {
    const { id, loanId } = await paidOut(world, token);
    const ask = () =>
      world.call('POST', `/v1/loans/${loanId}/settlement-certificate`, { token, json: {} });
    expect((await ask()).body['code']).toBe('PAPER_NOT_DUE');
    await world.db
      .updateTable('loans')
      .set({ state: 'SETTLED' })
      .where('id', '=', loanId)
      .execute();
    world.loan.heard.length = 0;
    expect((await ask()).body).toMatchObject({ applicationId: id, state: 'DRAWING' });
    expect(world.loan.heard).toMatchObject([
      { to: 'issued-paper', input: { kind: 'SETTLEMENT_CERTIFICATE', loanId } },
    ]);
  });
});
