/** Tasks that are no review over the API: held like a seat of a review, by nobody with a tie or a part in what is looked at. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepDecisionReview } from '../../db/queries/decision-reviews.ts';
import { underReview } from './story.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let owner: string;
beforeAll(async () => {
  world = await openWorld();
  owner = await world.token('owner-1', ['integrator']);
});
afterAll(async () => await world.close());

const post = async (path: string, token: string, json: unknown) =>
  await world.call('POST', path, { token, json });

describe('tasks that are no review', () => {
  const ID_NUMBER = '110101199003070054';

  /** An application under review whose person is known by an identity number. */
  async function known() {
    const { id, decisionId, taskId } = await underReview(world, owner);
    const applicantId = randomUUID();
    await world.db
      .insertInto('applicants')
      .values({
        id: applicantId,
        kind: 'PERSON',
        identity_index: world.deps.vault.blindIndex('id_number', ID_NUMBER),
      })
      .onConflict((oc) => oc.doNothing())
      .execute();
    await world.db
      .updateTable('applications')
      .set((eb) => ({
        applicant_id: eb
          .selectFrom('applicants')
          .select('id')
          .where('identity_index', '=', world.deps.vault.blindIndex('id_number', ID_NUMBER)),
      }))
      .where('id', '=', id)
      .execute();
    return { id, decisionId, taskId };
  }

  it('are taken by nobody with a declared tie, in the table either, nor kept by one who declares it later', async () => {
    const { id } = await known();
    const taskId = randomUUID();
    await world.db
      .insertInto('review_tasks')
      .values({
        id: taskId,
        kind: 'COLLECTION',
        subject_id: randomUUID(),
        application_id: id,
        round: 1,
        level: 1,
        roles: ['reviewer', 'senior-reviewer'],
        state: 'OPEN',
        evidence_version: 1,
        sla_due_at: new Date(),
      })
      .execute();
    const wu = await world.token('wu-tied', ['reviewer']);
    const path = `/v1/desk-tasks/${taskId}`;
    expect((await post(`${path}/claim`, wu, {})).body).toMatchObject({ assignee: 'wu-tied' });
    await post('/v1/conflicts', wu, { idNumber: ID_NUMBER, relation: 'RELATIVE' });
    const contact = { act: 'CONTACT', contactId: randomUUID(), outcome: 'REACHED' };
    expect((await post(`${path}/acts`, wu, contact)).body['code']).toBe('CONFLICT_OF_INTEREST');
    expect((await post(`${path}/release`, wu, {})).body).toMatchObject({ assignee: null });
    expect((await post(`${path}/claim`, wu, {})).body['code']).toBe('CONFLICT_OF_INTEREST');
    const held = world.db
      .updateTable('review_tasks')
      .set({ state: 'CLAIMED', assignee: 'wu-tied' })
      .where('id', '=', taskId)
      .execute();
    await expect(held).rejects.toThrow('may not hold the task: CONFLICT');
  });

  it('a human review is opened with what was asked, held by one who had no part in the decision, and decided in hand', async () => {
    const { id, decisionId, taskId } = await known();
    const reviewId = randomUUID();
    await keepDecisionReview(world.db, {
      id: reviewId,
      decisionId,
      applicationId: id,
      ownerSubject: 'owner-1',
      dueOn: '2026-12-01',
      sealedStatement: null,
      requestedAt: new Date(),
    });
    await world.db
      .insertInto('review_actions')
      .values({
        id: randomUUID(),
        task_id: taskId,
        application_id: id,
        round: 1,
        actor: 'approver-one',
        actor_role: 'reviewer',
        on_behalf_of: 'lender-two',
        action: 'APPROVE',
        reasons: ['REVIEW_POSITIVE'],
        evidence_version: 4,
        cause: randomUUID(),
      })
      .execute();
    const path = `/v1/decision-reviews/${reviewId}`;
    const verdict = { outcome: 'UPHELD', reasons: ['REVIEW_POSITIVE'], comment: '属实' };
    for (const part of ['approver-one', 'lender-two']) {
      const token = await world.token(part, ['senior-reviewer']);
      expect((await post(`${path}/claim`, token, {})).body['code']).toBe('SAME_PERSON_TWICE');
    }
    const [gu, he] = [await world.token('gu', ['reviewer']), await world.token('he', ['reviewer'])];
    expect((await post(`${path}/decide`, gu, verdict)).body['code']).toBe('NOT_YOUR_TASK');
    const queue = await world.call('GET', '/v1/reviews?kind=DECISION_REVIEW', { token: gu });
    const [task] = (queue.body['items'] as { id: string; subjectId: string }[]).filter(
      ({ subjectId }) => subjectId === reviewId,
    );
    expect(task).toMatchObject({ state: 'OPEN', slaDueAt: '2026-12-01T16:00:00.000Z' });
    const own = `/v1/desk-tasks/${task?.id ?? ''}`;
    expect((await post(`${own}/claim`, gu, {})).body).toMatchObject({ assignee: 'gu' });
    const read = await world.call('GET', path, { token: he });
    expect(read.body, read.text).toMatchObject({ state: 'CLAIMED', assignee: 'gu' });
    expect((await post(`${path}/claim`, he, {})).body['code']).toBe('ALREADY_CLAIMED');
    await post(`${own}/steal`, he, { reason: 'GU_IS_ILL' });
    expect((await post(`${path}/decide`, gu, verdict)).body['code']).toBe('NOT_YOUR_TASK');
    const straight = world.db
      .updateTable('decision_reviews')
      .set({ state: 'DECIDED', outcome: 'UPHELD', assignee: 'gu', decided_by: 'gu' })
      .where('id', '=', reviewId)
      .execute();
    await expect(straight).rejects.toThrow('nobody decides what they do not hold');
    const done = await post(`${path}/decide`, he, verdict);
    expect(done.body, done.text).toMatchObject({ state: 'DECIDED', outcome: 'UPHELD' });
    expect((await post(`${own}/claim`, gu, {})).body['code']).toBe('ALREADY_DECIDED');
    const acts = await world.db
      .selectFrom('review_actions')
      .select(['action', 'actor'])
      .where('task_id', '=', task?.id ?? '')
      .orderBy('at')
      .execute();
    expect(acts.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
      'CLAIM gu',
      'STEAL he',
      'UPHOLD he',
    ]);
  });
});
