/** The cost disclosure before signing, and the papers that a person asks for afterwards, through the API. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templateFor } from '../../activities/contract/templates.ts';
import { publishShippedRulebooks } from '../../activities/shipped-rulebooks.ts';
import { rulebookInForce } from '../../db/queries/rulebooks.ts';
import { CONSENT_ACTS } from '../../domain/authorisation.ts';
import { letterKey } from '../../domain/issued-papers.ts';
import type { Template } from '../../domain/template.ts';
import { SHIPPED_TEMPLATES } from '../../domain/templates/shipped.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { buildOffer } from '../../tools/golden-sql/samples/offer.ts';
import { fillPages, newDraft } from './drafting.ts';
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
type Kind =
  | 'DISCLOSURE'
  | 'REPAYMENT_SCHEDULE'
  | 'DECLINE_NOTICE'
  | 'SETTLEMENT_CERTIFICATE'
  | 'AUTHORISATION';

/** A paper of an application as the worker leaves it. */
async function paper(applicationId: string, kind: Kind, key?: string): Promise<string> {
  const id = randomUUID();
  const objectKey = key ?? `papers/${id}.pdf`;
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

  it('the letter of authorisation is drawn once it was agreed to, for its person, and each reading is on the trail', async () => {
    const id = await newDraft(world, token);
    await fillPages(world, token, id);
    const shown = await world.call('POST', '/v1/authorisations', {
      token,
      json: { applicationId: id },
    });
    const letter = String(shown.body['id']);
    const path = `/v1/authorisations/${letter}/pdf`;
    expect((await world.call('GET', path, { token })).body['code']).toBe('PAPER_NOT_DUE');
    await world.call('POST', `/v1/authorisations/${letter}/agree`, {
      token,
      json: { textSm3: shown.body['textSm3'], acts: CONSENT_ACTS },
    });
    world.loan.heard.length = 0;
    expect((await world.call('GET', path, { token })).body['code']).toBe('PAPER_NOT_READY');
    const wanted = {
      kind: 'AUTHORISATION',
      applicationId: id,
      loanId: null,
      authorisationId: letter,
    };
    expect(world.loan.heard).toEqual([{ to: 'issued-paper', name: 'drawNow', input: wanted }]);
    await paper(id, 'AUTHORISATION', letterKey(letter));
    world.loan.heard.length = 0;
    const answer = await pdfOf(path, token);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(FORM);
    expect(world.loan.heard).toEqual([]);
    expect((await pdfOf(path, other)).status).toBe(404);
    const reader = await world.token('reviewer-1', ['reviewer']);
    expect((await pdfOf(path, reader)).status).toBe(403);
    const kept = await world.db
      .selectFrom('audit_entries')
      .select(['actor', 'result'])
      .where('action', '=', 'authorisation.view-pdf')
      .where('subject_id', '=', id)
      .where('result', '=', 'DONE')
      .execute();
    expect(kept.length).toBeGreaterThan(0);
  });
});

describe('a template', () => {
  const WHY = { reason: 'WORDING' };
  const NOTICE = SHIPPED_TEMPLATES.DECLINE_NOTICE;
  const FORM_OF_COSTS = SHIPPED_TEMPLATES.COST_DISCLOSURE;
  const plus = (template: Template, block: unknown) => ({
    ...template,
    blocks: [...template.blocks, block],
  });
  const saying = (text: string, style = 'BODY') => ({ kind: 'paragraph', style, text });
  let officer: string;
  let approver: string;
  beforeAll(async () => {
    await publishShippedRulebooks(world.db);
    officer = await world.token('officer-1', ['risk-officer']);
    approver = await world.token('approver-1', ['risk-approver']);
  });

  const act = (id: string, verb: string, as: string, more: object = {}) =>
    world.call('POST', `/v1/rule-drafts/${id}/${verb}`, { token: as, json: { ...WHY, ...more } });
  const draft = async (document: { readonly id: string }) => {
    const json = { kind: 'TEMPLATE', code: document.id, document, ...WHY };
    const made = await world.call('POST', '/v1/rule-drafts', { token: officer, json });
    expect(made.status, made.text).toBe(201);
    return { id: String(made.body['id']), sm3: String(made.body['documentSm3']) };
  };
  const inForce = async (code: string) =>
    (await rulebookInForce(world.db, 'TEMPLATE', code))?.version;

  it('with a fault is told its place and goes no further', async () => {
    const last = (template: Template) => `/document/blocks/${template.blocks.length}`;
    const nameless = { ...NOTICE, blocks: NOTICE.blocks.filter(({ kind }) => kind !== 'lines') };
    for (const [document, pointer, code] of [
      [plus(NOTICE, saying('{{colour}}')), `${last(NOTICE)}/text`, 'UNKNOWN_VARIABLE'],
      [nameless, '/document/blocks', 'VARIABLE_MISSING'],
      [plus(NOTICE, saying('{{#each reasons}}')), `${last(NOTICE)}/text`, 'TEMPLATE_CODE'],
      [plus(NOTICE, { kind: 'loop', over: 'reasons' }), `${last(NOTICE)}/kind`, 'TEMPLATE_CODE'],
      [plus(NOTICE, { kind: 'include', of: 'CONTRACT' }), `${last(NOTICE)}/kind`, 'TEMPLATE_CODE'],
      [
        plus(FORM_OF_COSTS, saying('年利率{{annualRate}}%', 'TITLE')),
        last(FORM_OF_COSTS),
        'RATE_MORE_PROMINENT',
      ],
    ] as const) {
      const { id } = await draft(document);
      const checked = await act(id, 'check', officer);
      expect(checked.status, checked.text).toBe(422);
      expect(checked.body['errors']).toContainEqual(expect.objectContaining({ pointer, code }));
      expect((await act(id, 'propose', officer)).status).toBe(409);
    }
    expect(await inForce('DECLINE_NOTICE')).toBe(1);
  });

  it('takes effect once a second person approves it; papers drawn before keep the version they pin', async () => {
    const worded = plus(NOTICE, saying('如有疑问，请致电客服。'));
    const { id, sm3 } = await draft(worded);
    for (const verb of ['check', 'propose']) {
      const done = await act(id, verb, officer);
      expect(done.status, done.text).toBe(200);
    }
    const officerAsApprover = await world.token('officer-1', ['risk-approver']);
    const own = await act(id, 'approve', officerAsApprover, { documentSm3: sm3 });
    expect(own.status).toBe(403);
    expect(await inForce('DECLINE_NOTICE')).toBe(1);
    const done = await act(id, 'approve', approver, { documentSm3: sm3 });
    expect(done.status, done.text).toBe(200);
    const version = Number(done.body['version']);
    expect(version).toBeGreaterThan(1);
    expect(await inForce('DECLINE_NOTICE')).toBe(version);
    expect((await templateFor(world.db, 'DECLINE_NOTICE')).blocks).toHaveLength(
      worded.blocks.length,
    );
    const before = await templateFor(world.db, 'DECLINE_NOTICE', 'DECLINE_NOTICE@1');
    expect(before.blocks).toEqual(NOTICE.blocks);
  });
});
