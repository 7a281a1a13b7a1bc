/** What the database itself refuses of the review desk, by raw SQL as well: four eyes, one seat, one vote, one window. */
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import { fen } from '../../domain/money.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { application, refusal, reviewTask } from './rows.ts';

let opened: TestDatabase;
let db: Db;

beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

const ENDS = new Date('2026-12-01T00:00:00Z');
const STARTS = new Date('2026-11-24T00:00:00Z');

async function review(id: string, over: { round?: number; waiting?: boolean } = {}): Promise<void> {
  await db
    .insertInto('reviews')
    .values({
      application_id: id,
      round: over.round ?? 1,
      matrix_code: 'M',
      matrix_version: 1,
      matrix_row: 'R',
      stages: '[]',
      why: '[]',
      exposure_fen: fen(0),
      exceptions: 0,
      most_fen: fen(1),
      least_fen: fen(1),
      evidence_version: 1,
      waiting: over.waiting ?? false,
    })
    .execute();
}

describe('reviews and their tasks', () => {
  it('an application has one open review, and one per round', async () => {
    const id = await application(db, 'REVIEW');
    await review(id);
    expect(await refusal(review(id, { round: 2 }))).toBe('reviews_one_open');
    await sql`update reviews set ended = 'RETURNED', ended_at = now() where application_id = ${id}`.execute(
      db,
    );
    expect(await refusal(review(id))).toBe('reviews_pkey');
    expect(await refusal(review(id, { round: 2 }))).toBeNull();
  });

  it('a review that has ended says when, and waits for nobody', async () => {
    const id = await application(db, 'REVIEW');
    await review(id, { waiting: true });
    const end = (rest: string) =>
      refusal(
        sql`update reviews set ended = 'APPROVED' ${sql.raw(rest)} where application_id = ${id}`.execute(
          db,
        ),
      );
    expect(await end('')).toMatch(/^reviews_check/);
    expect(await end(', ended_at = now()')).toMatch(/^reviews_check/);
    expect(await end(', ended_at = now(), waiting = false')).toBeNull();
  });

  it('a seat has one task, and a task of another kind has one subject', async () => {
    const id = await application(db, 'REVIEW');
    await reviewTask(db, id);
    expect(await refusal(reviewTask(db, id))).toBe('review_tasks_one_a_seat');
    const other = (kind: 'COLLECTION' | 'REVIEW', subject: string | null) =>
      db
        .insertInto('review_tasks')
        .values({
          id: randomUUID(),
          application_id: id,
          round: 1,
          level: 1,
          seat: 2,
          kind,
          subject_id: subject,
          roles: ['operations'],
          state: 'OPEN',
          evidence_version: 1,
          sla_due_at: ENDS,
        })
        .execute();
    expect(await refusal(other('COLLECTION', null))).toBe('review_tasks_subject');
    expect(await refusal(other('REVIEW', randomUUID()))).toBe('review_tasks_subject');
    const subject = randomUUID();
    expect(await refusal(other('COLLECTION', subject))).toBeNull();
    expect(await refusal(other('COLLECTION', subject))).toBe('review_tasks_one_a_subject');
  });
});

describe('votes', () => {
  const vote = (
    id: string,
    taskId: string,
    actor: string,
    on: string | null = null,
    action: 'APPROVE' | 'RETURN' = 'APPROVE',
  ) =>
    db
      .insertInto('review_actions')
      .values({
        id: randomUUID(),
        task_id: taskId,
        application_id: id,
        round: 1,
        actor,
        actor_role: 'reviewer',
        on_behalf_of: on,
        action,
        reasons: ['REVIEW_POSITIVE'],
        evidence_version: 1,
        cause: randomUUID(),
      })
      .execute();

  it('one person approves a round once, lends authority to one approval of it, and never to themselves', async () => {
    const id = await application(db, 'REVIEW');
    const tasks = [
      await reviewTask(db, id, 1),
      await reviewTask(db, id, 2),
      await reviewTask(db, id, 3),
    ];
    const [first = '', second = '', third = ''] = tasks;
    expect(await refusal(vote(id, first, 'li', 'li'))).toBe('review_actions_lent');
    expect(await refusal(vote(id, first, 'li', 'zhao'))).toBeNull();
    expect(await refusal(vote(id, second, 'li'))).toBe('review_one_approval_each');
    expect(await refusal(vote(id, second, 'wang', 'zhao'))).toBe('review_one_approval_lent');
    expect(await refusal(vote(id, first, 'wang'))).toBe('review_one_decision_a_task');
    expect(await refusal(vote(id, third, 'wang', null, 'RETURN'))).toBeNull();
    expect(await refusal(vote(id, third, 'chen'))).toBe('review_one_decision_a_task');
  });

  it('what changed in the evidence stays as it was recorded', async () => {
    const id = await application(db, 'REVIEW');
    await db
      .insertInto('evidence_changes')
      .values({ application_id: id, version: 2, what: 'FORM' })
      .execute();
    for (const act of [
      sql`update evidence_changes set what = 'ANSWER' where application_id = ${id}`,
      sql`delete from evidence_changes where application_id = ${id}`,
    ])
      expect(await refusal(act.execute(db))).toBe('23001');
  });
});

