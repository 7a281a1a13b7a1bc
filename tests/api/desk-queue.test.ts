/** The queue of the review desk: narrowed by what lies on a task, sorted both ways, and paged without gaps. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { underReview } from './story.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let reviewer: string;
const tasks: { readonly id: string; readonly taskId: string }[] = [];

/** Seven tasks that differ in amount, grade, due date and age. */
const FACTS = [
  { amount: 3_000_00, grade: 'A', due: 5 },
  { amount: 9_000_00, grade: 'C', due: 1 },
  { amount: 9_000_00, grade: 'B', due: 4 },
  { amount: 1_000_00, grade: 'E', due: 3 },
  { amount: 7_000_00, grade: 'C', due: 2 },
  { amount: 5_000_00, grade: 'D', due: 7 },
  { amount: 9_000_00, grade: 'C', due: 6 },
] as const;

beforeAll(async () => {
  world = await openWorld();
  const owner = await world.token('owner-1', ['integrator']);
  reviewer = await world.token('li', ['reviewer']);
  for (const [n, { amount, grade, due }] of FACTS.entries()) {
    const made = await underReview(world, owner);
    tasks.push(made);
    // What the table filled in from the application is set here to what this test sorts by.
    await sql`update review_tasks set amount_fen = ${amount}, grade = ${grade},
      sla_due_at = ${new Date(world.clock.now.getTime() + (due - 3) * 86_400_000)},
      created_at = ${new Date(Date.UTC(2026, 9, 20 - n))} where id = ${made.taskId}`.execute(
      world.db,
    );
  }
}, 120_000);
afterAll(async () => await world.close());

interface Item {
  readonly id: string;
  readonly amountFen: number;
  readonly grade: string;
  readonly slaDueAt: string;
  readonly createdAt: string;
}

async function pages(query: string, limit: number): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor = '';
  do {
    const path = `/v1/reviews?limit=${limit}&${query}${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const { status, body, text } = await world.call('GET', path, { token: reviewer });
    expect(status, text).toBe(200);
    items.push(...(body['items'] as Item[]));
    cursor = typeof body['next'] === 'string' ? body['next'] : '';
  } while (cursor !== '');
  return items;
}

describe('the queue', () => {
  it.each([
    ['sort=SLA', (one: Item) => one.slaDueAt, 1],
    ['sort=AGE&order=desc', (one: Item) => one.createdAt, -1],
    ['sort=AMOUNT&order=desc', (one: Item) => one.amountFen, -1],
    ['sort=GRADE', (one: Item) => one.grade, 1],
  ] as const)(
    'by %s comes page by page in order, with nothing twice and nothing left out',
    async (query, by, sign) => {
      const all = await pages(query, 2);
      expect(new Set(all.map(({ id }) => id)).size).toBe(FACTS.length);
      const keys = all.map((one): string | number => by(one));
      const sorted = keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0) * sign);
      expect(keys).toEqual(sorted);
    },
  );

  it('is narrowed by grade, amount, product, due date and holder', async () => {
    const count = async (query: string) => (await pages(query, 50)).length;
    expect(await count('grade=C')).toBe(3);
    expect(await count('amountFrom=500000&amountTo=700000')).toBe(2);
    expect(await count('grade=C&amountFrom=900000')).toBe(2);
    expect(await count('overdue=true')).toBe(2);
    expect(await count('product=PERSONAL_CREDIT')).toBe(FACTS.length);
    expect(await count('product=NO_SUCH')).toBe(0);
    expect(await count('kind=COLLECTION')).toBe(0);
    await world.db
      .updateTable('review_tasks')
      .set({ state: 'CLAIMED', assignee: 'li', active_at: new Date() })
      .where('id', '=', tasks[0]?.taskId ?? '')
      .execute();
    expect(await count('assignee=me')).toBe(1);
    expect(await count('assignee=nobody')).toBe(FACTS.length - 1);
  });

  it('is narrowed by what the application waits for', async () => {
    await world.db
      .updateTable('applications')
      .set({ pending: 'SECOND_REVIEW' })
      .where('id', '=', tasks[3]?.id ?? '')
      .execute();
    const waiting = await pages('pending=SECOND_REVIEW', 50);
    expect(waiting.map(({ id }) => id)).toEqual([tasks[3]?.taskId]);
  });

  it('refuses a cursor of another order, and one that somebody made up', async () => {
    const first = await world.call('GET', '/v1/reviews?limit=2&sort=AMOUNT', { token: reviewer });
    const cursor = String(first.body['next']);
    const made = Buffer.from(
      JSON.stringify({ sort: 'AMOUNT', descending: false, key: "1'; --", id: tasks[0]?.taskId }),
    ).toString('base64url');
    for (const path of [`sort=SLA&cursor=${cursor}`, `sort=AMOUNT&cursor=${made}`]) {
      const refused = await world.call('GET', `/v1/reviews?${path}`, { token: reviewer });
      expect([refused.status, refused.body['code']]).toEqual([400, 'CURSOR_INVALID']);
    }
  });

  it('has the product, amount and grade of its application on every task that is opened', async () => {
    const owner = await world.token('owner-1', ['integrator']);
    const { taskId } = await underReview(world, owner);
    const row = await world.db
      .selectFrom('review_tasks')
      .select(['product_code', 'amount_fen', 'grade'])
      .where('id', '=', taskId)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ product_code: 'PERSONAL_CREDIT', amount_fen: 50_000_00, grade: 'C' });
  });
});
