/** What a person asks for by right is answered by two people, in time, and never against the law's own holds. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { relayDue } from '../../../activities/outbox-relay.ts';
import type { StaffMessage } from '../../../activities/ports/staff-notice.ts';
import { concludeRights } from '../../../activities/rights/conclude.ts';
import { remindRights } from '../../../activities/rights/remind.ts';
import { enforceRetention } from '../../../activities/rights/retention.ts';
import { fen } from '../../../domain/money.ts';
import { holdOf, holdsAgainstErasure } from '../../../domain/retention.ts';
import { answerDueOn } from '../../../domain/rights.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import { createLogger } from '../../../platform/log.ts';
import { fillPages, newDraft, PAGES, showLetter } from '../../api/drafting.ts';
import { paidOut } from '../../api/story.ts';
import { NO_CACHE } from '../../../platform/cache.ts';
import { openWorld, type World } from '../../api/world.ts';

let world: World;
let owner: string;
let wu: string;
let zheng: string;
beforeAll(async () => {
  world = await openWorld();
  owner = await world.token('owner-1', ['applicant']);
  wu = await world.token('wu', ['compliance']);
  zheng = await world.token('zheng', ['compliance']);
});
afterAll(async () => await world.close());

/** What carries the answers out. */
const worker = () => ({ db: world.db, vault: world.deps.vault, cache: NO_CACHE });

const post = (path: string, token: string, json: unknown) =>
  world.call('POST', path, { token, json });

async function draft(): Promise<string> {
  const id = await newDraft(world, owner);
  await fillPages(world, owner, id);
  return id;
}
async function end(id: string, endedAt: Date): Promise<void> {
  await world.db
    .updateTable('applications')
    .set({ stage: 'WITHDRAWN', ended_at: endedAt })
    .where('id', '=', id)
    .execute();
}
async function asked(kind: string, applicationId: string): Promise<string> {
  const answer = await post('/v1/rights-requests', owner, { kind, applicationId });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.body['id']);
}
const COPY = z.object({
  next: z.string().nullable(),
  applications: z.array(
    z.object({
      application: z.object({ id: z.string() }),
      decisions: z.array(z.object({ reasons: z.array(z.string()) })),
      offers: z.array(z.record(z.string(), z.unknown())),
      loans: z.array(z.record(z.string(), z.unknown())),
      instalments: z.array(z.record(z.string(), z.unknown())),
      repayments: z.array(z.record(z.string(), z.unknown())),
    }),
  ),
});

const DONE = { outcome: 'DONE', reason: 'GRANTED' };

describe('the ledger of consents', () => {
  it('gains an entry for every act granted and withdrawn, and loses none to anybody', async () => {
    const id = await draft();
    const letter = await showLetter(world, owner, id);
    const acts = ['QUERY', 'REPORT', 'NEGATIVE_NOTICE', 'SENSITIVE'];
    const agreed = await post(`/v1/authorisations/${letter.id}/agree`, owner, {
      textSm3: sm3Hex(letter.text),
      acts,
    });
    expect(agreed.status, agreed.text).toBe(200);
    await post(`/v1/authorisations/${letter.id}/withdraw`, owner, {});
    const rows = await world.db
      .selectFrom('consent_entries')
      .selectAll()
      .where('application_id', '=', id)
      .orderBy('id')
      .execute();
    expect(rows.map(({ purpose, act }) => `${act} ${purpose}`)).toEqual([
      ...acts.map((act) => `GRANT ${act}`),
      ...acts.map((act) => `WITHDRAW ${act}`),
    ]);
    expect(
      rows.every(({ actor, text_sm3: sm3 }) => actor === 'owner-1' && sm3 === sm3Hex(letter.text)),
    ).toBe(true);
    await expect(world.db.deleteFrom('consent_entries').execute()).rejects.toThrow();
    await expect(
      world.db.updateTable('consent_entries').set({ actor: 'x' }).execute(),
    ).rejects.toThrow();
  });
});

describe('a copy', () => {
  it('holds the form, the consents and what was decided, of the person alone, and is on the trail', async () => {
    const id = await draft();
    const { status, body, text } = await world.call('GET', '/v1/me/data', { token: owner });
    expect(status, text).toBe(200);
    expect(text).toContain(PAGES.identity.idNumber);
    expect(text).toContain(id);
    expect(body['subject']).toBe('owner-1');
    const other = await world.token('owner-2', ['applicant']);
    const others = await world.call('GET', '/v1/me/data', { token: other });
    expect(others.body['applications']).toEqual([]);
    const entries = await world.db
      .selectFrom('audit_entries')
      .select('actor')
      .where('action', '=', 'rights.copy')
      .execute();
    expect(entries.map(({ actor }) => actor)).toEqual(['owner-1', 'owner-2']);
  });
});

