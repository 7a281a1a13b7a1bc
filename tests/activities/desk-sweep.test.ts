/** The sweep of the desk: what nobody works on goes back, what is open is given out, and neither against anybody's lock. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sweepDesk } from '../../activities/desk/sweep.ts';
import { insertReview, lockReview } from '../../db/queries/desk.ts';
import { declareConflict } from '../../db/queries/conflicts.ts';
import { keepDeskPerson, setAway } from '../../db/queries/desk-people.ts';
import { openReview } from '../../domain/desk-review.ts';
import { ZERO_FEN } from '../../domain/money.ts';
import { admitted, openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(async () => await place?.close());

const STAGE = { name: 'one', roles: ['reviewer'], seats: 1, quorum: 1 } as const;
const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);

/** A review with one open stage; gives its application and the task of each seat. */
async function opened(seats = 1) {
  const { db } = place.deps;
  const { id, applicantId } = await admitted(place.deps, 'REVIEW');
  const basis = {
    applicationId: id,
    round: 1,
    matrixCode: 'HOUSE',
    matrixVersion: 1,
    matrixRow: 'R',
    stages: [{ ...STAGE, seats, quorum: seats }],
    why: [],
    exposureFen: ZERO_FEN,
    exceptions: 0,
  };
  const clock = { at: new Date(), slaDueAt: new Date(Date.now() + 240 * MINUTE) };
  await db
    .transaction()
    .execute((tx) => insertReview(tx, basis, openReview(basis.stages, 1, 0, 1_000_000), clock));
  const tasks = await db
    .selectFrom('review_tasks')
    .select('id')
    .where('application_id', '=', id)
    .orderBy('seat')
    .execute();
  return { id, applicantId, tasks: tasks.map((task) => task.id) };
}

async function hold(taskId: string, subject: string, activeAt: Date): Promise<void> {
  await place.deps.db
    .updateTable('review_tasks')
    .set({ state: 'CLAIMED', assignee: subject, claimed_at: activeAt, active_at: activeAt })
    .where('id', '=', taskId)
    .execute();
}

async function join(subject: string, capacity = 10): Promise<void> {
  const { db } = place.deps;
  await keepDeskPerson(db, { subject, roles: ['reviewer'], onDesk: true });
  await db.updateTable('desk_people').set({ capacity }).where('subject', '=', subject).execute();
}

async function standing(taskId: string) {
  return await place.deps.db
    .selectFrom('review_tasks')
    .select(['state', 'assignee'])
    .where('id', '=', taskId)
    .executeTakeFirstOrThrow();
}

async function told(applicationId: string) {
  const { db } = place.deps;
  const actions = await db
    .selectFrom('review_actions')
    .select(['action', 'actor', 'reasons'])
    .where('application_id', '=', applicationId)
    .orderBy('at')
    .orderBy('action', 'desc')
    .execute();
  const audit = await db
    .selectFrom('audit_entries')
    .select('action')
    .where('subject_id', '=', applicationId)
    .where('action', 'like', 'review.%')
    .orderBy('id')
    .execute();
  return { actions, audit: audit.map(({ action }) => action) };
}

const OPEN = { state: 'OPEN', assignee: null };

afterEach(async () => {
  const { db } = place.deps;
  await db.updateTable('desk_people').set({ on_desk: false }).execute();
  await db
    .updateTable('review_tasks')
    .set({ state: 'CANCELLED' })
    .where('state', 'in', ['OPEN', 'CLAIMED'])
    .execute();
});

