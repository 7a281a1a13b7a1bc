/** Reads and writes of data keys: whose an application's are, adding one, wrapping them anew, destroying a person's. */
import { sql } from 'kysely';
import type { NewDataKey, StoredDataKey } from '../../platform/crypto/data-keys.ts';
import type { KeyHolder } from '../../platform/crypto/vault.ts';
import type { Queryable, Tx } from '../database.ts';
import { emptyClear } from './sealed-rows.ts';

interface HolderRow {
  readonly application: string;
  readonly own: string;
  readonly sealing: string;
  readonly id: string | null;
  readonly subject_id: string | null;
  readonly generation: number;
  readonly kek_id: string;
  readonly wrapped: Buffer | null;
  readonly created_at: Date;
}

function keyOf(row: Omit<HolderRow, 'application' | 'own' | 'sealing'>): readonly StoredDataKey[] {
  const { id, subject_id: subjectId, generation, wrapped } = row;
  if (id === null || subjectId === null) return [];
  return [{ id, subjectId, generation, wrapped, kekId: row.kek_id, createdAt: row.created_at }];
}

/**
 * The keys of applications, by application: those of its draft and those of its person. The draft's seal until it is
 * submitted, because until then it may turn out to be another person's.
 */
export async function keysOfApplications(
  db: Queryable,
  applicationIds: readonly string[],
): Promise<ReadonlyMap<string, KeyHolder>> {
  const { rows } = await sql<HolderRow>`
    select a.id as application, a.key_subject_id as own,
           case when a.stage = 'APPLY' then a.key_subject_id
                else coalesce(p.key_subject_id, a.key_subject_id) end as sealing,
           k.id, k.subject_id, k.generation, k.kek_id, k.wrapped, k.created_at
      from applications a
      left join applicants p on p.id = a.applicant_id
      left join data_keys k on k.subject_id in (a.key_subject_id, p.key_subject_id)
     where a.id = any(${applicationIds}::uuid[])`.execute(db);
  const holders = new Map<string, KeyHolder>();
  for (const row of rows) {
    const { application, own, sealing } = row;
    const keys = holders.get(application)?.keys ?? [];
    holders.set(application, { own, sealing, keys: [...keys, ...keyOf(row)] });
  }
  return holders;
}

/** Every key a subject ever had. */
export async function keysOfSubject(
  db: Queryable,
  subjectId: string,
): Promise<readonly StoredDataKey[]> {
  const rows = await db
    .selectFrom('data_keys')
    .select(['id', 'subject_id', 'generation', 'kek_id', 'wrapped', 'created_at'])
    .where('subject_id', '=', subjectId)
    .execute();
  return rows.flatMap(keyOf);
}

/** Keys by their own ids, in no order; without those that do not exist. */
export async function keysByIds(
  db: Queryable,
  ids: readonly string[],
): Promise<readonly StoredDataKey[]> {
  const { rows } = await sql<Omit<HolderRow, 'application' | 'own' | 'sealing'>>`
    select id, subject_id, generation, kek_id, wrapped, created_at
      from data_keys where id = any(${ids}::uuid[])`.execute(db);
  return rows.flatMap(keyOf);
}

/** Adds keys; a subject that has one of that generation keeps it. */
export async function addDataKeys(db: Queryable, keys: readonly NewDataKey[]): Promise<void> {
  await db
    .insertInto('data_keys')
    .values(
      keys.map((key) => ({
        id: key.id,
        subject_id: key.subjectId,
        generation: key.generation,
        kek_id: key.kekId,
        wrapped: key.wrapped,
      })),
    )
    .onConflict((oc) => oc.columns(['subject_id', 'generation']).doNothing())
    .execute();
}

/** The vault's view of this file. */
export const KEY_STORE = {
  ofApplications: keysOfApplications,
  ofSubject: keysOfSubject,
  byIds: keysByIds,
  add: addDataKeys,
} as const;

export interface WrappedRow {
  readonly id: string;
  readonly subjectId: string;
  readonly kekId: string;
  readonly wrapped: Buffer;
}

/** Live keys that another key-encryption key than `kekId` wrapped, by id, from behind `after`. */
export async function keysWrappedByOthers(
  db: Queryable,
  from: { readonly kekId: string; readonly after: string | null; readonly most: number },
): Promise<readonly WrappedRow[]> {
  const { rows } = await sql<WrappedRow>`
    select id, subject_id as "subjectId", kek_id as "kekId", wrapped
      from data_keys
     where kek_id <> ${from.kekId} and wrapped is not null
       and (${from.after}::uuid is null or id > ${from.after}::uuid)
     order by id limit ${from.most}`.execute(db);
  return rows;
}

export interface Rewrapped {
  readonly id: string;
  /** The wrapped key that was read; a row that holds another one meanwhile stays as it is. */
  readonly before: Buffer;
  readonly kekId: string;
  readonly wrapped: Buffer;
}

/** Puts re-wrapped keys in place of the former ones, all in one statement. Gives how many were. */
export async function replaceWrapped(db: Queryable, keys: readonly Rewrapped[]): Promise<number> {
  const { numAffectedRows } = await sql`
    update data_keys k set wrapped = v.wrapped, kek_id = v.kek_id
      from unnest(${keys.map((key) => key.id)}::uuid[], ${keys.map((key) => key.before)}::bytea[],
                  ${keys.map((key) => key.wrapped)}::bytea[], ${keys.map((key) => key.kekId)}::text[])
        as v(id, before, wrapped, kek_id)
     where k.id = v.id and k.wrapped = v.before`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Destroys every data key of a person and of the applications that are theirs: what was sealed under them opens never
 * again, and what no rotation has sealed yet is emptied. The rows stay, as the proof. Gives how many keys were destroyed;
 * a second time none.
 */
export async function destroyPersonKeys(tx: Tx, applicantId: string, at: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    update data_keys set wrapped = null, destroyed_at = ${at}
     where wrapped is not null and subject_id in (
       select key_subject_id from applicants where id = ${applicantId}
       union all
       select key_subject_id from applications where applicant_id = ${applicantId})`.execute(tx);
  await emptyClear(tx, applicantId);
  return Number(numAffectedRows ?? 0n);
}

/** The same for one application: what was sealed while it was a draft, or all of it when its person is not known. */
export async function destroyDraftKeys(tx: Tx, applicationId: string, at: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    update data_keys set wrapped = null, destroyed_at = ${at}
     where wrapped is not null
       and subject_id = (select key_subject_id from applications where id = ${applicationId})`.execute(
    tx,
  );
  return Number(numAffectedRows ?? 0n);
}