describe('a copy of many applications', () => {
  it('comes in parts that leave none out and repeat none', async () => {
    const many = await world.token('owner-many', ['applicant']);
    const made = [];
    for (let n = 0; n < 5; n += 1) made.push(await newDraft(world, many));
    const seen: string[] = [];
    let cursor = '';
    for (let part = 0; part < 3; part += 1) {
      const path = `/v1/me/data?limit=2${cursor}`;
      const { body, status, text } = await world.call('GET', path, { token: many });
      expect(status, text).toBe(200);
      const { applications, next } = COPY.parse(body);
      seen.push(...applications.map(({ application }) => application.id));
      cursor = next === null ? '' : `&cursor=${next}`;
    }
    expect(cursor).toBe('');
    expect(seen).toEqual([...made].reverse());
  });

  it('holds the offer, the loan, what is due and what was paid, and decisions in words instead of codes', async () => {
    const { id, loanId } = await paidOut(world, owner);
    await world.db
      .insertInto('repayments')
      .values({
        notice_id: randomUUID(),
        loan_id: loanId,
        bank_reference: randomUUID(),
        amount_fen: fen(100),
        allocations: '[]',
        unallocated_fen: fen(0),
        received_on: '2026-12-24',
      })
      .execute();
    await world.db
      .insertInto('decisions')
      .values({
        id: randomUUID(),
        application_id: id,
        round: 1,
        evidence_version: 1,
        outcome: 'DECLINE',
        reasons: ['KO_WATCH_LIST'],
        gaps: [],
        trace: '[]',
        versions: '{}',
        approvals: '[]',
      })
      .execute();
    const { body, text } = await world.call('GET', '/v1/me/data?limit=50', { token: owner });
    const copy = COPY.parse(body).applications.find(({ application }) => application.id === id);
    expect(copy?.offers).toMatchObject([{ amount_fen: 5_000_000, annual_rate: '14.40' }]);
    expect(copy?.loans).toHaveLength(1);
    expect(copy?.instalments).toMatchObject([{ number: 1 }, { number: 2 }]);
    expect(copy?.repayments).toMatchObject([{ amount_fen: 100, received_on: '2026-12-24' }]);
    expect(copy?.decisions).toEqual([{ reasons: ['存在其他机构严重逾期等特别关注记录'] }]);
    expect(text).not.toContain('KO_WATCH_LIST');
  });
});

describe('a correction in one’s own words', () => {
  const WORDS = '我的单位已改为示例科技有限公司，电话13900001111';

  it('is sealed, read by its person and by compliance with an entry on the trail, and answered in words', async () => {
    const id = await draft();
    const json = { kind: 'CORRECTION', applicationId: id, items: ['WORK'], words: WORDS };
    const made = await post('/v1/rights-requests', owner, json);
    expect(made.status, made.text).toBe(201);
    const request = String(made.body['id']);
    const path = `/v1/rights-requests/${request}`;
    const stored = await world.db
      .selectFrom('rights_requests')
      .selectAll()
      .where('id', '=', request)
      .executeTakeFirstOrThrow();
    expect(stored.sealed_words?.includes(Buffer.from('示例科技'))).toBe(false);
    const said = '已按您的说明更正单位信息。';
    await post(`${path}/propose`, wu, { ...DONE, words: said });
    await post(`${path}/approve`, zheng, {});
    for (const token of [owner, wu]) {
      const { body } = await world.call('GET', path, { token });
      expect(body).toMatchObject({ words: WORDS, answer: said });
    }
    const auditor = await world.token('shen', ['auditor']);
    const looked = await world.call('GET', path, { token: auditor });
    expect([looked.status, looked.body['words'], looked.body['answer']]).toEqual([200, null, null]);
    const entries = await world.db
      .selectFrom('audit_entries')
      .select('actor')
      .where('action', '=', 'rights.view')
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute();
    expect(entries.map(({ actor }) => actor)).toEqual(['owner-1', 'wu', 'shen']);
    const list = await world.call('GET', '/v1/rights-requests', { token: wu });
    expect(list.text).not.toContain('示例科技');
  });

  it('is gone with the keys of its person, and the answer says so by saying nothing', async () => {
    const id = await draft();
    await end(id, new Date());
    const json = { kind: 'ERASURE', applicationId: id, words: WORDS };
    const request = String((await post('/v1/rights-requests', owner, json)).body['id']);
    const path = `/v1/rights-requests/${request}`;
    await post(`${path}/propose`, wu, DONE);
    await post(`${path}/approve`, zheng, {});
    await concludeRights(worker(), { requestId: request });
    const { body } = await world.call('GET', path, { token: owner });
    expect(body).toMatchObject({ outcome: 'DONE', words: null, answer: null });
  });
});

