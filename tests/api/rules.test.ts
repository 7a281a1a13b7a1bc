/** Rules take effect only as they were checked, by two people, at their time; one brings back what was in force before. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishShippedRulebooks } from '../../activities/shipped-rulebooks.ts';
import { newestRulebooks } from '../../db/queries/rulebooks.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { PERSONAL_CREDIT } from '../../domain/products.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { underReview } from './story.ts';
import { type Answer, openWorld, type World } from './world.ts';

let world: World;
let officer: string;
let other: string;
let approver: string;
let second: string;
beforeAll(async () => {
  world = await openWorld();
  await publishShippedRulebooks(world.db);
  officer = await world.token('officer-1', ['risk-officer']);
  other = await world.token('officer-2', ['risk-officer']);
  approver = await world.token('approver-1', ['risk-approver']);
  second = await world.token('approver-2', ['risk-approver']);
});
afterAll(async () => await world.close());

const WHY = { reason: 'TUNING' };
const CODE = STRATEGY_V2.id;

const post = (path: string, token: string, json: unknown, headers = {}) =>
  world.call('POST', path, { token, json, headers });
const get = (path: string, token = officer) => world.call('GET', path, { token });
const act = (id: string, verb: string, token: string, more: object = {}) =>
  post(`/v1/rule-drafts/${id}/${verb}`, token, { ...WHY, ...more });

/** A strategy that differs from every other of this file in a word that decides nothing. */
let words = 0;
function changed(): typeof STRATEGY_V2 {
  const [first, ...rest] = STRATEGY_V2.knockouts;
  if (first === undefined) throw new Error('the strategy has no knockouts');
  words += 1;
  return { ...STRATEGY_V2, knockouts: [{ ...first, en: `${first.en} (${words})` }, ...rest] };
}

async function draft(document: unknown = changed(), kind = 'STRATEGY', code = CODE) {
  const made = await post('/v1/rule-drafts', officer, { kind, code, document, ...WHY });
  expect(made.status, made.text).toBe(201);
  return { id: String(made.body['id']), sm3: String(made.body['documentSm3']), body: made.body };
}

/** A draft that waits for its second person. */
async function proposed(document?: unknown, kind?: string, code?: string) {
  const made = await draft(document, kind, code);
  const checked = await act(made.id, 'check', officer);
  expect(checked.status, checked.text).toBe(200);
  const answer = await act(made.id, 'propose', officer);
  expect(answer.status, answer.text).toBe(200);
  return { ...made, version: Number(answer.body['version']), answer };
}

/** A version that two people put in force. */
async function live(document?: unknown, kind?: string, code?: string) {
  const made = await proposed(document, kind, code);
  const done = await act(made.id, 'approve', approver, { documentSm3: made.sm3 });
  expect(done.status, done.text).toBe(200);
  return made;
}

const versionInForce = async (kind = 'STRATEGY') =>
  (await newestRulebooks(world.db, PERSONAL_CREDIT.code)).find((key) => key.kind === kind)?.version;
const codeOf = (answer: Answer) => answer.body['code'];
const problems = (answer: Answer) =>
  answer.body['errors'] as { pointer: string; code: string; detail: string }[];

