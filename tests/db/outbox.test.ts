/** The outbox delivers at least once: nothing owed is lost, nothing is taken by two, and giving up has a name. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import { markDelivered, oweNotice, putOff, takeDue } from '../../db/queries/outbox.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { application } from './rows.ts';

let opened: TestDatabase;
let db: Db;
let applicationId: string;

beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
  applicationId = await application(db);
});
afterAll(() => opened.close());
beforeEach(async () => {
  await db.deleteFrom('outbox').execute();
});

async function owe(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await oweNotice(db, 'test', applicationId, { n: String(n) });
}

/** Lets the given time pass for everything that waits. */
async function pass(seconds: number): Promise<void> {
  await sql`update outbox set next_at = next_at - make_interval(secs => ${seconds})`.execute(db);
}

const ids = (items: readonly { readonly id: string }[]) => items.map((item) => item.id);

describe('taking', () => {
  it('gives each due item to one of several takers, and none waits for another', async () => {
    await owe(30);
    await db.transaction().execute(async (tx) => {
      const first = await takeDue(tx, 10, 60);
      // The first taker has not finished: its rows are locked, and these are others.
      const others = (await Promise.all([1, 2].map(() => takeDue(db, 10, 60)))).flat();
      expect(new Set([...ids(first), ...ids(others)]).size).toBe(30);
    });
    expect(await takeDue(db, 50, 60)).toEqual([]);
  });

  it('gives an item again once the lease of a taker that died is over, and counts the attempts', async () => {
    await owe(1);
    const [first] = await takeDue(db, 10, 60);
    expect(first).toMatchObject({ topic: 'test', applicationId, payload: { n: '0' }, attempts: 1 });
    await pass(59);
    expect(await takeDue(db, 10, 60)).toEqual([]);
    await pass(1);
    expect(await takeDue(db, 10, 60)).toMatchObject([{ id: first?.id, attempts: 2 }]);
  });

  it('takes the longest due first and no more than it is asked to', async () => {
    await owe(3);
    await sql`update outbox set next_at = now() - interval '1 hour' where payload ->> 'n' = '2'`.execute(
      db,
    );
    expect(await takeDue(db, 1, 60)).toMatchObject([{ payload: { n: '2' } }]);
  });
});

describe('settling', () => {
  it('never gives a delivered item again', async () => {
    await owe(2);
    const taken = await takeDue(db, 10, 60);
    await markDelivered(db, ids(taken).slice(0, 1));
    await pass(3_600);
    expect(ids(await takeDue(db, 10, 60))).toEqual(ids(taken).slice(1));
  });

  it('puts a failed item off for as long as it is told, with its code', async () => {
    await owe(1);
    const [item] = await takeDue(db, 10, 60);
    if (item === undefined) throw new Error('nothing was due');
    await putOff(db, item.id, { code: 'sms.BUSY', delaySeconds: 120, giveUp: false });
    await pass(119);
    expect(await takeDue(db, 10, 60)).toEqual([]);
    await pass(1);
    expect(ids(await takeDue(db, 10, 60))).toEqual([item.id]);
  });

  it('gives an item up under its code, and leaves it to be seen', async () => {
    await owe(1);
    const [item] = await takeDue(db, 10, 60);
    if (item === undefined) throw new Error('nothing was due');
    await putOff(db, item.id, { code: 'sms.REJECTED', delaySeconds: 0, giveUp: true });
    await pass(3_600);
    expect(await takeDue(db, 10, 60)).toEqual([]);
    const row = await db
      .selectFrom('outbox')
      .select(['state', 'failure_code'])
      .where('id', '=', item.id)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ state: 'FAILED', failure_code: 'sms.REJECTED' });
  });
});
