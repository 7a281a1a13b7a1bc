/** Who would have to approve, who may, and who lends to whom: two people for every change of authority. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { approversOf } from '../../activities/decide/matrix.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { MATRIX_V1 } from '../../domain/approval-matrix.ts';
import { approvalsAbove } from '../../domain/authority.ts';
import { GRADES } from '../../domain/loan-terms.ts';
import { fen } from '../../domain/money.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { AMOUNT, underReview } from './story.ts';
import { openWorld, STANDING, type World } from './world.ts';

let world: World;
let owner: string;
let officer: string;
let approver: string;
let reviewer: string;
beforeAll(async () => {
  world = await openWorld();
  owner = await world.token('owner-1', ['integrator']);
  officer = await world.token('chen', ['risk-officer']);
  approver = await world.token('guo', ['risk-approver']);
  reviewer = await world.token('li', ['senior-reviewer']);
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.loan.answer = () => STANDING;
  world.loan.heard.length = 0;
});

const post = async (path: string, token: string, json: unknown) =>
  await world.call('POST', path, { token, json });

const FACTS = { productCode: 'PERSONAL_CREDIT', grade: 'C', exceptions: 0 } as const;

describe('the approval matrix', () => {
  it('lets nobody approve while there is none', async () => {
    const asked = await post('/v1/approval-matrix/simulate', reviewer, {
      ...FACTS,
      amountFen: AMOUNT,
    });
    expect(asked.body).toMatchObject({ approvable: false, matrix: 'NONE', stages: [] });
  });

  it('says by which row who must approve, why the rows before it did not fit, and who is there to', async () => {
    await publishRulebook(world.db, {
      kind: 'MATRIX',
      code: MATRIX_V1.id,
      version: MATRIX_V1.version,
      document: MATRIX_V1,
      documentSm3: sm3Hex(JSON.stringify(MATRIX_V1)),
      effectiveFrom: new Date('2026-01-01T00:00:00Z'),
    });
    await post('/v1/desk-people/presence', reviewer, { onDesk: true });
    const asked = await post('/v1/approval-matrix/simulate', reviewer, {
      ...FACTS,
      amountFen: 150_000_00,
    });
    expect(asked.status, asked.text).toBe(200);
    expect(asked.body).toMatchObject({
      matrix: 'HOUSE@1',
      approvable: true,
      row: 'M3',
      secondPerson: true,
      stages: [
        { name: 'first', people: ['li'] },
        { name: 'second', roles: ['senior-reviewer', 'risk-officer'], people: ['li'] },
      ],
      why: [
        { row: 'M1', misfit: 'exposureFen' },
        { row: 'M2', misfit: 'grades' },
        { row: 'M3', misfit: null },
      ],
    });
  });

  it('gives a final stage to nobody whose own limit is below the amount, and says when no role is able', async () => {
    const proposed = await post('/v1/authority-changes', officer, {
      subject: 'li',
      limitFen: 10_000_00,
      capacity: 5,
      reason: 'NEW_COLLEAGUE',
    });
    const [change] = proposed.body['items'] as { id: string }[];
    await post(`/v1/authority-changes/${change?.id}/decide`, approver, { outcome: 'APPROVED' });
    const asked = async (amountFen: number) =>
      (await post('/v1/approval-matrix/simulate', reviewer, { ...FACTS, amountFen })).body;
    expect((await asked(150_000_00))['stages']).toMatchObject([{ people: ['li'] }, { people: [] }]);
    expect(await asked(2_000_000_00)).toMatchObject({ approvable: false, row: null });
  });

  it('answers the very stages that a review of the case opens with, the strategy’s second person among them', async () => {
    const published = async (twoPersonAboveFen: number | null, version: number) =>
      await publishRulebook(world.db, {
        kind: 'STRATEGY',
        code: STRATEGY_V2.id,
        version,
        document: {
          ...STRATEGY_V2,
          version,
          authority: { ...STRATEGY_V2.authority, twoPersonAboveFen },
        },
        documentSm3: sm3Hex(`strategy ${String(version)}`),
        effectiveFrom: new Date(Date.UTC(2026, 0, version)),
      });
    await published(20_000_00, 2);
    const facts = fc.record({
      productCode: fc.constantFrom('PERSONAL_CREDIT', 'OTHER'),
      grade: fc.constantFrom(...GRADES),
      exceptions: fc.integer({ min: 0, max: 5 }),
      amountFen: fc.oneof(
        fc.constantFrom(20_000_00, 20_000_01, 50_000_00, 100_000_00, 100_000_01),
        fc.integer({ min: 1_000_00, max: 1_200_000_00 }),
      ),
      exposureFen: fc.integer({ min: 1_000_00, max: 900_000_00 }),
    });
    const SMALL = {
      productCode: 'PERSONAL_CREDIT',
      grade: 'B',
      exceptions: 0,
      amountFen: 20_000_00,
      exposureFen: 20_000_00,
    } as const;
    const asksMore = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(facts, async (given) => {
        const asked = await post('/v1/approval-matrix/simulate', reviewer, given);
        const levels = approvalsAbove(fen(given.amountFen), given.grade, 20_000_00);
        const opened = await approversOf(world.db, given, levels);
        expect(asked.body['approvable'], asked.text).toBe(!opened.nobody);
        if (opened.nobody) return;
        const stages = (asked.body['stages'] as { people: string[] }[]).map(
          ({ people: _people, ...stage }) => stage,
        );
        expect(stages).toEqual(opened.stages);
        expect(asked.body['secondPerson']).toBe(
          opened.stages.length > 1 || opened.stages.some(({ quorum }) => quorum > 1),
        );
        asksMore.add(opened.why.some(({ row }) => row === 'STRATEGY'));
      }),
      // The first draws show both: a case that only the strategy wants a second person for, and one that nobody does.
      { numRuns: 20, examples: [[SMALL], [{ ...SMALL, amountFen: 20_000_01 }]] },
    );
    expect(asksMore).toEqual(new Set([true, false]));
  });

  it('takes the facts of an application, and changes nothing by being asked', async () => {
    const { id } = await underReview(world, owner);
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
    const asked = await post('/v1/approval-matrix/simulate', reviewer, { applicationId: id });
    expect(asked.body['case'], asked.text).toEqual({
      productCode: 'PERSONAL_CREDIT',
      amountFen: AMOUNT,
      grade: 'C',
      exposureFen: AMOUNT,
      exceptions: 1,
    });
    expect(world.loan.heard).toEqual([]);
  });
});

describe('authority', () => {
  it('is lent once a person decides who neither lends, borrows nor proposed it', async () => {
    const lend = await post('/v1/delegations', reviewer, {
      to: 'wang',
      role: 'senior-reviewer',
      limitFen: 100_000_00,
      startsAt: '2026-11-24T00:00:00Z',
      endsAt: '2026-12-01T00:00:00Z',
      reason: 'ANNUAL_LEAVE',
    });
    expect(lend.status, lend.text).toBe(200);
    const [lent] = lend.body['items'] as { id: string; state: string }[];
    expect(lent).toMatchObject({ from: 'li', to: 'wang', state: 'PROPOSED' });
    const decide = async (subject: string, roles: readonly string[]) =>
      await post(`/v1/delegations/${lent?.id}/decide`, await world.token(subject, roles), {
        outcome: 'APPROVED',
      });
    for (const party of ['li', 'wang'])
      expect((await decide(party, ['risk-officer'])).body['code']).toBe('FOUR_EYES');
    expect((await decide('guo', ['risk-approver'])).body['items']).toMatchObject([
      { state: 'APPROVED', decidedBy: 'guo' },
    ]);
    expect((await decide('guo', ['risk-approver'])).body['code']).toBe('NOTHING_TO_DECIDE');
  });

  it('is not lent for more than 90 days, nor for somebody else by a reviewer', async () => {
    const wanted = {
      to: 'wang',
      role: 'reviewer',
      limitFen: 1,
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2026-06-01T00:00:00Z',
      reason: 'ANNUAL_LEAVE',
    };
    expect((await post('/v1/delegations', reviewer, wanted)).body['code']).toBe(
      'VALIDATION_FAILED',
    );
    const short = { ...wanted, endsAt: '2026-01-08T00:00:00Z', from: 'zhao' };
    expect((await post('/v1/delegations', reviewer, short)).body['code']).toBe('ROLE_MISSING');
  });

  it('is raised by two: the proposer and the person themselves decide nothing', async () => {
    const proposed = await post('/v1/authority-changes', officer, {
      subject: 'guo',
      limitFen: 1,
      capacity: 5,
      reason: 'PROMOTION',
    });
    const change = (proposed.body['items'] as { id: string; subject: string }[]).find(
      ({ subject }) => subject === 'guo',
    );
    const own = await post(`/v1/authority-changes/${change?.id}/decide`, approver, {
      outcome: 'APPROVED',
    });
    expect(own.body['code']).toBe('FOUR_EYES');
  });
});

describe('people', () => {
  it('come to the desk in the roles they sign in with, and say when they are away', async () => {
    const arrived = await post('/v1/desk-people/presence', officer, { onDesk: true });
    const chen = (arrived.body['items'] as { subject: string }[]).find(
      ({ subject }) => subject === 'chen',
    );
    expect(chen).toMatchObject({ roles: ['risk-officer'], onDesk: true, awayFrom: null });
    const from = '2026-11-23T00:00:00.000Z';
    const until = '2026-11-30T00:00:00.000Z';
    await post('/v1/desk-people/absence', officer, { from, until });
    const roster = await world.call('GET', '/v1/desk-people', { token: approver });
    expect(roster.body['items']).toContainEqual(
      expect.objectContaining({ subject: 'chen', awayFrom: from, awayUntil: until }),
    );
    const other = await post('/v1/desk-people/absence', reviewer, { subject: 'chen', from, until });
    expect(other.body['code']).toBe('ROLE_MISSING');
  });

  it('end a tie by two: it holds until compliance agrees, who neither proposed nor declared it', async () => {
    const compliance = await world.token('wu', ['compliance']);
    const declared = await post('/v1/conflicts', officer, {
      idNumber: '110101199003070038',
      relation: 'FRIEND',
    });
    const [tie] = declared.body['items'] as { id: string }[];
    const path = `/v1/conflicts/${tie?.id ?? ''}/end`;
    expect((await post(path, reviewer, { reason: 'NOT_MINE' })).body['code']).toBe('NOT_FOUND');
    const proposed = await post(path, officer, { reason: 'NO_TIE_ANY_MORE' });
    expect(proposed.body['items'], proposed.text).toMatchObject([{ ending: true, endedAt: null }]);
    expect((await post(path, officer, { reason: 'AGAIN' })).body['code']).toBe('ALREADY_PROPOSED');
    const ends = await world.call('GET', '/v1/conflict-endings', { token: compliance });
    const [end] = ends.body['items'] as { id: string }[];
    expect(end).toMatchObject({ subject: 'chen', proposedBy: 'chen', state: 'PROPOSED' });
    const decide = async (subject: string, roles: readonly string[]) =>
      await post(
        `/v1/conflict-endings/${end?.id ?? ''}/decide`,
        await world.token(subject, roles),
        { outcome: 'APPROVED' },
      );
    expect((await decide('chen', ['risk-officer'])).status).toBe(403);
    expect((await decide('chen', ['compliance'])).body['code']).toBe('FOUR_EYES');
    expect((await decide('wu', ['compliance'])).body['items']).toMatchObject([
      { state: 'APPROVED', decidedBy: 'wu' },
    ]);
    const own = await world.call('GET', '/v1/conflicts', { token: officer });
    expect(own.body['items']).toMatchObject([{ ending: false, endedAt: expect.any(String) }]);
    const seen = await world.call('GET', '/v1/conflicts?subject=chen', { token: compliance });
    expect(seen.body['items']).toHaveLength(1);
    const nosy = await world.call('GET', '/v1/conflicts?subject=chen', { token: reviewer });
    expect(nosy.body['code']).toBe('ROLE_MISSING');
  });

  it('declare ties by identity number, which is shown to nobody again', async () => {
    const idNumber = '110101199003070011';
    const declared = await post('/v1/conflicts', reviewer, { idNumber, relation: 'RELATIVE' });
    expect(declared.body['items'], declared.text).toMatchObject([{ relation: 'RELATIVE' }]);
    expect(declared.text).not.toContain(idNumber);
    const others = await world.call('GET', '/v1/conflicts', { token: approver });
    expect(others.body['items']).toEqual([]);
  });
});

describe('acts at the desk', () => {
  it('reach the loan with lent authority, terms, conditions and reasons, and never without a comment', async () => {
    const { id, taskId } = await underReview(world, owner);
    const terms = { amountFen: AMOUNT, termMonths: 6, annualRate: '12.00' };
    const verdict = {
      decision: 'APPROVE',
      reasons: ['REVIEW_POSITIVE'],
      amountFen: AMOUNT,
      terms,
      conditions: [{ kind: 'INCOME_PROOF', gate: 'OFFER' }],
      evidenceVersion: 4,
      onBehalfOf: 'zhao',
    };
    const path = `/v1/reviews/${taskId}`;
    expect((await post(`${path}/decide`, reviewer, verdict)).body['code']).toBe(
      'VALIDATION_FAILED',
    );
    const said = { ...verdict, comment: '同意' };
    expect((await post(`${path}/decide`, reviewer, said)).status).toBe(200);
    await post(`${path}/release`, reviewer, {});
    await post(`${path}/steal`, reviewer, { reason: 'OUT_SICK' });
    expect(world.loan.heard.map(({ name }) => name)).toEqual([
      'decideReview',
      'releaseReview',
      'stealReview',
    ]);
    const [decided, , stolen] = world.loan.heard;
    const { comment: _sealed, ...kept } = said;
    expect(decided).toMatchObject({ to: `loan/${id}`, input: { ...kept, taskId } });
    expect(JSON.stringify(decided)).not.toContain('同意');
    expect(stolen?.input).toMatchObject({ reason: 'OUT_SICK', taskId });
    const off = { ...said, terms: { ...terms, amountFen: 1 } };
    expect((await post(`${path}/decide`, reviewer, off)).body['code']).toBe('VALIDATION_FAILED');
  });

  it('say that a second person is waited for, and never that it is done', async () => {
    const { taskId } = await underReview(world, owner);
    world.loan.answer = () => ({ stage: 'REVIEW', version: 5, pending: 'SECOND_REVIEW' });
    const answer = await post(`/v1/reviews/${taskId}/decide`, reviewer, {
      decision: 'APPROVE',
      reasons: ['REVIEW_POSITIVE'],
      comment: '同意',
      amountFen: AMOUNT,
      evidenceVersion: 4,
    });
    expect(answer.body).toEqual({ stage: 'REVIEW', version: 5, pending: 'SECOND_REVIEW' });
  });

  it('answer and clear conditions, and undo approvals, each by those who may', async () => {
    const { id } = await underReview(world, owner);
    const conditionId = randomUUID();
    await world.db
      .insertInto('loan_conditions')
      .values({
        id: conditionId,
        application_id: id,
        round: 1,
        kind: 'INCOME_PROOF',
        gate: 'CONTRACT',
        issued_by: 'zhao',
      })
      .execute();
    const seen = await world.call('GET', `/v1/applications/${id}/conditions`, { token: owner });
    expect(seen.body['items'], seen.text).toMatchObject([
      { id: conditionId, state: 'ISSUED', gate: 'CONTRACT', issuedBy: null },
    ]);
    const words = { text: '三个月流水已邮寄' };
    expect((await post(`/v1/conditions/${conditionId}/answer`, owner, words)).status).toBe(200);
    const stranger = await world.token('owner-2', ['integrator']);
    expect((await post(`/v1/conditions/${conditionId}/answer`, stranger, words)).status).toBe(404);
    const step = { step: 'PROPOSE_WAIVER', reason: 'KNOWN_CUSTOMER' };
    expect((await post(`/v1/conditions/${conditionId}/resolve`, reviewer, step)).status).toBe(200);
    expect((await post(`/v1/conditions/${conditionId}/resolve`, owner, step)).status).toBe(403);
    const undo = { step: 'PROPOSE', reason: 'WRONG_PERSON' };
    expect((await post(`/v1/applications/${id}/undo-approval`, officer, undo)).status).toBe(200);
    expect(world.loan.heard.map(({ name }) => name)).toEqual([
      'answerCondition',
      'resolveCondition',
      'undoApproval',
    ]);
    expect(JSON.stringify(world.loan.heard)).not.toContain(words.text);
  });
});