describe('an erasure', () => {
  it('needs two people, is carried out once, and leaves nothing that opens', async () => {
    const id = await draft();
    await end(id, new Date());
    const request = await asked('ERASURE', id);
    expect(world.loan.heard.at(-1)).toMatchObject({ to: 'rights', name: 'begin' });
    const path = `/v1/rights-requests/${request}`;
    expect((await post(`${path}/approve`, wu, {})).body['code']).toBe('NO_PROPOSAL');
    expect((await post(`${path}/propose`, wu, DONE)).body['state']).toBe('PROPOSED');
    expect((await post(`${path}/propose`, zheng, DONE)).body['code']).toBe('ALREADY_PROPOSED');
    expect((await post(`${path}/approve`, wu, {})).body['code']).toBe('SAME_PERSON_TWICE');
    expect(await concludeRights(worker(), { requestId: request })).toMatchObject({
      ok: false,
    });
    expect((await post(`${path}/approve`, zheng, {})).body['state']).toBe('ANSWERED');
    expect(await concludeRights(worker(), { requestId: request })).toMatchObject({ ok: true });
    expect(await concludeRights(worker(), { requestId: request })).toEqual({ ok: true, keys: 0 });
    const gone = await world.call('GET', `/v1/applications/${id}`, { token: owner });
    expect([gone.status, gone.text.includes(PAGES.identity.idNumber)]).toEqual([410, false]);
    const concluded = await world.call('GET', path, { token: owner });
    expect(concluded.body).toMatchObject({ state: 'ANSWERED', outcome: 'DONE' });
  });

  it('is refused while business is open and while the law keeps the data, also after the approval', async () => {
    const open = await asked('ERASURE', await draft());
    const refused = await post(`/v1/rights-requests/${open}/propose`, wu, DONE);
    expect([refused.status, refused.body['code']]).toEqual([409, 'LEGAL_HOLD']);
    const seen = await world.call('GET', `/v1/rights-requests/${open}`, { token: owner });
    expect(seen.body['holds']).toEqual([{ code: 'OPEN_BUSINESS', until: null }]);
    const said = { outcome: 'REFUSED', reason: 'OPEN_BUSINESS' };
    expect((await post(`/v1/rights-requests/${open}/propose`, wu, said)).status).toBe(200);

    const id = await draft();
    await end(id, new Date());
    const request = await asked('ERASURE', id);
    await post(`/v1/rights-requests/${request}/propose`, wu, DONE);
    await post(`/v1/rights-requests/${request}/approve`, zheng, {});
    await world.db
      .insertInto('verifications')
      .values({
        application_id: id,
        evidence_version: 1,
        kind: 'FACE',
        outcome: 'MATCH',
        detail: '{}',
      })
      .execute();
    expect(await concludeRights(worker(), { requestId: request })).toEqual({
      ok: false,
      code: 'LEGAL_HOLD',
    });
    const told = await world.call('GET', `/v1/rights-requests/${request}`, { token: owner });
    expect(told.body).toMatchObject({ state: 'ANSWERED', outcome: 'HELD', reason: 'LEGAL_HOLD' });
    expect(told.body['holds']).toMatchObject([{ code: 'DUE_DILIGENCE' }]);
    const owed = world.db.selectFrom('outbox').select('payload').where('topic', '=', 'rights.held');
    expect(await owed.execute()).toEqual([{ payload: { requestId: request } }]);
    const still = await world.call('GET', `/v1/applications/${id}`, { token: owner });
    expect(still.text).toContain(PAGES.identity.idNumber);
  });

  it('of another person cannot be asked for or seen, and nobody answers a request of their own', async () => {
    const id = await draft();
    const stranger = await world.token('owner-2', ['applicant']);
    const body = { kind: 'ERASURE', applicationId: id };
    expect((await post('/v1/rights-requests', stranger, body)).status).toBe(404);
    const request = await asked('CORRECTION', id);
    const path = `/v1/rights-requests/${request}`;
    expect((await world.call('GET', path, { token: stranger })).status).toBe(404);
    const both = await world.token('owner-1', ['compliance']);
    expect((await post(`${path}/propose`, both, DONE)).body['code']).toBe('SELF_APPROVAL');
  });
});