describe('a draft', () => {
  it('takes effect only after check, proposal and the approval of another person, and says what it waits for', async () => {
    const before = await versionInForce();
    const { id, sm3, body } = await draft();
    expect(body).toMatchObject({ state: 'DRAFT', waitingFor: 'CHECK' });
    const checked = await act(id, 'check', officer);
    expect(checked.body).toMatchObject({
      state: 'CHECKED',
      waitingFor: 'PROPOSAL',
      check: { passed: true, cases: { failed: [] } },
    });
    const waiting = await act(id, 'propose', officer);
    expect(waiting.body).toMatchObject({ state: 'PROPOSED', waitingFor: 'SECOND_APPROVAL' });
    expect(await versionInForce()).toBe(before);
    const done = await act(id, 'approve', approver, { documentSm3: sm3 });
    expect(done.body).toMatchObject({
      state: 'APPROVED',
      waitingFor: null,
      proposedBy: 'officer-1',
      approvedBy: 'approver-1',
    });
    expect((done.body['history'] as { act: string }[]).map((one) => one.act)).toEqual([
      'CREATE',
      'CHECK',
      'PROPOSE',
      'APPROVE',
    ]);
    expect(await versionInForce()).toBe(done.body['version']);
    const actions = await world.db
      .selectFrom('audit_entries')
      .select('action')
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute();
    expect(actions.map(({ action }) => action)).toEqual([
      'rule.draft',
      'rule.check',
      'rule.propose',
      'rule.approve',
    ]);
  });

  it('refuses every act that does not fit its state', async () => {
    const { id, sm3 } = await draft();
    const acts = {
      propose: { token: officer, more: {} },
      approve: { token: approver, more: { documentSm3: sm3 } },
      reject: { token: approver, more: {} },
    };
    const refused = async (...verbs: (keyof typeof acts)[]) => {
      for (const verb of verbs) {
        const answer = await act(id, verb, acts[verb].token, acts[verb].more);
        expect([verb, answer.status, codeOf(answer)]).toEqual([
          verb,
          409,
          'RULE_STATE_DOES_NOT_FIT',
        ]);
      }
    };
    await refused('propose', 'approve', 'reject');
    await act(id, 'check', officer);
    await refused('approve', 'reject');
    await act(id, 'propose', officer);
    await refused('propose');
    expect(codeOf(await act(id, 'check', officer))).toBe('RULE_STATE_DOES_NOT_FIT');
    const edit = { document: changed(), expectedSm3: sm3, ...WHY };
    const edited = await world.call('PUT', `/v1/rule-drafts/${id}`, { token: officer, json: edit });
    expect(codeOf(edited)).toBe('RULE_STATE_DOES_NOT_FIT');
    expect((await act(id, 'reject', approver)).body['state']).toBe('REJECTED');
    await refused('propose', 'approve', 'reject');
    expect(codeOf(await act(id, 'withdraw', officer))).toBe('RULE_STATE_DOES_NOT_FIT');
  });

  it('that was edited after its check must be checked again, and an edit of what somebody else changed is refused', async () => {
    const { id, sm3 } = await draft();
    await act(id, 'check', officer);
    const put = (expectedSm3: string) =>
      world.call('PUT', `/v1/rule-drafts/${id}`, {
        token: other,
        json: { document: changed(), expectedSm3, ...WHY },
      });
    const edited = await put(sm3);
    expect(edited.body).toMatchObject({ state: 'DRAFT', check: null, editedBy: 'officer-2' });
    expect(codeOf(await act(id, 'propose', officer))).toBe('RULE_STATE_DOES_NOT_FIT');
    expect(codeOf(await put(sm3))).toBe('RULE_DOCUMENT_CHANGED');
  });

  it('is not approved by whoever proposed or wrote it, whatever roles a token claims, nor under another digest', async () => {
    const { id, sm3 } = await proposed();
    const self = await world.token('officer-1', ['risk-approver']);
    const answer = await act(id, 'approve', self, { documentSm3: sm3 });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'SAME_PERSON_TWICE']);
    expect(codeOf(await act(id, 'reject', self))).toBe('SAME_PERSON_TWICE');
    expect(codeOf(await act(id, 'approve', officer, { documentSm3: sm3 }))).toBe('ROLE_MISSING');
    const wrong = await act(id, 'approve', approver, { documentSm3: 'f'.repeat(64) });
    expect(codeOf(wrong)).toBe('RULE_DOCUMENT_CHANGED');
  });

  it('is approved once when two approve at the same moment', async () => {
    const { id, sm3 } = await proposed();
    const answers = await Promise.all([
      act(id, 'approve', approver, { documentSm3: sm3 }),
      act(id, 'approve', second, { documentSm3: sm3 }),
    ]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from rule_activations where draft_id = ${id}`.execute(world.db);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('gets a number of its own, also when several are begun at once', async () => {
    const made = await Promise.all([draft(), draft(), draft()]);
    expect(new Set(made.map(({ body }) => body['version'])).size).toBe(3);
  });
});

describe('the database', () => {
  it('refuses the writer, the proposer and an unchecked document, whoever writes', async () => {
    const { id } = await proposed();
    const set = (values: Record<string, string>) =>
      world.db.updateTable('rule_drafts').set(values).where('id', '=', id).execute();
    await expect(set({ state: 'APPROVED', approved_by: 'officer-1' })).rejects.toThrow(
      'two_people',
    );
    await expect(set({ state: 'APPROVED' })).rejects.toThrow('rule_drafts_approved');
    const fresh = await draft();
    const unchecked = world.db
      .updateTable('rule_drafts')
      .set({ state: 'CHECKED' })
      .where('id', '=', fresh.id)
      .execute();
    await expect(unchecked).rejects.toThrow('rule_drafts_checked');
    await expect(set({ document: '{}' })).rejects.toThrow('is a draft again');
  });

  it('puts nothing in force that two people did not approve, and keeps what was', async () => {
    const made = await live();
    const insert = (values: object) =>
      world.db
        .insertInto('rule_activations')
        .values({
          kind: 'STRATEGY',
          code: CODE,
          version: made.version,
          effective_from: new Date(),
          cause: 'APPROVED',
          activated_by: 'x',
          reason: 'X',
          ...values,
        })
        .execute();
    await expect(insert({})).rejects.toThrow('not approved');
    await expect(
      insert({ draft_id: made.id, proposed_by: 'x', activated_by: 'x' }),
    ).rejects.toThrow();
    await expect(world.db.deleteFrom('rule_activations').execute()).rejects.toThrow('append-only');
    await expect(
      world.db.updateTable('rulebooks').set({ document: '{}' }).execute(),
    ).rejects.toThrow('append-only');
  });
});

describe('the check', () => {
  it('names every fault with its place, in both languages', async () => {
    const [first, ...rest] = STRATEGY_V2.knockouts;
    const bad = {
      ...STRATEGY_V2,
      knockouts: [{ ...first, when: { '==': [{ var: 'shoeSize' }, 1] } }, ...rest],
    };
    const { id } = await draft(bad);
    for (const [language, script] of [
      ['en', /[a-z]/],
      ['zh-CN', /[\u4e00-\u9fff]/],
    ] as const) {
      const answer = await post(`/v1/rule-drafts/${id}/check`, officer, WHY, {
        'Accept-Language': language,
      });
      expect([answer.status, codeOf(answer)]).toEqual([422, 'RULE_DOCUMENT_INVALID']);
      const [problem] = problems(answer);
      expect(problem?.pointer).toMatch(/^\/document\/knockouts\/0\/when/);
      expect(problem?.detail).toMatch(script);
    }
    expect((await get(`/v1/rule-drafts/${id}`)).body).toMatchObject({
      state: 'DRAFT',
      check: { passed: false },
    });
  });

  it('fails when a case inside the strategy does not come out as its author expects', async () => {
    const [first, ...rest] = STRATEGY_V2.tests;
    if (first === undefined) throw new Error('the strategy has no cases');
    const outcome = first.expect.outcome === 'DECLINE' ? 'APPROVE' : 'DECLINE';
    const wrong = { ...first, expect: { outcome, reasons: [], hits: [] } };
    const { id } = await draft({ ...changed(), tests: [wrong, ...rest] });
    const answer = await act(id, 'check', officer);
    expect([answer.status, codeOf(answer)]).toEqual([422, 'RULE_CHECK_FAILED']);
    expect(problems(answer)[0]).toMatchObject({ code: 'CASE_FAILED' });
    const seen = await get(`/v1/rule-drafts/${id}`);
    expect(seen.body['check']).toMatchObject({ cases: { failed: [first.id] } });
  });

  it('refuses a scorecard that is not published, and tries a new one under the strategy in force', async () => {
    const { id } = await draft({ ...changed(), scorecard: 'PERSONAL_EXPERT@99' });
    expect(problems(await act(id, 'check', officer))[0]).toMatchObject({
      pointer: '/document/scorecard',
      code: 'SCORECARD_UNPUBLISHED',
    });
    const cards = await draft(SCORECARD_V1, 'SCORECARD', SCORECARD_V1.id);
    const checked = await act(cards.id, 'check', officer);
    expect(checked.status, checked.text).toBe(200);
    expect(checked.body['check']).toMatchObject({ passed: true, cases: { failed: [] } });
  });

  it('refuses products beyond the policy and policies that leave a rule without a value', async () => {
    const dear = {
      ...PERSONAL_CREDIT,
      rateByGrade: { ...PERSONAL_CREDIT.rateByGrade, D: '36.00' },
    };
    const product = await draft(dear, 'PRODUCT', PERSONAL_CREDIT.code);
    expect(problems(await act(product.id, 'check', officer))[0]).toMatchObject({
      pointer: '/document/rateByGrade',
      code: 'RATE_ABOVE_CAP',
    });
    const bare = POLICY_ROWS.filter((row) => row.ruleId !== 'rate.cap');
    const policy = await draft(bare, 'POLICY', 'HOUSE');
    expect(problems(await act(policy.id, 'check', officer))[0]?.code).toBe('RULE_WITHOUT_VALUE');
    const whole = await draft(POLICY_ROWS, 'POLICY', 'HOUSE');
    const checked = await act(whole.id, 'check', officer);
    expect(checked.status, checked.text).toBe(200);
  });

  it('asks for a backtest once anything was decided, and for none before', async () => {
    const decided = await openWorld();
    try {
      await publishShippedRulebooks(decided.db);
      const json = { kind: 'STRATEGY', code: CODE, document: changed(), ...WHY };
      const token = await decided.token('officer-1', ['risk-officer']);
      const made = await decided.call('POST', '/v1/rule-drafts', { token, json });
      const check = () =>
        decided.call('POST', `/v1/rule-drafts/${String(made.body['id'])}/check`, {
          token,
          json: WHY,
        });
      expect((await check()).body['check']).toMatchObject({ backtest: 'NO_RECORDED_INPUTS' });
      await underReview(decided, await decided.token('owner-9', ['applicant']));
      const answer = await check();
      expect([codeOf(answer), problems(answer)[0]?.code]).toEqual([
        'RULE_CHECK_FAILED',
        'BACKTEST_MISSING',
      ]);
      const seen = await decided.call('GET', `/v1/rule-drafts/${String(made.body['id'])}`, {
        token,
      });
      expect(seen.body).toMatchObject({ state: 'DRAFT', check: { backtest: 'MISSING' } });
    } finally {
      await decided.close();
    }
  });

  it('keeps nothing that is too large, too deep or not text', async () => {
    const send = (document: unknown) =>
      post('/v1/rule-drafts', officer, { kind: 'STRATEGY', code: CODE, document, ...WHY });
    expect(codeOf(await send({ zh: 'x'.repeat(520 * 1024) }))).toBe('BODY_TOO_LARGE');
    expect(codeOf(await send({ zh: 'a\u0000b' }))).toBe('RULE_DOCUMENT_INVALID');
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const deep = await world.call('POST', '/v1/rule-drafts', {
      token: officer,
      headers: { 'Content-Type': 'application/json' },
      body: `{"kind":"STRATEGY","code":"${CODE}","document":${nested},"reason":"TUNING"}`,
    });
    expect([deep.status, codeOf(deep)]).toEqual([422, 'RULE_DOCUMENT_INVALID']);
    const many = { ...STRATEGY_V2, knockouts: Array.from({ length: 1_500 }, () => ({})) };
    const { id } = await draft(many);
    expect(problems(await act(id, 'check', officer))[0]?.code).toBe('TOO_MANY_RULES');
  });
});

describe('a version', () => {
  it('that is scheduled goes live at its time, can be called off before, and not made to begin in the past', async () => {
    const before = await versionInForce();
    const made = await proposed();
    const past = { documentSm3: made.sm3, effectiveFrom: '2026-01-01T00:00:00Z' };
    expect(codeOf(await act(made.id, 'approve', approver, past))).toBe('RULE_EFFECTIVE_IN_PAST');
    const soon = new Date(Date.now() + 700);
    const done = await act(made.id, 'approve', approver, {
      documentSm3: made.sm3,
      effectiveFrom: soon.toISOString(),
    });
    expect(done.status, done.text).toBe(200);
    expect(await versionInForce()).toBe(before);
    const path = `/v1/rules/STRATEGY/${CODE}`;
    const standing = async () => {
      const { body } = await get(`${path}/versions`);
      const items = body['items'] as { version: number; standing: string }[];
      return items.find(({ version }) => version === made.version)?.standing;
    };
    expect(await standing()).toBe('SCHEDULED');
    await expect.poll(versionInForce, { timeout: 5_000, interval: 20 }).toBe(made.version);
    expect(await standing()).toBe('LIVE');

    const later = await proposed();
    await act(later.id, 'approve', approver, {
      documentSm3: later.sm3,
      effectiveFrom: new Date(Date.now() + 86_400_000).toISOString(),
    });
    const { scheduled } = (await get('/v1/rules')).body as {
      scheduled: { id: number; version: number }[];
    };
    const [one] = scheduled.filter(({ version }) => version === later.version);
    const call = { activationId: one?.id, ...WHY };
    expect((await post(`${path}/cancel`, approver, call)).body['scheduled']).toEqual([]);
    expect(codeOf(await post(`${path}/cancel`, approver, call))).toBe('RULE_NOT_SCHEDULED');
  });

  it('can be published without being in force, as an experiment needs it', async () => {
    const before = await versionInForce();
    const made = await proposed();
    await act(made.id, 'approve', approver, { documentSm3: made.sm3, effectiveFrom: null });
    expect(await versionInForce()).toBe(before);
    const { body } = await get(`/v1/rules/STRATEGY/${CODE}/versions/${made.version}`);
    expect(body).toMatchObject({ documentSm3: made.sm3, document: { version: made.version } });
  });

  it('is gone back from in one call by one approver, to what was in force before and nothing else', async () => {
    const first = await live();
    const bad = await live();
    expect(await versionInForce()).toBe(bad.version);
    const path = `/v1/rules/STRATEGY/${CODE}/rollback`;
    expect(codeOf(await post(path, officer, WHY))).toBe('ROLE_MISSING');
    const back = await post(path, approver, WHY);
    expect(back.status, back.text).toBe(200);
    expect(await versionInForce()).toBe(first.version);
    expect(codeOf(await post(path, approver, { ...WHY, version: first.version }))).toBe(
      'RULE_ALREADY_IN_FORCE',
    );
    const never = await proposed();
    await act(never.id, 'approve', approver, { documentSm3: never.sm3, effectiveFrom: null });
    expect(codeOf(await post(path, approver, { ...WHY, version: never.version }))).toBe(
      'RULE_NEVER_IN_FORCE',
    );
    expect(await versionInForce()).toBe(first.version);
  });
});

describe('the kill switch', () => {
  beforeEach(async () => {
    const { on } = (await get('/v1/kill-switch')).body;
    if (on === true) throw new Error('a test left the switch on');
  });

  it('is turned on by one person and off by two, and says what it waits for', async () => {
    const on = await post('/v1/kill-switch', officer, { reason: 'BAD_RULES' });
    expect(on.body).toMatchObject({ on: true, waitingFor: null });
    expect((await get('/v1/rules')).body['killSwitch']).toBe(true);
    expect(codeOf(await post('/v1/kill-switch/approve-release', approver, WHY))).toBe(
      'KILL_SWITCH_DOES_NOT_FIT',
    );
    const waits = await post('/v1/kill-switch/propose-release', officer, WHY);
    expect(waits.body).toMatchObject({ on: true, waitingFor: 'SECOND_APPROVAL' });
    const same = await post('/v1/kill-switch/approve-release', officer, WHY);
    expect([same.status, codeOf(same)]).toEqual([403, 'SAME_PERSON_TWICE']);
    expect((await get('/v1/kill-switch')).body['on']).toBe(true);
    const off = await post('/v1/kill-switch/approve-release', other, WHY);
    expect(off.body).toMatchObject({ on: false, waitingFor: null });
  });

  it('is not turned off by one person in the database either', async () => {
    await post('/v1/kill-switch', approver, WHY);
    const insert = (done: 'OFF' | 'PROPOSE_OFF', actor: string, proposedBy: string | null) =>
      world.db
        .insertInto('rule_switches')
        .values({
          act: done,
          actor,
          actor_role: 'risk-officer',
          reason: 'X',
          proposed_by: proposedBy,
        })
        .execute();
    await expect(insert('OFF', 'a', null)).rejects.toThrow();
    await expect(insert('OFF', 'b', 'a')).rejects.toThrow('not in a state');
    await insert('PROPOSE_OFF', 'a', null);
    await expect(insert('OFF', 'a', 'a')).rejects.toThrow('two_people');
    await expect(insert('OFF', 'c', 'b')).rejects.toThrow('not in a state');
    await insert('OFF', 'b', 'a');
  });
});
