/** Rotation of keys: nothing stops working, nothing is forgotten, and what was stopped goes on where it was. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resealApplications, resealHouse } from '../../../activities/keys/reseal.ts';
import { beginRotation, rewrapKeys } from '../../../activities/keys/rewrap.ts';
import { type Db, openDatabase, type Queryable } from '../../../db/database.ts';
import { migrateToLatest } from '../../../db/migrator.ts';
import { recordDocument } from '../../../db/queries/apply.ts';
import { recordNotice } from '../../../db/queries/idempotency.ts';
import { destroyPersonKeys } from '../../../db/queries/keys.ts';
import {
  columnOf,
  PERSON_PLACES,
  replaceSealed,
  sealedRowsOf,
} from '../../../db/queries/sealed-rows.ts';
import { createFieldCipher } from '../../../platform/crypto/field-cipher.ts';
import { sealKeyId } from '../../../platform/crypto/seal.ts';
import type { Vault } from '../../../platform/crypto/vault.ts';
import { createFileObjectStore, type ObjectStore } from '../../../platform/object-store.ts';
import { openTestDatabase, type TestDatabase } from '../../ports/postgres.ts';
import { createTestKeyService, type TestKeyService } from '../../support/key-service.ts';
import {
  FORMER,
  INDEX_KEY,
  namePerson,
  newDraft,
  readName,
  saveName,
  standAt,
  vaultOver,
} from './people.ts';

let server: TestDatabase;
/** A schema of its own for each test, because a rotation goes over everything that is there. */
let database: { readonly db: Db };
let schema = '';
let keyService: TestKeyService;
let vault: Vault<Queryable>;
let objects: ObjectStore;
let dir = '';
beforeEach(async () => {
  schema = `rotation_${randomUUID().slice(0, 8)}`;
  database = { db: openDatabase({ ...server.options, schema }, () => {}) };
  await migrateToLatest(database.db, schema);
  keyService = createTestKeyService();
  vault = vaultOver(keyService);
  objects = createFileObjectStore(join(dir, randomUUID()), FORMER);
}, 60_000);
afterEach(async () => {
  await sql`drop schema ${sql.ref(schema)} cascade`.execute(database.db);
  await database.db.destroy();
});
beforeAll(async () => {
  server = await openTestDatabase();
  dir = mkdtempSync(join(tmpdir(), 'xindai-rotation-'));
}, 60_000);
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

const deps = () => ({ db: database.db, vault, keyService, objects });

/** An application past its submission, with a page from before and one from after it, and a picture. */
async function person(name: string) {
  const id = await newDraft(database.db);
  await saveName(database.db, vault, id, `${name}旧`);
  const applicantId = await namePerson(database.db, vault, id, randomUUID());
  const objectKey = `applications/${id}/face/${randomUUID()}.jpg`;
  const put = await objects.put(objectKey, Buffer.from(name), await vault.of(database.db, id));
  await recordDocument(database.db, {
    id: randomUUID(),
    applicationId: id,
    kind: 'FACE',
    objectKey,
    sm3: put.sm3,
    sizeBytes: put.size,
    mediaType: 'image/jpeg',
  });
  await standAt(database.db, id, 'VERIFY');
  await saveName(database.db, vault, id, name);
  return { id, applicantId, objectKey, name };
}

async function people(count: number) {
  const made = [];
  for (let n = 0; n < count; n += 1) made.push(await person(`人${n}`));
  return made;
}

async function rotateAll() {
  const { before } = await beginRotation(deps());
  const done = { applications: 0, values: 0, objects: 0 };
  let after: string | null = null;
  do {
    const batch = await resealApplications(deps(), { before, after });
    done.applications += batch.applications;
    done.values += batch.values;
    done.objects += batch.objects;
    after = batch.next;
  } while (after !== null);
  return { before, ...done };
}

async function pageKeys(): Promise<Set<string>> {
  const rows = await database.db.selectFrom('application_pages').select('sealed').execute();
  return new Set(rows.map(({ sealed }) => sealKeyId(sealed)));
}

