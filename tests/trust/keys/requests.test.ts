/** What a reviewer asks for in words of their own: sealed like all that is a person's, also where it once stood in clear. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resealApplications } from '../../../activities/keys/reseal.ts';
import { beginRotation } from '../../../activities/keys/rewrap.ts';
import { openItems } from '../../../api/requested-items.ts';
import { up } from '../../../db/migrations/0024-sealed-requests.ts';
import { destroyPersonKeys } from '../../../db/queries/keys.ts';
import { readRequestedItems } from '../../../db/queries/reads/reviews.ts';
import { isSealed } from '../../../platform/crypto/seal.ts';
import type { Vault } from '../../../platform/crypto/vault.ts';
import type { Queryable } from '../../../db/database.ts';
import { createFileObjectStore } from '../../../platform/object-store.ts';
import { openTestDatabase, type TestDatabase } from '../../ports/postgres.ts';
import { createTestKeyService } from '../../support/key-service.ts';
import { FORMER, namePerson, newDraft, saveName, vaultOver } from './people.ts';

const ITEMS = [{ code: 'PAYSLIP', text: '请张三补充工资流水' }];
const COLUMN = 'information_requests.sealed_items';

let database: TestDatabase;
let vault: Vault<Queryable>;
beforeAll(async () => {
  database = await openTestDatabase();

  vault = vaultOver(createTestKeyService());
}, 60_000);
afterAll(async () => await database.close());

/** A person's application with a review task, of which something can be asked. */
async function reviewed() {
  const { db } = database;
  const id = await newDraft(db);
  await saveName(db, vault, id, '张三');
  const applicantId = await namePerson(db, vault, id, randomUUID());
  const taskId = randomUUID();
  await db
    .insertInto('review_tasks')
    .values({
      id: taskId,
      application_id: id,
      round: 1,
      level: 1,
      roles: ['reviewer'],
      evidence_version: 1,
      state: 'OPEN',
      sla_due_at: new Date(),
    })
    .execute();
  return { id, applicantId, taskId };
}

/** Puts a request where it stood before the column was sealed, and migrates. */
async function askedInClear() {
  const { db } = database;
  const of = await reviewed();
  const requestId = randomUUID();
  await db.transaction().execute(async (tx) => {
    // What other tests of this file asked stays out of the way while the column is the former one.
    await sql`create temporary table others on commit drop as select * from information_requests`.execute(
      tx,
    );
    await sql`delete from information_requests`.execute(tx);
    await sql`alter table information_requests rename column sealed_items to items`.execute(tx);
    await sql`alter table information_requests alter column items type jsonb using '[]'::jsonb`.execute(
      tx,
    );
    await sql`insert into information_requests (id, application_id, task_id, items, requested_by, state)
      values (${requestId}, ${of.id}, ${of.taskId}, ${JSON.stringify(ITEMS)}, 'li', 'OPEN')`.execute(
      tx,
    );
    await up(tx);
    await sql`insert into information_requests select * from others`.execute(tx);
  });
  return { ...of, requestId };
}

const stored = (requestId: string) => readRequestedItems(database.db, requestId);

describe('a request that an older house kept in clear', () => {
  it('is read as before after the migration, and sealed for its row by the next rotation', async () => {
    const { id, requestId } = await askedInClear();
    expect(isSealed(await stored(requestId))).toBe(false);
    const before = await vault.of(database.db, id);
    expect(openItems(before, requestId, await stored(requestId))).toEqual(ITEMS);
    const objects = createFileObjectStore('/nowhere', FORMER);
    const rotation = await beginRotation({ db: database.db });
    await resealApplications(
      { db: database.db, vault, objects },
      { before: rotation.before, after: null },
    );
    const sealed = await stored(requestId);
    expect(sealed.includes('张三')).toBe(false);
    const cipher = await vault.of(database.db, id);
    expect(openItems(cipher, requestId, sealed)).toEqual(ITEMS);
    expect(() => openItems(cipher, randomUUID(), sealed)).toThrow(/seal/i);
  });

  it('is emptied when its person is erased before any rotation came, and only theirs', async () => {
    const gone = await askedInClear();
    const other = await askedInClear();
    await database.db
      .transaction()
      .execute((tx) => destroyPersonKeys(tx, gone.applicantId, new Date()));
    expect(await stored(gone.requestId)).toHaveLength(0);
    expect((await stored(other.requestId)).includes('张三')).toBe(true);
  });
});

describe('a request that was sealed', () => {
  it('stays as it is when its person is erased, and opens never again', async () => {
    const { id, applicantId, taskId } = await reviewed();
    const requestId = randomUUID();
    const sealed = (await vault.of(database.db, id)).sealJson(COLUMN, requestId, ITEMS);
    await database.db
      .insertInto('information_requests')
      .values({
        id: requestId,
        application_id: id,
        task_id: taskId,
        sealed_items: sealed,
        requested_by: 'li',
        state: 'OPEN',
      })
      .execute();
    const held = await vault.of(database.db, id);
    expect(openItems(held, requestId, sealed)).toEqual(ITEMS);
    await database.db.transaction().execute((tx) => destroyPersonKeys(tx, applicantId, new Date()));
    expect((await stored(requestId)).equals(sealed)).toBe(true);
    await expect(vault.of(database.db, id)).rejects.toThrow(/erased/);
  });
});