describe('the clock', () => {
  it('gives fifteen working days, holidays left out, and weekdays where holidays are not known', () => {
    // National Day: 1 to 7 October 2026 are free, 10 October is a working Saturday.
    expect(answerDueOn('2026-11-24')).toBe('2026-12-15');
    expect(answerDueOn('2026-09-29') > '2026-10-20').toBe(true);
    expect(answerDueOn('2040-01-02')).toBe('2040-01-23');
  });

  it('says each step once, and puts what is overdue first', async () => {
    const request = await asked('CORRECTION', await draft());
    const log = createLogger('test', { logLevel: 'silent', environment: 'test' });
    const deps = { db: world.db, log };
    expect(await remindRights(deps, { requestId: request, step: 'OVERDUE' })).toBe(true);
    expect(await remindRights(deps, { requestId: request, step: 'OVERDUE' })).toBe(false);
    const told: StaffMessage[] = [];
    const nobody = { sms: () => Promise.reject(new Error('not for applicants')) };
    const staffNotice = { tell: async (message: StaffMessage) => void told.push(message) };
    await world.db.deleteFrom('outbox').where('topic', '<>', 'rights.overdue').execute();
    await relayDue({ ...deps, vault: world.deps.vault, ports: { notice: nobody, staffNotice } });
    expect(told).toMatchObject([
      { roles: ['compliance'], topic: 'rights.overdue', about: { requestId: request } },
    ]);
    world.clock.now = new Date('2027-03-01T04:00:00Z');
    const list = await world.call('GET', '/v1/rights-requests', { token: wu });
    const items = list.body['items'] as { overdue: boolean; state: string }[];
    expect(items[0]).toMatchObject({ overdue: true });
    expect(items.at(-1)?.state).toBe('ANSWERED');
    world.clock.now = new Date('2026-11-24T04:00:00Z');
  });
});

describe('retention', () => {
  it('keeps loans and checked people for ten years, and forms of nobody checked for a month', () => {
    const none = { endedOn: '2026-01-31', checked: false, lent: false, settledOn: null };
    expect(holdOf(none)).toEqual({ code: 'APPLICATION', until: '2026-02-28' });
    expect(holdOf({ ...none, checked: true }).until).toBe('2036-01-31');
    expect(holdOf({ ...none, lent: true }).until).toBe(null);
    expect(holdOf({ ...none, lent: true, settledOn: '2028-02-29' }).until).toBe('2038-02-28');
    expect(holdsAgainstErasure([none], '2026-02-01')).toEqual([]);
    expect(holdsAgainstErasure([none, { ...none, checked: true }], '2036-01-30')).toHaveLength(1);
    expect(holdsAgainstErasure([{ ...none, checked: true }], '2036-01-31')).toEqual([]);
  });

  it('destroys the keys of those whose clocks have run out, of nobody else, and only once', async () => {
    const letterOf = async () => {
      const id = await draft();
      // Everybody is another person: the id number is what makes them one.
      await showLetter(world, owner, id);
      const applicantId = randomUUID();
      await world.db
        .insertInto('applicants')
        .values({ id: applicantId, kind: 'PERSON', identity_index: Buffer.from(applicantId) })
        .execute();
      await world.db
        .updateTable('applications')
        .set({ applicant_id: applicantId })
        .where('id', '=', id)
        .execute();
      return { id, applicantId };
    };
    const [past, young] = [await letterOf(), await letterOf()];
    await end(past.id, new Date('2026-09-01T00:00:00Z'));
    await end(young.id, new Date('2026-11-20T00:00:00Z'));
    const round = async () =>
      await enforceRetention(
        { db: world.db, objects: { delete: async () => undefined } },
        { after: null, at: '2026-11-24T04:00:00Z' },
      );
    expect(await round()).toMatchObject({ erased: 1, next: null });
    expect(await round()).toMatchObject({ erased: 0 });
    const read = async (id: string) =>
      (await world.call('GET', `/v1/applications/${id}`, { token: owner })).status;
    expect([await read(past.id), await read(young.id)]).toEqual([410, 200]);
  });
});
