/** Pictures of cards and licences and what was read on them, until their clock has run out. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';

export interface PaperDocument {
  readonly applicationId: string;
  readonly kind: string;
  readonly objectKey: string;
  readonly sm3: string;
}

/** An uploaded document by its id, or undefined. */
export async function readPaperDocument(
  db: Queryable,
  documentId: string,
): Promise<PaperDocument | undefined> {
  return await db
    .selectFrom('documents')
    .select(['application_id as applicationId', 'kind', 'object_key as objectKey', 'sm3'])
    .where('id', '=', documentId)
    .executeTakeFirst();
}

/** How many applications of other owners hold the very same picture: the same card lent to several is a sign of fraud. */
export async function countSamePicture(
  db: Queryable,
  { applicationId, sm3 }: { readonly applicationId: string; readonly sm3: string },
): Promise<number> {
  const { rows } = await sql<{ others: number }>`
    select count(distinct d.application_id)::int as others
      from documents d
      join applications a on a.id = d.application_id
      join applications mine on mine.id = ${applicationId}
     where d.sm3 = ${sm3} and d.kind in ('ID_FRONT','ID_BACK','LICENCE')
       and a.owner_subject <> mine.owner_subject`.execute(db);
  return rows[0]?.others ?? 0;
}

export interface NewPaperReading {
  readonly documentId: string;
  readonly applicationId: string;
  readonly outcome: 'READ' | 'UNREADABLE';
  readonly reason: string | null;
  readonly sealedReadings: Buffer | null;
  readonly samePicture: number;
}

/** Keeps the first reading of a picture; another changes nothing. */
export async function storePaperReading(db: Queryable, reading: NewPaperReading): Promise<void> {
  await db
    .insertInto('prefills')
    .values({
      document_id: reading.documentId,
      application_id: reading.applicationId,
      outcome: reading.outcome,
      reason: reading.reason,
      sealed_readings: reading.sealedReadings,
      same_picture: reading.samePicture,
    })
    .onConflict((oc) => oc.column('document_id').doNothing())
    .execute();
}

export interface PaperReading {
  readonly documentId: string;
  readonly outcome: 'READ' | 'UNREADABLE';
  readonly reason: string | null;
  readonly sealedReadings: Buffer | null;
}

/** What was read on one picture, or undefined while nothing was. */
export async function readPaperReading(
  db: Queryable,
  documentId: string,
): Promise<PaperReading | undefined> {
  return await db
    .selectFrom('prefills')
    .select(['document_id as documentId', 'outcome', 'reason', 'sealed_readings as sealedReadings'])
    .where('document_id', '=', documentId)
    .executeTakeFirst();
}

/** The newest picture of a kind of one application on which something was read, or undefined. */
export async function latestPaperReading(
  db: Queryable,
  applicationId: string,
  kind: 'ID_FRONT' | 'ID_BACK' | 'LICENCE',
): Promise<PaperReading | undefined> {
  return await db
    .selectFrom('prefills as p')
    .innerJoin('documents as d', 'd.id', 'p.document_id')
    .select([
      'p.document_id as documentId',
      'p.outcome',
      'p.reason',
      'p.sealed_readings as sealedReadings',
    ])
    .where('p.application_id', '=', applicationId)
    .where('d.kind', '=', kind)
    .where('p.outcome', '=', 'READ')
    .orderBy('d.created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export interface ExpiredPaper {
  readonly id: string;
  readonly objectKey: string;
}

/**
 * Pictures uploaded before a moment that nothing holds any more, oldest first. The newest of each kind of an application
 * whose person was checked stays: it is part of the due diligence and goes with it.
 */
export async function expiredPapers(
  db: Queryable,
  { before, most }: { readonly before: Date; readonly most: number },
): Promise<readonly ExpiredPaper[]> {
  const { rows } = await sql<ExpiredPaper>`
    select d.id, d.object_key as "objectKey" from documents d
     where d.kind in ('ID_FRONT','ID_BACK','LICENCE') and d.created_at < ${before}
       and (not exists (select 1 from verifications v where v.application_id = d.application_id)
            or exists (select 1 from documents n
                where n.application_id = d.application_id and n.kind = d.kind and n.created_at > d.created_at))
     order by d.created_at limit ${most}`.execute(db);
  return rows;
}

/** Takes away the rows of a picture whose object is gone; its readings go with it. */
export async function forgetPaper(tx: Tx, documentId: string): Promise<void> {
  await tx.deleteFrom('prefills').where('document_id', '=', documentId).execute();
  await tx
    .deleteFrom('documents')
    .where('id', '=', documentId)
    .where('kind', 'in', ['ID_FRONT', 'ID_BACK', 'LICENCE'])
    .execute();
}
