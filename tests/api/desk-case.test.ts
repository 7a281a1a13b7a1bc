/** The case: everything a decision rests on in one read, with what is new since the reader's last look. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fen } from '../../domain/money.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { PAGES } from './drafting.ts';
import { AMOUNT, paidOut, underReview } from './story.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let owner: string;
let reviewer: string;
beforeAll(async () => {
  world = await openWorld();
  owner = await world.token('owner-1', ['integrator']);
  reviewer = await world.token('li', ['senior-reviewer']);
});
afterAll(async () => await world.close());

const open = async (taskId: string, token = reviewer) =>
  await world.call('GET', `/v1/reviews/${taskId}`, { token });

/** An approval by somebody, as the activities record it. */
async function approvedBy(taskId: string, id: string, actor: string): Promise<void> {
  const cause = sm3Hex(randomUUID());
  await world.db
    .insertInto('review_actions')
    .values({
      id: randomUUID(),
      task_id: taskId,
      application_id: id,
      round: 1,
      actor,
      actor_role: 'senior-reviewer',
      action: 'APPROVE',
      reasons: ['REVIEW_POSITIVE'],
      sealed_comment: world.cipher.sealJson('review_actions.sealed_comment', cause, {
        text: '同意',
      }),
      terms: JSON.stringify({ amountFen: AMOUNT, termMonths: 12, annualRate: '14.40' }),
      evidence_version: 4,
      cause,
    })
    .execute();
}

async function reviewOpened(id: string): Promise<void> {
  await world.db
    .insertInto('reviews')
    .values({
      application_id: id,
      round: 1,
      matrix_code: 'HOUSE',
      matrix_version: 1,
      matrix_row: 'M5',
      stages: JSON.stringify([{ name: 'only', roles: ['reviewer'], seats: 1, quorum: 1 }]),
      why: JSON.stringify([{ row: 'M5', misfit: null }]),
      exposure_fen: AMOUNT,
      exceptions: 1,
      most_fen: AMOUNT,
      least_fen: fen(1_000_00),
      evidence_version: 4,
    })
    .execute();
}

/** A case that was decided in a second round, under a product that its versions name. */
async function decidedAgain(grade: string) {
  const { id } = await underReview(world, owner);
  await world.db.updateTable('applications').set({ round: 2 }).where('id', '=', id).execute();
  await world.db
    .insertInto('decisions')
    .values({
      id: randomUUID(),
      application_id: id,
      round: 2,
      evidence_version: 4,
      outcome: 'REFER',
      reasons: [],
      gaps: [],
      grade,
      amount_fen: AMOUNT,
      annual_rate: '14.40',
      trace: '{}',
      approvals: '[]',
      versions: JSON.stringify({ product: { code: 'PERSONAL_CREDIT', version: 1 } }),
    })
    .execute();
  return { id };
}

describe('a case', () => {
  it('holds the review with its matrix and seats, votes with terms and comment, and masks the form', async () => {
    const { id, taskId } = await underReview(world, owner);
    await reviewOpened(id);
    await approvedBy(taskId, id, 'zhao');
    const shown = await open(taskId);
    expect(shown.status, shown.text).toBe(200);
    expect(shown.body).toMatchObject({
      task: { kind: 'REVIEW', seat: 1, grade: 'C' },
      review: {
        matrix: 'HOUSE@1',
        row: 'M5',
        why: [{ row: 'M5', misfit: null }],
        seats: [{ id: taskId, stage: 1, seat: 1, state: 'OPEN' }],
      },
      actions: [{ actor: 'zhao', comment: '同意', terms: { annualRate: '14.40' } }],
    });
    expect(shown.text).not.toContain(PAGES.identity.idNumber);
    expect(shown.text).not.toContain(PAGES.identity.mobile);
  });

  it('is all new at the first look, and shows at the next what others did and what came since', async () => {
    const { id, taskId } = await underReview(world, owner);
    expect((await open(taskId)).body['changed']).toBeNull();
    await sql`insert into evidence_changes (application_id, version, what, at)
      values (${id}, 90, 'ANSWER', now())`.execute(world.db);
    await approvedBy(taskId, id, 'zhao');
    await approvedBy(taskId, id, 'li').catch(() => undefined);
    const { changed } = (await open(taskId)).body as {
      changed: { items: { kind: string; what: string }[] };
    };
    const news = changed.items.map(({ kind, what }) => `${kind} ${what}`);
    expect(news).toContain('EVIDENCE ANSWER');
    expect(news.filter((one) => one === 'ACT APPROVE')).toHaveLength(1);
    expect(news.some((one) => one.startsWith('CHECK') || one.startsWith('DECISION'))).toBe(false);
    const again = (await open(taskId)).body as { changed: { items: unknown[] } };
    expect(again.changed.items).toEqual([]);
  });

  it('remembers looks one by one: what one colleague saw is still new to another', async () => {
    const { taskId } = await underReview(world, owner);
    await open(taskId);
    const other = await open(taskId, await world.token('wang', ['risk-officer']));
    expect(other.body['changed']).toBeNull();
  });

  it('sums what the person owes on every loan of theirs, also on those that were never referred', async () => {
    const { id, taskId } = await underReview(world, owner);
    const loan = await paidOut(world, owner);
    const applicantId = randomUUID();
    await world.db
      .insertInto('applicants')
      .values({ id: applicantId, kind: 'PERSON', identity_index: Buffer.from(randomUUID()) })
      .execute();
    await world.db
      .updateTable('applications')
      .set({ applicant_id: applicantId })
      .where('id', 'in', [id, loan.id])
      .execute();
    const { exposure } = (await open(taskId)).body as {
      exposure: { outstandingFen: number; applications: { id: string }[] };
    };
    expect(exposure.outstandingFen).toBe(800_00);
    expect(exposure.applications.map((one) => one.id).toSorted()).toEqual([id, loan.id].toSorted());
  });

  it('is put beside cases of the same product and grade within a quarter of the amount, with what became of them', async () => {
    const like = await decidedAgain('D');
    await decidedAgain('A');
    const far = await decidedAgain('D');
    const { taskId } = await underReview(world, owner);
    await sql`update review_tasks set grade = 'D' where id = ${taskId}`.execute(world.db);
    await world.db
      .updateTable('applications')
      .set({ amount_fen: fen(AMOUNT * 2) })
      .where('id', '=', far.id)
      .execute();
    await world.db
      .updateTable('applications')
      .set({ stage: 'DECLINED' })
      .where('id', '=', like.id)
      .execute();
    const { similar } = (await open(taskId)).body as {
      similar: { counted: number; declined: number; cases: { applicationId: string }[] };
    };
    expect(similar).toMatchObject({ counted: 1, declined: 1, cases: [{ applicationId: like.id }] });
  });

  it('is not shown to whom it is about, nor to finance, and every reading is on the trail', async () => {
    const { id, taskId } = await underReview(world, owner);
    const own = await open(taskId, await world.token('owner-1', ['reviewer']));
    expect(own.body['code']).toBe('SELF_APPROVAL');
    const finance = await open(taskId, await world.token('qian', ['finance-maker']));
    expect(finance.body['code']).toBe('ROLE_MISSING');
    await open(taskId);
    const trail = await world.db
      .selectFrom('audit_entries')
      .select('actor')
      .where('action', '=', 'review.view')
      .where('subject_id', '=', id)
      .execute();
    expect(trail).toEqual([{ actor: 'li' }]);
  });
});
