/** Evidence bundles: requests, what of a loan goes into one, and the revocation list kept at signing. */
import { sql } from 'kysely';
import type { EvidenceAudience } from '../../domain/evidence.ts';
import type { Queryable, Tx } from '../database.ts';

export interface NewEvidenceBundle {
  readonly id: string;
  readonly applicationId: string;
  readonly contractId: string;
  readonly audience: EvidenceAudience;
  readonly requestedBy: string;
  readonly requestedRole: string;
  readonly requestedAt: Date;
}

/** Keeps a request for a bundle; the same id twice is one request. Says whether it is new. */
export async function keepEvidenceBundle(
  tx: Queryable,
  asked: NewEvidenceBundle,
): Promise<boolean> {
  const row = await tx
    .insertInto('evidence_bundles')
    .values({
      id: asked.id,
      application_id: asked.applicationId,
      contract_id: asked.contractId,
      audience: asked.audience,
      requested_by: asked.requestedBy,
      requested_role: asked.requestedRole,
      requested_at: asked.requestedAt,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** One bundle with the owner of its application and where it lies, or undefined. */
export async function readEvidenceBundle(db: Queryable, id: string) {
  return await db
    .selectFrom('evidence_bundles as b')
    .innerJoin('applications as a', 'a.id', 'b.application_id')
    .leftJoin('documents as d', 'd.id', 'b.document_id')
    .selectAll('b')
    .select(['a.owner_subject', 'd.object_key', 'd.sm3', 'd.size_bytes'])
    .where('b.id', '=', id)
    .executeTakeFirst();
}

/** Marks a bundle as built; false when it was before. */
export async function markEvidenceBuilt(
  tx: Tx,
  id: string,
  documentId: string,
  at: Date,
): Promise<boolean> {
  const row = await tx
    .updateTable('evidence_bundles')
    .set({ state: 'READY', document_id: documentId, built_at: at })
    .where('id', '=', id)
    .where('state', '=', 'BUILDING')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Waits until no other session builds this bundle. The lock is the session's and of no transaction: a long transaction
 * would hold up the audit chain, and a process that dies lets go of it.
 */
export async function takeBundle(session: Queryable, id: string): Promise<void> {
  await sql`select pg_advisory_lock(hashtextextended('evidence:' || ${id}, 0))`.execute(session);
}

/** Lets go of what `takeBundle` took, on the same session. */
export async function releaseBundle(session: Queryable, id: string): Promise<void> {
  await sql`select pg_advisory_unlock(hashtextextended('evidence:' || ${id}, 0))`.execute(session);
}

/** Keeps the revocation list as it was at signing; the first stands. */
export async function keepRevocationList(
  db: Queryable,
  contractId: string,
  list: Buffer,
): Promise<void> {
  await db
    .insertInto('revocation_lists')
    .values({ contract_id: contractId, list })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** The signed contract of a bundle with its offer, or undefined. */
export async function readSignedContract(db: Queryable, contractId: string) {
  return await db
    .selectFrom('contracts as c')
    .innerJoin('documents as d', 'd.id', 'c.document_id')
    .innerJoin('offers as o', 'o.id', 'c.offer_id')
    .innerJoin('applications as a', 'a.id', 'c.application_id')
    .leftJoin('revocation_lists as l', 'l.contract_id', 'c.id')
    .select(['c.id', 'c.number', 'c.sm3', 'c.state', 'c.signed_at', 'c.application_id'])
    .select(['d.object_key', 'o.schedule as offer', 'a.pinned', 'a.owner_subject'])
    .select('l.list as revocation_list')
    .where('c.id', '=', contractId)
    .executeTakeFirst();
}

/** Every signature of a contract in the order in which they were made, and its time stamps. */
export async function readSealing(db: Queryable, contractId: string) {
  const signatures = await db
    .selectFrom('signatures')
    .select(['party', 'public_key', 'digest_sm3', 'signature', 'signed_by', 'at'])
    .where('contract_id', '=', contractId)
    .orderBy('at')
    .orderBy('party')
    .execute();
  const timestamps = await db
    .selectFrom('timestamps')
    .select(['moment', 'imprint_sm3', 'reply'])
    .where('contract_id', '=', contractId)
    .execute();
  return { signatures, timestamps };
}

/** The certificate of everybody who signed a contract, with those above it, sealed. */
export async function readChains(db: Queryable, contractId: string) {
  return await db
    .selectFrom('certificates')
    .select(['party', 'sealed_chain'])
    .where('contract_id', '=', contractId)
    .execute();
}

/** What the person consented to: letters with their sealed texts, and the ledger. */
export async function readConsentRecords(db: Queryable, applicationId: string) {
  const authorisations = await db
    .selectFrom('authorisations')
    .select(['id', 'template_version', 'state', 'text_sm3', 'terms', 'sealed_text'])
    .select(['agreed_at', 'valid_until'])
    .where('application_id', '=', applicationId)
    .where('agreed_at', 'is not', null)
    .orderBy('agreed_at')
    .execute();
  const ledger = await db
    .selectFrom('consent_entries')
    .select(['authorisation_id', 'purpose', 'act', 'text_sm3', 'at'])
    .where('application_id', '=', applicationId)
    .orderBy('id')
    .execute();
  return { authorisations, ledger };
}

/** Every decision of an application, by round. */
export async function readDecisions(db: Queryable, applicationId: string) {
  return await db
    .selectFrom('decisions')
    .select(['round', 'outcome', 'record_sm3', 'input_sm3', 'at'])
    .where('application_id', '=', applicationId)
    .orderBy('round')
    .execute();
}

/** Other papers of the application that are PDF files: schedules, letters and forms that were handed out. */
export async function readOtherPapers(db: Queryable, applicationId: string) {
  return await db
    .selectFrom('documents')
    .select(['id', 'kind', 'object_key'])
    .where('application_id', '=', applicationId)
    .where('media_type', '=', 'application/pdf')
    .where('kind', 'not in', ['CONTRACT', 'DATA_EXPORT', 'EVIDENCE'])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Closed recordings of a contract with their signed manifests. */
export async function readSealedRecordings(db: Queryable, contractId: string) {
  return await db
    .selectFrom('recordings')
    .select(['id', 'state', 'manifest', 'manifest_signature', 'manifest_token'])
    .where('contract_id', '=', contractId)
    .where('state', 'in', ['COMPLETE', 'PASSED', 'REJECTED'])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Where in the audit chain the entries about one loan lie: its application and every record that belongs to it. */
export async function linksOfLoan(
  db: Queryable,
  applicationId: string,
  upToPosition: number,
): Promise<readonly { readonly position: number; readonly actor: string }[]> {
  const { rows } = await sql<{ position: number; actor: string }>`
    with mine(id) as (
      select ${applicationId}::text
      union select id::text from contracts where application_id = ${applicationId}
      union select id::text from offers where application_id = ${applicationId}
      union select id::text from authorisations where application_id = ${applicationId}
      union select id::text from decisions where application_id = ${applicationId}
      union select id::text from recordings where application_id = ${applicationId}
      union select id::text from payouts where application_id = ${applicationId}
      union select id::text from loans where application_id = ${applicationId}
      union select id::text from review_tasks where application_id = ${applicationId}
    )
    select c.position, e.actor
    from audit_entries e join audit_chain c on c.entry_id = e.id
    where e.subject_id in (select id from mine) and c.position <= ${upToPosition}
    order by c.position`.execute(db);
  return rows;
}

/** The value of the chain at a position, or undefined. */
export async function chainValueAt(db: Queryable, position: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('audit_chain')
    .select('value_sm3')
    .where('position', '=', position)
    .executeTakeFirst();
  return row?.value_sm3;
}

/** What the person did around the signing, from the audit trail, in order. */
export async function signingActs(
  db: Queryable,
  applicationId: string,
  contractId: string,
  subject: string,
) {
  return await db
    .selectFrom('audit_entries')
    .select(['id', 'at', 'action', 'origin', 'request_id', 'detail'])
    .where('actor', '=', subject)
    .where('subject_kind', 'in', ['application', 'contract', 'offer'])
    .where('subject_id', 'in', [applicationId, contractId])
    .where('result', '=', 'DONE')
    .orderBy('id')
    .execute();
}