describe('a new key-encryption key', () => {
  it('wraps every live data key in the end, and what they sealed opens all the while', async () => {
    const [one, two, gone] = await people(3);
    if (one === undefined || two === undefined || gone === undefined) throw new Error('nobody');
    await database.db
      .transaction()
      .execute((tx) => destroyPersonKeys(tx, gone.applicantId, new Date()));
    keyService.turn();
    expect(await readName(database.db, vaultOver(keyService), one.id)).toBe('人0');
    const first = await rewrapKeys(deps(), { after: null });
    expect(first.keys).toBe(4);
    expect(await rewrapKeys(deps(), { after: first.next })).toEqual({ keys: 0, next: null });
    expect(await rewrapKeys(deps(), { after: null })).toEqual({ keys: 0, next: null });
    const rows = await database.db.selectFrom('data_keys').select(['kek_id', 'wrapped']).execute();
    const live = rows.filter(({ wrapped }) => wrapped !== null);
    expect(new Set(live.map((row) => row.kek_id))).toEqual(new Set(['kek-2']));
    expect(rows.length - live.length).toBe(2);
    expect(await readName(database.db, vaultOver(keyService), two.id)).toBe('人1');
  });

  it('leaves a key alone that was destroyed between reading and writing', async () => {
    const [one] = await people(1);
    if (one === undefined) throw new Error('nobody');
    keyService.turn();
    const slow = {
      ...keyService,
      rewrap: async (keys: Parameters<TestKeyService['rewrap']>[0]) => {
        await database.db
          .transaction()
          .execute((tx) => destroyPersonKeys(tx, one.applicantId, new Date()));
        return await keyService.rewrap(keys);
      },
    };
    const { keys } = await rewrapKeys({ ...deps(), keyService: slow }, { after: null });
    expect(keys).toBe(0);
    await expect(vault.of(database.db, one.id)).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
  });
});

