/** Applications with sealed values of every kind, made quickly, for tests and measurements of keys. */
import { randomUUID } from 'node:crypto';
import type { Db, Queryable } from '../../../db/database.ts';
import { savePage, upsertApplicant } from '../../../db/queries/apply.ts';
import { KEY_STORE } from '../../../db/queries/keys.ts';
import { linkApplicant } from '../../../db/queries/verify.ts';
import type { IdentityPage } from '../../../domain/apply.ts';
import { createVault, type Vault } from '../../../platform/crypto/vault.ts';
import { application } from '../../domain/samples.ts';
import type { KeyService } from '../../../platform/key-service/port.ts';

export const FORMER = {
  activeKeyId: 'fields-1',
  keys: new Map([['fields-1', Buffer.alloc(32, 3)]]),
};
export const INDEX_KEY = Buffer.alloc(32, 4);

export function vaultOver(keyService: KeyService): Vault<Queryable> {
  return createVault({ keyService, store: KEY_STORE, former: FORMER, indexKey: INDEX_KEY });
}

/** A draft that nobody is named in yet. */
export async function newDraft(db: Db): Promise<string> {
  const id = randomUUID();
  const draft = { id, owner_subject: 'owner', applicant_kind: 'PERSON', stage: 'APPLY' } as const;
  await db.insertInto('applications').values(draft).execute();
  return id;
}

export const PAGE_COLUMN = 'application_pages.sealed';
/** A page of a form; the tests look at its name alone. */
const pageOf = (name: string): IdentityPage => ({ ...application().identity, name });

/** Saves page 1 with the cipher the API would use. */
export async function saveName(
  db: Db,
  vault: Vault<Queryable>,
  applicationId: string,
  name: string,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const cipher = await vault.of(tx, applicationId);
    await savePage(tx, cipher, { applicationId, page: 1, content: pageOf(name) });
  });
}

/** The name on the newest page 1, opened with the application's cipher. */
export async function readName(
  db: Db,
  vault: Vault<Queryable>,
  applicationId: string,
): Promise<string> {
  const cipher = await vault.of(db, applicationId);
  const row = await db
    .selectFrom('application_pages')
    .select('sealed')
    .where('application_id', '=', applicationId)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return cipher.openJson(PAGE_COLUMN, `${applicationId}/1`, row.sealed, (value) =>
    String(Object(value)['name']),
  );
}

/** Names the person of a draft. Gives the applicant. */
export async function namePerson(
  db: Db,
  vault: Vault<Queryable>,
  applicationId: string,
  idNumber: string,
): Promise<string> {
  return await db.transaction().execute(async (tx) => {
    const identityIndex = vault.blindIndex('id_number', idNumber);
    const found = await upsertApplicant(tx, { id: randomUUID(), kind: 'PERSON', identityIndex });
    await linkApplicant(tx, applicationId, found);
    return found;
  });
}

/** Lets the application be at a stage, as if the story had carried it there. */
export async function standAt(db: Db, id: string, stage: 'VERIFY' | 'DECLINED'): Promise<void> {
  const ended = stage === 'DECLINED' ? { ended_at: new Date() } : {};
  await db
    .updateTable('applications')
    .set({ stage, ...ended })
    .where('id', '=', id)
    .execute();
}
