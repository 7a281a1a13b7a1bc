/** Every person's data are sealed under keys of their own: bound to them, asked for each time, and gone once destroyed. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listApplications } from '../../../db/queries/reads/applications.ts';
import { readTimeline } from '../../../db/queries/journey.ts';
import { destroyDraftKeys, destroyPersonKeys } from '../../../db/queries/keys.ts';
import { createFieldCipher } from '../../../platform/crypto/field-cipher.ts';
import { sealKeyId } from '../../../platform/crypto/seal.ts';
import { HOUSE_SUBJECT, type Vault } from '../../../platform/crypto/vault.ts';
import type { Queryable } from '../../../db/database.ts';
import { erasePerson } from '../../../activities/keys/erase.ts';
import { NO_CACHE } from '../../../platform/cache.ts';
import { openTestDatabase, type TestDatabase } from '../../ports/postgres.ts';
import { createTestKeyService, type TestKeyService } from '../../support/key-service.ts';
import {
  FORMER,
  INDEX_KEY,
  namePerson,
  newDraft,
  PAGE_COLUMN,
  readName,
  saveName,
  standAt,
  vaultOver,
} from './people.ts';

let database: TestDatabase;
let keyService: TestKeyService;
let vault: Vault<Queryable>;
beforeAll(async () => {
  database = await openTestDatabase();
}, 60_000);
afterAll(async () => {
  await database.close();
});
beforeEach(() => {
  keyService = createTestKeyService();
  vault = vaultOver(keyService);
});

const same = (value: unknown): unknown => value;

async function keysOf(applicationId: string) {
  return await database.db
    .selectFrom('data_keys as k')
    .innerJoin('applications as a', 'a.key_subject_id', 'k.subject_id')
    .select(['k.id', 'k.generation', 'k.wrapped', 'k.destroyed_at'])
    .where('a.id', '=', applicationId)
    .orderBy('k.generation')
    .execute();
}

describe('a draft', () => {
  it('has a key of its own, which its sealed values name', async () => {
    const [one, two] = [await newDraft(database.db), await newDraft(database.db)];
    await saveName(database.db, vault, one, '甲');
    await saveName(database.db, vault, two, '乙');
    const pages = await database.db
      .selectFrom('application_pages')
      .select(['application_id', 'sealed'])
      .where('application_id', 'in', [one, two])
      .execute();
    for (const page of pages) {
      const [key] = await keysOf(page.application_id);
      expect(sealKeyId(page.sealed)).toBe(key?.id);
    }
    expect(new Set(pages.map(({ sealed }) => sealKeyId(sealed))).size).toBe(2);
    expect(await readName(database.db, vault, one)).toBe('甲');
  });

  it('whose first values come at once from four processes has one key, and all of them open', async () => {
    const id = await newDraft(database.db);
    const vaults = [1, 2, 3, 4].map(() => vaultOver(keyService));
    const ciphers = await Promise.all(vaults.map((one) => one.of(database.db, id)));
    expect(await keysOf(id)).toHaveLength(1);
    const sealed = ciphers.map((cipher, at) => cipher.sealJson('t.c', 'row', at));
    const opened = sealed.map((value, at) => ciphers[3 - at]?.openJson('t.c', 'row', value, same));
    expect(opened).toEqual([0, 1, 2, 3]);
  });

  it('that turns out to be another person stays readable for whom it is', async () => {
    const id = await newDraft(database.db);
    await saveName(database.db, vault, id, '甲');
    const first = await namePerson(database.db, vault, id, randomUUID());
    await saveName(database.db, vault, id, '乙');
    const second = await namePerson(database.db, vault, id, randomUUID());
    expect(second).not.toBe(first);
    expect(await readName(database.db, vault, id)).toBe('乙');
    await database.db.transaction().execute((tx) => destroyPersonKeys(tx, first, new Date()));
    expect(await readName(database.db, vault, id)).toBe('乙');
  });
});

describe('a person', () => {
  it('has one key for all applications, which opens what was sealed for another of theirs', async () => {
    const idNumber = randomUUID();
    const [one, two] = [await newDraft(database.db), await newDraft(database.db)];
    for (const id of [one, two]) {
      await saveName(database.db, vault, id, '甲');
      await namePerson(database.db, vault, id, idNumber);
      await standAt(database.db, id, 'VERIFY');
    }
    const report = (await vault.of(database.db, one)).sealJson('bureau_reports.x', 'no', '报告');
    const opener = await vault.of(database.db, two);
    expect(opener.openJson('bureau_reports.x', 'no', report, same)).toBe('报告');
    expect(await readName(database.db, vault, two)).toBe('甲');
    const stranger = await vault.of(database.db, await newDraft(database.db));
    const stolen = (): unknown => stranger.openJson('bureau_reports.x', 'no', report, same);
    expect(stolen).toThrow(expect.objectContaining({ code: 'KEY_UNKNOWN' }));
  });

  it('is part of what a value is bound to: a key that is moved to another person opens nothing', async () => {
    const [one, two] = [await newDraft(database.db), await newDraft(database.db)];
    await saveName(database.db, vault, one, '甲');
    await vault.of(database.db, two);
    const [own] = await keysOf(one);
    await database.db
      .updateTable('data_keys')
      .set({ wrapped: own?.wrapped ?? null })
      .where('subject_id', '=', (eb) =>
        eb.selectFrom('applications').select('key_subject_id').where('id', '=', two),
      )
      .execute();
    await expect(vaultOver(keyService).of(database.db, two)).rejects.toMatchObject({
      code: 'SEAL_BROKEN',
    });
  });
});

describe('what was sealed before persons had keys', () => {
  it('opens still', async () => {
    const id = await newDraft(database.db);
    const before = createFieldCipher(FORMER, INDEX_KEY);
    const sealed = before.sealJson(PAGE_COLUMN, `${id}/1`, { name: '旧' });
    const page = { application_id: id, page: 1, revision: 1, sealed };
    await database.db.insertInto('application_pages').values(page).execute();
    expect(await readName(database.db, vault, id)).toBe('旧');
    expect(vault.blindIndex('mobile', '1')).toEqual(before.blindIndex('mobile', '1'));
  });
});

describe('erasure', () => {
  async function erased() {
    const idNumber = randomUUID();
    const id = await newDraft(database.db);
    await saveName(database.db, vault, id, '甲');
    const applicantId = await namePerson(database.db, vault, id, idNumber);
    await standAt(database.db, id, 'VERIFY');
    await saveName(database.db, vault, id, '甲二');
    await standAt(database.db, id, 'DECLINED');
    const held = await vault.of(database.db, id);
    const two = { proposedBy: 'wu', approvedBy: 'zheng' };
    const done = await erasePerson(
      { ...database, vault, cache: NO_CACHE },
      { applicantId, ...two },
    );
    return { id, idNumber, applicantId, held, done };
  }

  it('destroys every key of the person at once, in every process, for good', async () => {
    const { id, done } = await erased();
    expect(done).toEqual({ ok: true, keys: 2 });
    for (const process of [vault, vaultOver(keyService)]) {
      await expect(process.of(database.db, id)).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
    }
    const rows = await keysOf(id);
    expect(rows.map(({ wrapped }) => wrapped)).toEqual([null]);
    const revive = database.db
      .updateTable('data_keys')
      .set({ wrapped: Buffer.alloc(8), destroyed_at: null })
      .where('id', '=', rows[0]?.id ?? '')
      .execute();
    await expect(revive).rejects.toThrow(/stay as they are/);
    const forget = database.db
      .deleteFrom('data_keys')
      .where('id', '=', rows[0]?.id ?? '')
      .execute();
    await expect(forget).rejects.toThrow(/stay as they are/);
  });

  it('leaves lists, the timeline and the audit trail as they were', async () => {
    const { id, applicantId } = await erased();
    const filter = { owner: 'owner', externalId: undefined };
    const listed = await listApplications(database.db, filter, null, 100);
    expect(listed.map((row) => row.id)).toContain(id);
    expect(await readTimeline(database.db, id)).toEqual([]);
    const audit = await database.db
      .selectFrom('audit_entries')
      .select(['action', 'actor', 'detail'])
      .where('subject_id', '=', applicantId)
      .execute();
    expect(audit).toEqual([
      { action: 'keys.erase', actor: 'zheng', detail: { keys: 2, proposedBy: 'wu' } },
    ]);
  });

  it('lets the same person come again under a new key, and opens nothing of before', async () => {
    const { id, idNumber } = await erased();
    const again = await newDraft(database.db);
    await saveName(database.db, vault, again, '甲三');
    await namePerson(database.db, vault, again, idNumber);
    await standAt(database.db, again, 'VERIFY');
    await saveName(database.db, vault, again, '甲四');
    expect(await readName(database.db, vault, again)).toBe('甲四');
    const old = await database.db
      .selectFrom('application_pages')
      .select('sealed')
      .where('application_id', '=', id)
      .orderBy('revision', 'desc')
      .executeTakeFirstOrThrow();
    const cipher = await vault.of(database.db, again);
    expect(() => cipher.openJson(PAGE_COLUMN, `${id}/1`, old.sealed, same)).toThrow(
      expect.objectContaining({ code: 'SUBJECT_ERASED' }),
    );
  });

  it('needs two people, and no application under way', async () => {
    const id = await newDraft(database.db);
    await saveName(database.db, vault, id, '甲');
    const applicantId = await namePerson(database.db, vault, id, randomUUID());
    const alone = { applicantId, proposedBy: 'wu', approvedBy: 'wu' };
    const deps = { ...database, vault, cache: NO_CACHE };
    expect(await erasePerson(deps, alone)).toEqual({ ok: false, code: 'SAME_PERSON' });
    const two = { ...alone, approvedBy: 'zheng' };
    expect(await erasePerson(deps, two)).toEqual({ ok: false, code: 'OPEN_BUSINESS' });
    expect(await readName(database.db, vault, id)).toBe('甲');
  });

  it('of a draft alone ends the draft, not the person', async () => {
    const id = await newDraft(database.db);
    await saveName(database.db, vault, id, '甲');
    await database.db.transaction().execute((tx) => destroyDraftKeys(tx, id, new Date()));
    await expect(readName(database.db, vault, id)).rejects.toMatchObject({
      code: 'SUBJECT_ERASED',
    });
  });
});

describe('keys in memory', () => {
  it('are unwrapped once for many values, and are zeros after the vault was closed', async () => {
    let unwrapped = 0;
    const counting = vaultOver({
      ...keyService,
      unwrap: (keys) => {
        unwrapped += keys.length;
        return keyService.unwrap(keys);
      },
    });
    const id = await newDraft(database.db);
    for (let n = 0; n < 5; n += 1) await counting.of(database.db, id);
    expect(unwrapped).toBe(1);
    const cipher = await counting.of(database.db, id);
    counting.close();
    expect(() => cipher.sealJson('t.c', 'row', 1)).toThrow(
      expect.objectContaining({ code: 'KEY_UNKNOWN' }),
    );
  });

  it('of the house are not those of a person', async () => {
    const house = await vault.ofHouse(database.db);
    const sealed = house.sealJson('bank_notices.sealed_body', 'n', { amount: 1 });
    const person = await vault.of(database.db, await newDraft(database.db));
    expect(() => person.openJson('bank_notices.sealed_body', 'n', sealed, same)).toThrow(
      expect.objectContaining({ code: 'KEY_UNKNOWN' }),
    );
    const rows = await database.db
      .selectFrom('data_keys')
      .select('id')
      .where('subject_id', '=', HOUSE_SUBJECT)
      .execute();
    expect(rows).toHaveLength(1);
  });
});