describe('new data keys', () => {
  it('seal every value and object anew, while ciphers from before still seal and open', async () => {
    const made = await people(5);
    const [first] = made;
    if (first === undefined) throw new Error('nobody');
    const held = await vault.of(database.db, first.id);
    const before = await pageKeys();
    const done = await rotateAll();
    expect(done).toMatchObject({ applications: 5, values: 10, objects: 5 });
    const after = await pageKeys();
    expect(after.size).toBe(5);
    expect([...after].filter((id) => before.has(id))).toEqual([]);
    for (const { id, name, objectKey } of made) {
      expect(await readName(database.db, vault, id)).toBe(name);
      const cipher = await vault.of(database.db, id);
      expect((await objects.get(objectKey, cipher)).toString()).toBe(name);
    }
    const late = held.sealJson('t.c', 'row', '晚');
    const fresh = await vaultOver(keyService).of(database.db, first.id);
    expect(fresh.openJson('t.c', 'row', late, String)).toBe('晚');
  });

  it('are made once: the same batch again, as after a crash, finds everything done', async () => {
    await people(3);
    const { before } = await rotateAll();
    const keys = await pageKeys();
    const again = await resealApplications(deps(), { before, after: null });
    expect(again).toEqual({ applications: 3, values: 0, objects: 0, next: null });
    expect(await pageKeys()).toEqual(keys);
  });

  it('go on behind the cursor, batch after batch, over more applications than one batch takes', async () => {
    for (let n = 0; n < 130; n += 1) {
      await saveName(database.db, vault, await newDraft(database.db), `人${n}`);
    }
    const { before } = await beginRotation(deps());
    const first = await resealApplications(deps(), { before, after: null });
    expect(first).toMatchObject({ applications: 100, values: 100 });
    // Another process takes over, with nothing but the cursor.
    vault = vaultOver(keyService);
    const second = await resealApplications(deps(), { before, after: first.next });
    expect(second).toEqual({ applications: 30, values: 30, objects: 0, next: null });
  });

  it('pass by a value that changed under their hands', async () => {
    const { id } = await person('甲');
    const [place] = PERSON_PLACES;
    if (place === undefined) throw new Error('no place');
    const [row] = await sealedRowsOf(database.db, place, [id]);
    if (row === undefined) throw new Error('no row');
    const newer = (await vault.of(database.db, id)).sealJson(columnOf(place), row.rowId, '新');
    await database.db.updateTable('application_pages').set({ sealed: newer }).execute();
    const change = { tid: row.tid, before: row.sealed, after: Buffer.from('stale') };
    expect(await replaceSealed(database.db, place, [change])).toBe(0);
    const rows = await database.db.selectFrom('application_pages').select('sealed').execute();
    expect(rows.map(({ sealed }) => sealed)).toEqual([newer, newer]);
  });

  it('pass by whom is erased', async () => {
    const [gone, busy] = await people(2);
    if (gone === undefined || busy === undefined) throw new Error('nobody');
    await database.db
      .transaction()
      .execute((tx) => destroyPersonKeys(tx, gone.applicantId, new Date()));
    const { before } = await beginRotation(deps());
    const done = await resealApplications(deps(), { before, after: null });
    expect(done).toMatchObject({ applications: 1, values: 2 });
    expect(await readName(database.db, vault, busy.id)).toBe('人1');
  });

  it('take over what was sealed under the former keyring, of persons and of the house', async () => {
    const id = await newDraft(database.db);
    const former = createFieldCipher(FORMER, INDEX_KEY);
    const place = 'application_pages.sealed';
    const sealed = former.sealJson(place, `${id}/1`, { name: '旧' });
    const page = { application_id: id, page: 1, revision: 1, sealed };
    await database.db.insertInto('application_pages').values(page).execute();
    for (let n = 0; n < 3; n += 1) {
      const notice = { noticeId: `n${n}`, kind: 'PAYOUT_SETTLED', workflowId: null, body: { n } };
      await recordNotice(database.db, former, notice);
    }
    await rotateAll();
    expect((await pageKeys()).has('fields-1')).toBe(false);
    const { before } = await beginRotation(deps());
    let cursor: Awaited<ReturnType<typeof resealHouse>>['cursor'] = null;
    let values = 0;
    do {
      const batch: Awaited<ReturnType<typeof resealHouse>> = await resealHouse(deps(), {
        before,
        cursor,
      });
      values += batch.values;
      cursor = batch.cursor;
    } while (cursor !== null);
    expect(values).toBe(3);
    const house = await vault.ofHouse(database.db);
    const rows = await database.db.selectFrom('bank_notices').selectAll().execute();
    for (const row of rows) {
      expect(sealKeyId(row.sealed_body)).toBe(house.sealingKeyId);
      const body = house.openJson(
        'bank_notices.sealed_body',
        row.notice_id,
        row.sealed_body,
        (v) => v,
      );
      expect(body).toEqual({ n: Number(row.notice_id.slice(1)) });
    }
  });

  it('seal the certificate that an older house kept in clear', async () => {
    const { id } = await person('甲');
    const chain = '-----BEGIN CERTIFICATE-----';
    const place = PERSON_PLACES.find(({ table }) => table === 'certificates');
    if (place === undefined) throw new Error('no place');
    // The contract and what it rests on do not matter here; its row does.
    const contractId = randomUUID();
    await database.db.connection().execute(async (db) => {
      await sql`set session_replication_role = replica`.execute(db);
      await sql`insert into contracts (id, application_id, offer_id, number, document_id, sm3, state)
        values (${contractId}, ${id}, ${randomUUID()}, 'N', ${randomUUID()}, 'x', 'SIGNED')`.execute(
        db,
      );
      await sql`set session_replication_role = origin`.execute(db);
    });
    await database.db
      .insertInto('certificates')
      .values({
        contract_id: contractId,
        serial: '1',
        sealed_chain: Buffer.from(chain),
        state: 'ISSUED',
      })
      .execute();
    await rotateAll();
    const row = await database.db
      .selectFrom('certificates')
      .select('sealed_chain')
      .executeTakeFirstOrThrow();
    expect(row.sealed_chain.includes(chain)).toBe(false);
    const cipher = await vault.of(database.db, id);
    expect(cipher.openBytes(columnOf(place), contractId, row.sealed_chain).toString()).toBe(chain);
  });

  it('seal a review comment anew, of which nothing else may change', async () => {
    const { id } = await person('甲');
    const cipher = await vault.of(database.db, id);
    const taskId = randomUUID();
    const task = {
      id: taskId,
      application_id: id,
      round: 1,
      level: 1,
      roles: ['reviewer'],
      evidence_version: 1,
    };
    await database.db
      .insertInto('review_tasks')
      .values({ ...task, state: 'OPEN', sla_due_at: new Date() })
      .execute();
    const column = 'review_actions.sealed_comment';
    const actionId = randomUUID();
    await database.db
      .insertInto('review_actions')
      .values({
        id: actionId,
        task_id: taskId,
        application_id: id,
        round: 1,
        actor: 'li',
        actor_role: 'reviewer',
        action: 'CLAIM',
        reasons: [],
        sealed_comment: cipher.sealJson(column, 'act-1', { text: '好' }),
        evidence_version: 1,
        cause: 'act-1',
      })
      .execute();
    await rotateAll();
    const row = await database.db
      .selectFrom('review_actions')
      .select('sealed_comment')
      .where('id', '=', actionId)
      .executeTakeFirstOrThrow();
    const sealed = row.sealed_comment ?? Buffer.alloc(0);
    const fresh = await vault.of(database.db, id);
    expect(sealKeyId(sealed)).toBe(fresh.sealingKeyId);
    expect(fresh.openJson(column, 'act-1', sealed, (v) => v)).toEqual({ text: '好' });
    const forge = database.db
      .updateTable('review_actions')
      .set({ actor: 'someone' })
      .where('id', '=', actionId)
      .execute();
    await expect(forge).rejects.toThrow(/append-only/);
  });
});