describe('four eyes', () => {
  const decide = (
    table: 'authority_changes' | 'delegations' | 'approval_undos' | 'conflict_endings',
    id: string,
    by: string,
  ) =>
    refusal(
      sql`update ${sql.table(table)} set state = 'APPROVED', decided_by = ${by}, decided_at = now() where id = ${id}`.execute(
        db,
      ),
    );

  it('neither who proposes nor whom it is for approves another limit', async () => {
    const id = randomUUID();
    await db
      .insertInto('authority_changes')
      .values({ id, subject: 'li', capacity: 5, reason: 'R', proposed_by: 'sun' })
      .execute();
    for (const by of ['sun', 'li'])
      expect(await decide('authority_changes', id, by)).toMatch(/^authority_changes_check/);
    expect(await decide('authority_changes', id, 'he')).toBeNull();
  });

  const lend = (over: { id?: string; to?: string; ends?: Date } = {}) =>
    db
      .insertInto('delegations')
      .values({
        id: over.id ?? randomUUID(),
        from_subject: 'zhao',
        to_subject: over.to ?? 'li',
        role: 'senior-reviewer',
        limit_fen: fen(1),
        starts_at: STARTS,
        ends_at: over.ends ?? ENDS,
        reason: 'R',
        proposed_by: 'sun',
      })
      .execute();

  it('neither lender nor borrower nor proposer approves a delegation', async () => {
    const id = randomUUID();
    await lend({ id });
    for (const by of ['sun', 'zhao', 'li'])
      expect(await decide('delegations', id, by)).toMatch(/^delegations_check/);
    expect(await decide('delegations', id, 'he')).toBeNull();
  });

  it('a delegation is to somebody else, ends after it starts, and within 90 days', async () => {
    expect(await refusal(lend({ to: 'zhao' }))).toMatch(/^delegations_check/);
    expect(await refusal(lend({ ends: STARTS }))).toMatch(/^delegations_check/);
    expect(await refusal(lend({ ends: new Date('2027-02-23T00:00:00Z') }))).toMatch(
      /^delegations_check/,
    );
    expect(await refusal(lend({ ends: new Date('2027-02-22T00:00:00Z') }))).toBeNull();
  });

  it('an approval is taken back by two, and one proposal is open at a time', async () => {
    const applicationId = await application(db, 'OFFER');
    const propose = (id: string) =>
      db
        .insertInto('approval_undos')
        .values({
          id,
          application_id: applicationId,
          round: 1,
          stage: 'OFFER',
          reason: 'R',
          proposed_by: 'zhao',
        })
        .execute();
    const id = randomUUID();
    await propose(id);
    expect(await refusal(propose(randomUUID()))).toBe('approval_undos_one_open');
    expect(await decide('approval_undos', id, 'zhao')).toMatch(/^approval_undos_check/);
    expect(await decide('approval_undos', id, 'chen')).toBeNull();
  });

  it('a condition is waived by two', async () => {
    const applicationId = await application(db, 'OFFER');
    const id = randomUUID();
    await db
      .insertInto('loan_conditions')
      .values({
        id,
        application_id: applicationId,
        round: 1,
        kind: 'INCOME_PROOF',
        gate: 'OFFER',
        issued_by: 'li',
      })
      .execute();
    const waive = (proposed: string | null, closed: string | null) =>
      refusal(
        sql`update loan_conditions set state = 'WAIVED', proposed_by = ${proposed}, closed_by = ${closed}
             where id = ${id}`.execute(db),
      );
    expect(await waive('wang', null)).toMatch(/^loan_conditions_check/);
    expect(await waive(null, 'wang')).toMatch(/^loan_conditions_check/);
    expect(await waive('wang', 'wang')).toMatch(/^loan_conditions_check/);
    expect(await waive('wang', 'zhao')).toBeNull();
  });

  it('a tie is declared once while it lasts, and is ended by two, neither of whom may be the other', async () => {
    const identity_index = randomBytes(32);
    const id = randomUUID();
    const declare = (as: string) =>
      db
        .insertInto('conflict_declarations')
        .values({ id: as, subject: 'li', identity_index, relation: 'FRIEND' })
        .execute();
    await declare(id);
    expect(await refusal(declare(randomUUID()))).toBe('conflict_declarations_one');
    const end = () =>
      refusal(sql`update conflict_declarations set ended_at = now() where id = ${id}`.execute(db));
    expect(await end()).toBe('23001');
    const ending = randomUUID();
    await db
      .insertInto('conflict_endings')
      .values({
        id: ending,
        conflict_id: id,
        subject: 'li',
        reason: 'R',
        proposed_by: 'compliance-wu',
      })
      .execute();
    expect(await end()).toBe('23001');
    for (const by of ['compliance-wu', 'li'])
      expect(await decide('conflict_endings', ending, by)).toBe('conflict_endings_two_people');
    expect(await decide('conflict_endings', ending, 'compliance-feng')).toBeNull();
    expect(await end()).toBeNull();
    const rewritten = sql`update conflict_declarations set ended_at = null where id = ${id}`;
    expect(await refusal(rewritten.execute(db))).toBe('23001');
    expect(await refusal(declare(randomUUID()))).toBeNull();
  });
});
