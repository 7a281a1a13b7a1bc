/** What people of the lender do through the API: review, release, mend; each in their role and never for themselves. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { PAGES } from './drafting.ts';
import { AMOUNT, parked, toPay, underReview } from './story.ts';
import { openWorld, STANDING, type World } from './world.ts';

let world: World;
let owner: string;
let reviewer: string;
let maker: string;
let checker: string;
let operations: string;
beforeAll(async () => {
  world = await openWorld();
  owner = await world.token('owner-1', ['integrator']);
  reviewer = await world.token('li', ['reviewer']);
  maker = await world.token('qian', ['finance-maker']);
  checker = await world.token('zhou', ['finance-checker']);
  operations = await world.token('wu', ['operations']);
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.loan.answer = () => STANDING;
  world.loan.heard.length = 0;
});

describe('reviews', () => {
  it('are listed by urgency, by state and by who has claimed them, without personal data', async () => {
    const { id, taskId } = await underReview(world, owner);
    await world.db
      .updateTable('review_tasks')
      .set({ state: 'CLAIMED', assignee: 'li' })
      .where('id', '=', taskId)
      .execute();
    const mine = await world.call('GET', '/v1/reviews?assignee=me', { token: reviewer });
    expect(mine.body['items']).toMatchObject([
      { id: taskId, applicationId: id, amountFen: AMOUNT, roles: ['reviewer', 'senior-reviewer'] },
    ]);
    expect(mine.text).not.toContain(PAGES.identity.name);
    const open = await world.call('GET', '/v1/reviews?state=OPEN', { token: reviewer });
    expect(open.text).not.toContain(taskId);
    const bad = await world.call('GET', '/v1/reviews?state=LOST', { token: reviewer });
    expect(bad.body['errors']).toMatchObject([{ pointer: '/state', code: 'INVALID_VALUE' }]);
  });

  it('show the whole case masked, with comments and answers opened, and record that it was looked at', async () => {
    const { id, taskId } = await underReview(world, owner);
    const cause = sm3Hex('an act');
    await world.db
      .insertInto('review_actions')
      .values({
        id: randomUUID(),
        task_id: taskId,
        application_id: id,
        round: 1,
        actor: 'wang',
        actor_role: 'reviewer',
        action: 'REQUEST_MORE',
        reasons: ['INCOME_UNCLEAR'],
        sealed_comment: world.cipher.sealJson('review_actions.sealed_comment', cause, {
          text: '请补充流水',
        }),
        evidence_version: 4,
        cause,
      })
      .execute();
    // A decision without a comment carries no bytes.
    await world.db
      .insertInto('review_actions')
      .values({
        id: randomUUID(),
        task_id: taskId,
        application_id: id,
        round: 1,
        actor: 'zhao',
        actor_role: 'senior-reviewer',
        action: 'APPROVE',
        reasons: ['INCOME_CONFIRMED'],
        sealed_comment: Buffer.alloc(0),
        evidence_version: 4,
        cause: sm3Hex('another act'),
      })
      .execute();
    const requestId = randomUUID();
    await world.db
      .insertInto('information_requests')
      .values({
        id: requestId,
        application_id: id,
        task_id: taskId,
        sealed_items: world.cipher.sealJson('information_requests.sealed_items', requestId, [
          { code: 'PAYSLIP', text: '工资流水' },
        ]),
        requested_by: 'wang',
        state: 'SUPPLIED',
        sealed_answer: world.cipher.sealJson('information_requests.sealed_answer', requestId, {
          answers: [{ code: 'PAYSLIP', text: '见附件' }],
          pages: { work: PAGES.work },
        }),
      })
      .execute();
    const shown = await world.call('GET', `/v1/reviews/${taskId}`, { token: reviewer });
    expect(shown.status, shown.text).toBe(200);
    expect(shown.body).toMatchObject({
      decision: { outcome: 'REFER', gaps: ['GAP_PBOC_REPORT'], trace: [{ rule: 'R1' }] },
      verifications: [{ kind: 'TWO_FACTOR', outcome: 'MATCH' }],
      actions: [
        { actor: 'wang', comment: '请补充流水' },
        { actor: 'zhao', comment: null },
      ],
      information: [{ answers: [{ text: '见附件' }], amendedPages: ['work'] }],
    });
    expect(shown.text).not.toContain(PAGES.identity.idNumber);
    const audit = await world.db
      .selectFrom('audit_entries')
      .select('actor')
      .where('action', '=', 'review.view')
      .where('subject_id', '=', id)
      .execute();
    expect(audit).toEqual([{ actor: 'li' }]);
  });

  it('pass claim, decision, request and return to the loan with actor, key and evidence version', async () => {
    const { id, taskId } = await underReview(world, owner);
    const reasons = ['INCOME_CONFIRMED'];
    const acts = [
      ['claim', 'claimReview', {}],
      [
        'decide',
        'decideReview',
        { decision: 'APPROVE', reasons, amountFen: AMOUNT, evidenceVersion: 4, comment: '同意' },
      ],
      [
        'request-more',
        'requestMore',
        { items: [{ code: 'PAYSLIP', text: '流水' }], evidenceVersion: 4 },
      ],
      ['return', 'returnTo', { stage: 'SCORE', reasons, evidenceVersion: 4, comment: '退回' }],
    ] as const;
    for (const [path, name, json] of acts) {
      const key = randomUUID();
      world.loan.heard.length = 0;
      const answer = await world.call('POST', `/v1/reviews/${taskId}/${path}`, {
        token: reviewer,
        key,
        json,
      });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(world.loan.heard).toMatchObject([
        {
          to: `loan/${id}`,
          name,
          input: {
            taskId,
            key: sm3Hex(`li|${key}`),
            actor: { kind: 'human', subject: 'li', role: 'reviewer' },
          },
        },
      ]);
    }
  });

  it('send what is asked for sealed for its act, never as text', async () => {
    const { id, taskId } = await underReview(world, owner);
    const key = randomUUID();
    const items = [{ code: 'PAYSLIP', text: '请张三补充流水' }];
    const path = `/v1/reviews/${taskId}/request-more`;
    await world.call('POST', path, { token: reviewer, key, json: { items, evidenceVersion: 4 } });
    const input = world.loan.heard.at(-1)?.input ?? {};
    expect(JSON.stringify(input)).not.toContain('张三');
    const sealed = Buffer.from(String(input['sealedItems']), 'base64');
    const cipher = await world.deps.vault.of(world.db, id);
    const act = sm3Hex(`li|${key}`);
    const opened = cipher.openJson('information_requests.items', act, sealed, (value) => value);
    expect(opened).toEqual(items);
  });

  it('send a comment sealed for the row of its act, never as text', async () => {
    const { id, taskId } = await underReview(world, owner);
    const key = randomUUID();
    const comment = '申请人收入证明充分';
    await world.call('POST', `/v1/reviews/${taskId}/decide`, {
      token: reviewer,
      key,
      json: {
        decision: 'DECLINE',
        reasons: ['INCOME_UNCLEAR'],
        amountFen: AMOUNT,
        evidenceVersion: 4,
        comment,
      },
    });
    const input = world.loan.heard[0]?.input ?? {};
    expect(JSON.stringify(input)).not.toContain(comment);
    const sealed = Buffer.from(String(input['sealedComment']), 'base64');
    const row = sm3Hex(`li|${key}`);
    const cipher = await world.deps.vault.of(world.db, id);
    expect(cipher.openJson('review_actions.sealed_comment', row, sealed, (value) => value)).toEqual(
      { text: comment },
    );
  });

  it('need a reason for every decision', async () => {
    const { taskId } = await underReview(world, owner);
    const said = { decision: 'APPROVE', amountFen: AMOUNT, evidenceVersion: 4 };
    const json = { ...said, reasons: [], comment: '同意' };
    const path = `/v1/reviews/${taskId}/decide`;
    const answer = await world.call('POST', path, { token: reviewer, json });
    expect(answer.body['errors']).toMatchObject([{ pointer: '/reasons', code: 'TOO_SMALL' }]);
  });

  it('refuse a person who decides on an application of their own, before the loan hears of it', async () => {
    const own = await world.token('both', ['integrator', 'reviewer']);
    const { taskId } = await underReview(world, own);
    const said = { decision: 'APPROVE', amountFen: AMOUNT, evidenceVersion: 4 };
    const json = { ...said, reasons: ['OK'], comment: '同意' };
    const answer = await world.call('POST', `/v1/reviews/${taskId}/decide`, { token: own, json });
    expect([answer.status, answer.body['code']]).toEqual([403, 'SELF_APPROVAL']);
    expect(world.loan.heard).toEqual([]);
  });

  it('let a person of several roles act in the one the task asks for', async () => {
    const { taskId } = await underReview(world, owner);
    const both = await world.token('zhao', ['risk-officer', 'senior-reviewer']);
    await world.call('POST', `/v1/reviews/${taskId}/claim`, { token: both, json: {} });
    expect(world.loan.heard[0]?.input['actor']).toMatchObject({ role: 'senior-reviewer' });
  });
});

describe('decisions', () => {
  it('tell staff codes and rules, and the applicant plain words without them', async () => {
    const { id, decisionId } = await underReview(world, owner, {
      outcome: 'DECLINE',
      reasons: ['KO_SANCTIONED', 'KO_FRAUD'],
      gaps: [],
    });
    const staff = await world.call('GET', `/v1/decisions/${decisionId}`, { token: reviewer });
    expect(staff.body).toMatchObject({
      reasons: [{ code: 'KO_SANCTIONED' }, { code: 'KO_FRAUD' }],
    });
    const own = await world.call('GET', `/v1/decisions/${decisionId}`, { token: owner });
    expect(own.text).not.toMatch(/KO_|SANCTION|R1|GAP/);
    expect(own.body['reasons']).toEqual([{ code: null, text: expect.any(String) }]);
    const stranger = await world.token('owner-9', ['integrator']);
    const other = await world.call('GET', `/v1/decisions/${decisionId}`, { token: stranger });
    expect(other.status).toBe(404);
    expect(
      (await world.call('GET', `/v1/applications/${id}`, { token: owner })).body['decisionId'],
    ).toBe(decisionId);
  });
});

describe('payouts', () => {
  it('are listed for finance and released, proposed and approved through the loan', async () => {
    const { id, payoutId } = await toPay(world, owner);
    const list = await world.call('GET', '/v1/payouts?state=READY', { token: maker });
    expect(list.text).toContain(payoutId);
    expect(list.text).not.toContain('sealed');
    const resolution = { action: 'RETRY', reason: 'ACCOUNT_CORRECTED' };
    const acts = [
      [maker, 'release', {}, 'releasePayout', {}],
      [maker, 'propose', resolution, 'resolvePayout', { step: 'PROPOSE', ...resolution }],
      [checker, 'approve', resolution, 'resolvePayout', { step: 'APPROVE', ...resolution }],
    ] as const;
    for (const [token, path, json, name, input] of acts) {
      world.loan.heard.length = 0;
      const answer = await world.call('POST', `/v1/payouts/${payoutId}/${path}`, {
        token,
        json,
      });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(world.loan.heard).toMatchObject([
        { to: `loan/${id}`, name, input: { payoutId, ...input } },
      ]);
    }
  });

  it('are not found when they are not there, and never released for oneself', async () => {
    const path = `/v1/payouts/${randomUUID()}/release`;
    expect((await world.call('POST', path, { token: maker, json: {} })).status).toBe(404);
    const own = await world.token('zhou', ['integrator', 'finance-maker']);
    const { payoutId } = await toPay(world, own);
    const answer = await world.call('POST', `/v1/payouts/${payoutId}/release`, {
      token: own,
      json: {},
    });
    expect(answer.body['code']).toBe('SELF_APPROVAL');
  });
});

describe('operator cases', () => {
  it('are listed for operations and resolved in two steps through the loan', async () => {
    const { id, caseId } = await parked(world, owner);
    const list = await world.call('GET', '/v1/operator-cases', { token: operations });
    expect(list.body['items']).toMatchObject([{ id: caseId, step: 'contract.render' }]);
    const json = { action: 'RETRY', reason: 'FONT_ADDED' };
    for (const [path, step] of [
      ['propose', 'PROPOSE'],
      ['approve', 'APPROVE'],
    ] as const) {
      world.loan.heard.length = 0;
      await world.call('POST', `/v1/operator-cases/${caseId}/${path}`, { token: operations, json });
      expect(world.loan.heard).toMatchObject([
        { to: `loan/${id}`, name: 'resolveCase', input: { caseId, step, ...json } },
      ]);
    }
  });
});
