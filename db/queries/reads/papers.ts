/** Offers and contracts as they are shown, each with the owner of its application. */
import type { Queryable } from '../../database.ts';

function selectOffers(db: Queryable) {
  return db
    .selectFrom('offers as o')
    .innerJoin('applications as a', 'a.id', 'o.application_id')
    .selectAll('o')
    .select('a.owner_subject');
}

/** One offer, or undefined. */
export async function readOffer(db: Queryable, id: string) {
  return await selectOffers(db).where('o.id', '=', id).executeTakeFirst();
}

/** The newest offer of an application, or undefined. */
export async function readOfferOf(db: Queryable, applicationId: string) {
  return await selectOffers(db)
    .where('o.application_id', '=', applicationId)
    .orderBy('o.round', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** One contract with where its PDF lies, or undefined. */
export async function readContract(db: Queryable, id: string) {
  return await db
    .selectFrom('contracts as c')
    .innerJoin('applications as a', 'a.id', 'c.application_id')
    .innerJoin('documents as d', 'd.id', 'c.document_id')
    .selectAll('c')
    .select(['a.owner_subject', 'd.object_key', 'd.media_type'])
    .where('c.id', '=', id)
    .executeTakeFirst();
}

/** Who signed a contract and when, what a third party says about the time, and whether the recording is complete. */
export async function readContractProof(db: Queryable, contractId: string) {
  const signatures = await db
    .selectFrom('signatures')
    .select(['party', 'at'])
    .where('contract_id', '=', contractId)
    .orderBy('at')
    .execute();
  const timestamps = await db
    .selectFrom('timestamps')
    .select(['moment', 'generated_at'])
    .where('contract_id', '=', contractId)
    .orderBy('generated_at')
    .execute();
  const recording = await db
    .selectFrom('recordings')
    .select('id')
    .where('contract_id', '=', contractId)
    .where('state', 'in', ['COMPLETE', 'PASSED'])
    .executeTakeFirst();
  return { signatures, timestamps, recordingComplete: recording !== undefined };
}

/** Where the sealed form of a contract lies, or undefined while there is none. */
export async function sealedPaperOf(
  db: Queryable,
  contractId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('contracts as c')
    .innerJoin('documents as d', 'd.id', 'c.final_document_id')
    .select('d.object_key as objectKey')
    .where('c.id', '=', contractId)
    .executeTakeFirst();
  return row?.objectKey;
}