describe('a claim', () => {
  it('that is idle goes back to the queue with a trace, and one that is worked on stays', async () => {
    const [idle, busy] = [await opened(), await opened()];
    await hold(idle.tasks[0] ?? '', 'li', ago(61));
    await hold(busy.tasks[0] ?? '', 'li', ago(59));
    expect(await sweepDesk(place.deps)).toEqual({ lapsed: 1, assigned: 0 });
    expect(await standing(idle.tasks[0] ?? '')).toEqual(OPEN);
    expect(await standing(busy.tasks[0] ?? '')).toEqual({ state: 'CLAIMED', assignee: 'li' });
    expect(await told(idle.id)).toEqual({
      actions: [{ action: 'LAPSE', actor: 'li', reasons: ['CLAIM_IDLE'] }],
      audit: ['review.lapse'],
    });
  });

  it('of somebody who is away goes back at once', async () => {
    const { id, tasks } = await opened();
    await join('wang');
    await setAway(place.deps.db, 'wang', { from: ago(1), until: new Date(Date.now() + MINUTE) });
    await hold(tasks[0] ?? '', 'wang', ago(2));
    await sweepDesk(place.deps);
    expect(await standing(tasks[0] ?? '')).toEqual(OPEN);
    expect((await told(id)).actions[0]?.reasons).toEqual(['OUT_OF_OFFICE']);
  });

  it('stays while the applicant owes an answer', async () => {
    const { id, tasks } = await opened();
    await hold(tasks[0] ?? '', 'li', ago(600));
    await place.deps.db
      .updateTable('reviews')
      .set({ waiting: true })
      .where('application_id', '=', id)
      .execute();
    expect((await sweepDesk(place.deps)).lapsed).toBe(0);
    expect((await standing(tasks[0] ?? '')).assignee).toBe('li');
  });

  it('whose review somebody works on at this moment is left alone, and the sweep does not wait', async () => {
    const { id, tasks } = await opened();
    await hold(tasks[0] ?? '', 'li', ago(600));
    await place.deps.db.transaction().execute(async (tx) => {
      await lockReview(tx, id, 1);
      expect((await sweepDesk(place.deps)).lapsed).toBe(0);
    });
    expect((await sweepDesk(place.deps)).lapsed).toBe(1);
  });
});

describe('an open task', () => {
  it('goes to who has least to do, and by turns among equals', async () => {
    const reviews = [await opened(), await opened(), await opened(), await opened()];
    await join('chen');
    await join('zhao');
    expect((await sweepDesk(place.deps)).assigned).toBe(4);
    const holders = await Promise.all(reviews.map(({ tasks }) => standing(tasks[0] ?? '')));
    const names = holders
      .map(({ assignee }) => assignee ?? '')
      .toSorted((a, b) => a.localeCompare(b));
    expect(names).toEqual(['chen', 'chen', 'zhao', 'zhao']);
    expect((await told(reviews[0]?.id ?? '')).audit).toEqual(['review.assign']);
  });

  it('is given to nobody above their capacity, and waits', async () => {
    const [first, second] = [await opened(), await opened()];
    await join('full', 1);
    expect((await sweepDesk(place.deps)).assigned).toBe(1);
    expect((await sweepDesk(place.deps)).assigned).toBe(0);
    const states = await Promise.all([first, second].map((one) => standing(one.tasks[0] ?? '')));
    expect(states.filter(({ state }) => state === 'OPEN')).toHaveLength(1);
  });

  it('of a stage with two seats never puts one person on both', async () => {
    const { tasks } = await opened(2);
    await join('alone');
    await sweepDesk(place.deps);
    await sweepDesk(place.deps);
    const states = await Promise.all(tasks.map(standing));
    expect(states.filter(({ assignee }) => assignee === 'alone')).toHaveLength(1);
  });

  it('goes neither to the applicant nor to who declared a tie, nor back to who let it lapse', async () => {
    const { id, applicantId, tasks } = await opened();
    const { db } = place.deps;
    const person = await db
      .selectFrom('applicants')
      .select('identity_index')
      .where('id', '=', applicantId)
      .executeTakeFirstOrThrow();
    await db
      .updateTable('applications')
      .set({ owner_subject: 'self' })
      .where('id', '=', id)
      .execute();
    for (const subject of ['self', 'cousin', 'sleeper']) await join(subject);
    await db.transaction().execute(async (tx) => {
      // The worker reads declarations and writes none; the colleague does.
      await sql`set local role none`.execute(tx);
      const { identity_index: identityIndex } = person;
      const tie = {
        id: randomUUID(),
        subject: 'cousin',
        identityIndex,
        relation: 'RELATIVE',
      } as const;
      await declareConflict(tx, tie);
    });
    await hold(tasks[0] ?? '', 'sleeper', ago(600));
    expect(await sweepDesk(place.deps)).toEqual({ lapsed: 1, assigned: 0 });
    expect(await standing(tasks[0] ?? '')).toEqual(OPEN);
    await join('fresh');
    expect((await sweepDesk(place.deps)).assigned).toBe(1);
    expect((await standing(tasks[0] ?? '')).assignee).toBe('fresh');
  });
});
