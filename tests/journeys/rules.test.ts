/** Rules that change while loans are under way: who is decided by which, by whom when the switch is on, and looked at again by whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { fillIn, submit } from '../../tools/teller/applicant.ts';
import { openTask } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { callerIn } from '../support/calls.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, eventually, type Loan, reach } from '../support/loan.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 240_000);
afterAll(async () => await house?.close());

const WHY = { reason: 'TUNING' };
const officer = () => callerIn(house, 'risk-officer', 'risk-sun');
const approver = () => callerIn(house, 'risk-approver', 'risk-he');

/** Keeps that the document was rehearsed, as a backtest that is over would. */
async function rehearsed(sm3: string): Promise<void> {
  await house.db
    .insertInto('backtests')
    .values({
      id: crypto.randomUUID(),
      strategy: '{}',
      strategy_sm3: sm3,
      scorecard: '{}',
      scorecard_sm3: '0'.repeat(64),
      decided_from: new Date(0),
      decided_until: new Date(),
      sample_limit: 0,
      lgd_percent: 45,
      state: 'DONE',
      total: 1,
      report: '{}',
      started_by: 'risk-sun',
      finished_at: new Date(),
    })
    .execute();
}

/** A further version of the strategy, in force from the given moment on; gives its number. */
async function publish(effectiveFrom?: Date): Promise<number> {
  const [first, ...rest] = STRATEGY_V2.knockouts;
  if (first === undefined) throw new Error('the strategy has no knockouts');
  const said = `${first.en} ${crypto.randomUUID()}`;
  const document = { ...STRATEGY_V2, knockouts: [{ ...first, en: said }, ...rest] };
  const made = await officer()('POST /v1/rule-drafts', {
    kind: 'STRATEGY',
    code: STRATEGY_V2.id,
    document,
    ...WHY,
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const documentSm3 = String(made.body['documentSm3']);
  await rehearsed(documentSm3);
  const path = `POST /v1/rule-drafts/${String(made.body['id'])}`;
  for (const verb of ['check', 'propose']) {
    const done = await officer()(`${path}/${verb}`, WHY);
    expect(done.status, JSON.stringify(done.body)).toBe(200);
  }
  const from = effectiveFrom === undefined ? {} : { effectiveFrom: effectiveFrom.toISOString() };
  const done = await approver()(`${path}/approve`, { documentSm3, ...from, ...WHY });
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  return Number(made.body['version']);
}

/** Decisions of a loan, oldest first. */
async function decisionsOf(loan: Pick<Loan, 'id'>) {
  return await house.db
    .selectFrom('decisions')
    .select(['id', 'round', 'outcome', 'reasons', 'versions'])
    .where('application_id', '=', loan.id)
    .orderBy('round')
    .execute();
}
const strategyOf = async (loan: Loan) =>
  (await decisionsOf(loan)).map(({ versions }) => versions.strategy.version);

describe('a new version', () => {
  it('decides loans admitted from its time on without a restart, and none that was admitted before', async () => {
    const before = await applyAs(house, 'refer-two-people');
    await reach(before, 'REVIEW');
    const [old] = await strategyOf(before);
    const version = await publish(new Date(Date.now() + 1_500));
    const early = await applyAs(house, 'straight-approval');
    await reach(early, 'OFFER');
    expect(await strategyOf(early)).toEqual([old]);
    await eventually('the version in force', async () => {
      const { body } = await officer()('GET /v1/rules');
      const live = body['inForce'] as { kind: string; version: number }[];
      return live.some((one) => one.kind === 'STRATEGY' && one.version === version);
    });
    const late = await applyAs(house, 'straight-approval', 1);
    await reach(late, 'OFFER');
    expect(await strategyOf(late)).toEqual([version]);

    const task = await openTask(house.world, before.id);
    const desk = house.world.as('risk-officer', 'risk-sun');
    await data(desk.reviews.claim(task.id));
    const { evidenceVersion } = task;
    const reasons = ['REVIEW_INCONSISTENT'];
    await data(
      desk.reviews.returnTo(task.id, {
        stage: 'SCORE',
        reasons,
        comment: 'Looked into.',
        evidenceVersion,
      }),
    );
    await eventually('the second round', async () => (await decisionsOf(before)).length === 2);
    expect(await strategyOf(before)).toEqual([old, old]);

    await approver()(`POST /v1/rules/STRATEGY/${STRATEGY_V2.id}/rollback`, WHY);
    const after = await applyAs(house, 'straight-approval', 2);
    await reach(after, 'OFFER');
    expect(await strategyOf(after)).toEqual([old]);
  }, 120_000);
});

describe('the kill switch', () => {
  it('sends the good and the bad to people, and lets the rules decide again once two have agreed', async () => {
    expect((await officer()('POST /v1/kill-switch', { reason: 'BAD_RULES' })).body['on']).toBe(
      true,
    );
    const good = await applyAs(house, 'straight-approval', 3);
    const bad = await applyAs(house, 'overdue-three-six', 1);
    for (const loan of [good, bad]) {
      await reach(loan, 'REVIEW');
      const [decision] = await decisionsOf(loan);
      expect(decision?.outcome).toBe('REFER');
      expect(decision?.reasons[0]).toBe('REFER_KILL_SWITCH');
    }
    await officer()('POST /v1/kill-switch/propose-release', WHY);
    const still = await applyAs(house, 'straight-approval', 4);
    await reach(still, 'REVIEW');
    await approver()('POST /v1/kill-switch/approve-release', WHY);
    const again = await applyAs(house, 'straight-approval', 5);
    await reach(again, 'OFFER');
  }, 120_000);
});

describe('a person who was declined by the machine', () => {
  it('has a person look again, is told, applies again, and people decide; what is internal stays so', async () => {
    const loan = await applyAs(house, 'overdue-three-six');
    await reach(loan, 'DECLINED');
    const [decision] = await decisionsOf(loan);
    const id = decision?.id ?? '';
    const person = callerIn(house, 'applicant', loan.subject);
    const told = await person(`GET /v1/decisions/${id}`);
    expect(told.body['humanReview']).toEqual({ mayAsk: true, state: null, outcome: null });
    const reasons = told.body['reasons'] as { code: string | null; text: string }[];
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.length).toBeLessThanOrEqual(4);
    for (const { code, text } of reasons) {
      expect(code).toBeNull();
      expect(text).toMatch(/[\u4e00-\u9fff]/);
    }
    expect(told.body['versions']).toMatchObject({ strategy: expect.stringMatching(/@\d+$/) });
    expect(JSON.stringify(told.body)).not.toMatch(/KO_|K0\d|points|trace|contribution/i);

    const asked = await person(`POST /v1/decisions/${id}/human-review`, {
      statement: '逾期记录有误',
    });
    expect([asked.status, asked.body['state']]).toEqual([200, 'OPEN']);
    const twice = await person(`POST /v1/decisions/${id}/human-review`, {});
    expect(twice.body['requestedAt']).toBe(asked.body['requestedAt']);
    const stranger = callerIn(house, 'applicant', 'somebody-else');
    expect((await stranger(`POST /v1/decisions/${id}/human-review`, {})).status).toBe(404);

    const desk = callerIn(house, 'reviewer', 'reviewer-li');
    const { items } = (await desk('GET /v1/decision-reviews')).body as {
      items: { id: string; decisionId: string }[];
    };
    const review = items.find((one) => one.decisionId === id)?.id ?? '';
    const path = `POST /v1/decision-reviews/${review}`;
    const verdict = {
      outcome: 'OVERTURNED',
      reasons: ['REVIEW_INCONSISTENT'],
      comment: 'The lender has corrected it.',
    };
    expect((await desk(`${path}/decide`, verdict)).body['code']).toBe('NOT_YOUR_TASK');
    const claimed = await desk(`${path}/claim`, {});
    expect(claimed.body).toMatchObject({ state: 'CLAIMED', statement: '逾期记录有误' });
    const other = callerIn(house, 'reviewer', 'reviewer-wang');
    expect((await other(`${path}/claim`, {})).body['code']).toBe('ALREADY_CLAIMED');
    const seen = await desk(`GET /v1/decisions/${id}`);
    expect(seen.body['record']).toMatchObject({ intact: true, content: { outcome: 'DECLINE' } });
    const done = await desk(`${path}/decide`, verdict);
    expect(done.status, JSON.stringify(done.body)).toBe(200);
    expect((await desk(`${path}/decide`, verdict)).body['code']).toBe('ALREADY_DECIDED');

    await eventually('the notice', async () => {
      const row = await house.db
        .selectFrom('outbox')
        .select('state')
        .where('application_id', '=', loan.id)
        .where('topic', '=', 'decision.reviewed')
        .executeTakeFirst();
      return row?.state === 'DELIVERED';
    });
    const answer = await person(`POST /v1/decisions/${id}/human-review`, {});
    expect(answer.body).toMatchObject({ outcome: 'OVERTURNED', mayApplyAgain: true });
    expect(JSON.stringify(answer.body)).not.toContain('reviewer-li');

    const again = await fillIn(loan.client, loan.persona);
    await submit(loan.client, again);
    await reach({ ...loan, id: again }, 'REVIEW');
    const [second] = await decisionsOf({ id: again });
    expect(second?.reasons[0]).toBe('REFER_HUMAN_REVIEW');
    const referred = await person(`POST /v1/decisions/${second?.id ?? ''}/human-review`, {});
    expect(referred.body['state']).toBe('WITH_PEOPLE');
  }, 120_000);

  it('is not reviewed by whoever wrote or approved the strategy', async () => {
    await publish();
    const loan = await applyAs(house, 'overdue-three-six', 2);
    await reach(loan, 'DECLINED');
    const [decision] = await decisionsOf(loan);
    const person = callerIn(house, 'applicant', loan.subject);
    await person(`POST /v1/decisions/${decision?.id ?? ''}/human-review`, {});
    const row = await house.db
      .selectFrom('decision_reviews')
      .select('id')
      .where('application_id', '=', loan.id)
      .executeTakeFirstOrThrow();
    const refused = await officer()(`POST /v1/decision-reviews/${row.id}/claim`, {});
    expect([refused.status, refused.body['code']]).toEqual([403, 'OWN_RULES']);
    const claim = house.db
      .updateTable('decision_reviews')
      .set({ state: 'CLAIMED', assignee: 'risk-he' })
      .where('id', '=', row.id)
      .execute();
    await expect(claim).rejects.toThrow('a strategy of their own');
  }, 120_000);
});
