/** Reads and writes of the apply chapter: drafts, their pages, the device trail and uploaded documents. */
import { sql } from 'kysely';
import type {
  ApplicantKind,
  IdentityPage,
  LoanPage,
  PersonApplication,
  WorkPage,
} from '../../domain/apply.ts';
import type { DeviceTrail } from '../../domain/device-trail.ts';
import type { Stage } from '../../domain/journey.ts';
import type { Fen } from '../../domain/money.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { Queryable, Tx } from '../database.ts';
import type { DocumentRow, PinnedVersions } from '../schema/apply.ts';
import type { EvidenceChangeRow } from '../schema/desk.ts';

export type PageNumber = 1 | 2 | 3;
export type PageContent = IdentityPage | WorkPage | LoanPage;

const PAGE_COLUMN = 'application_pages.sealed';
const TRAIL_COLUMN = 'device_trails.sealed';
const pageRow = (applicationId: string, page: PageNumber): string => `${applicationId}/${page}`;

export interface NewDraft {
  readonly id: string;
  readonly ownerSubject: string;
  readonly externalId: string | null;
  readonly applicantKind: ApplicantKind;
}

/** Starts a draft. A second draft with the owner's same external id is not made: null. */
export async function createDraft(
  tx: Tx,
  draft: NewDraft,
): Promise<{ readonly id: string } | null> {
  const row = await tx
    .insertInto('applications')
    .values({
      id: draft.id,
      owner_subject: draft.ownerSubject,
      external_id: draft.externalId,
      applicant_kind: draft.applicantKind,
      stage: 'APPLY',
    })
    .onConflict((oc) =>
      oc.columns(['owner_subject', 'external_id']).where('external_id', 'is not', null).doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  return row ?? null;
}

/** Finds the applicant by the blind index of the identity number, or makes one. */
export async function upsertApplicant(
  tx: Tx,
  applicant: { readonly id: string; readonly kind: ApplicantKind; readonly identityIndex: Buffer },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into applicants (id, kind, identity_index) values (${applicant.id}, ${applicant.kind}, ${applicant.identityIndex})
    on conflict (kind, identity_index) do update set kind = excluded.kind
    returning id`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('upsert of an applicant gave no row');
  return row.id;
}

export interface SavedPage {
  readonly applicationId: string;
  readonly page: PageNumber;
  readonly content: PageContent;
}

/**
 * Saves a page as a new revision and lets the evidence version grow, so that nothing decided on the old page passes
 * for a decision on the new one. Gives the new evidence version.
 */
export async function savePage(tx: Tx, cipher: FieldCipher, saved: SavedPage): Promise<number> {
  const { applicationId, page } = saved;
  const sealed = cipher.sealJson(PAGE_COLUMN, pageRow(applicationId, page), saved.content);
  await sql`
    insert into application_pages (application_id, page, revision, sealed)
    select ${applicationId}, ${page}, coalesce(max(revision), 0) + 1, ${sealed}
      from application_pages where application_id = ${applicationId} and page = ${page}`.execute(
    tx,
  );
  return await growEvidence(tx, applicationId, 'FORM');
}

/**
 * Lets the evidence version grow by one. After the submission it is kept what changed, so that somebody who decides on
 * older evidence can be told.
 */
export async function growEvidence(
  tx: Tx,
  applicationId: string,
  what: EvidenceChangeRow['what'],
): Promise<number> {
  const { rows } = await sql<{ evidence_version: number }>`
    with grown as (
      update applications set evidence_version = evidence_version + 1, updated_at = now()
       where id = ${applicationId} returning id, evidence_version, stage
    ), kept as (
      insert into evidence_changes (application_id, version, what)
      select id, evidence_version, ${what} from grown where stage <> 'APPLY'
    )
    select evidence_version from grown`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('no such application');
  return row.evidence_version;
}

/** What is kept of a trail: the trail, or the note that the person did not agree to one. */
type StoredTrail = DeviceTrail | { readonly refused: true };

const REFUSED: StoredTrail = { refused: true };

/**
 * Stores what is known of the device while it is a draft, in place of what was known before; null notes that the person
 * did not agree, and keeps nothing of a device.
 */
export async function saveDeviceTrail(
  tx: Tx,
  cipher: FieldCipher,
  applicationId: string,
  trail: DeviceTrail | null,
): Promise<void> {
  const sealed = cipher.sealJson(TRAIL_COLUMN, applicationId, trail ?? REFUSED);
  await tx
    .insertInto('device_trails')
    .values({ application_id: applicationId, sealed })
    .onConflict((oc) => oc.column('application_id').doUpdateSet({ sealed }))
    .execute();
}

/** The trail of a stored row; null where there is none or the person did not agree. */
function openTrail(
  cipher: FieldCipher,
  applicationId: string,
  sealed: Buffer | undefined,
): { readonly device: DeviceTrail | null; readonly trailRefused: boolean } {
  // The seal proves that we wrote the value, and the API parsed the trail before it was sealed.
  const stored = openSealed(cipher, TRAIL_COLUMN, applicationId, sealed) as StoredTrail | null;
  if (stored === null) return { device: null, trailRefused: false };
  if ('refused' in stored) return { device: null, trailRefused: true };
  return { device: stored, trailRefused: false };
}

/** The device trail of an application, or null. */
export async function loadDeviceTrail(
  db: Queryable,
  cipher: FieldCipher,
  applicationId: string,
): Promise<DeviceTrail | null> {
  const row = await db
    .selectFrom('device_trails')
    .select('sealed')
    .where('application_id', '=', applicationId)
    .executeTakeFirst();
  return openTrail(cipher, applicationId, row?.sealed).device;
}

/** The form as far as it is filled in. */
export interface PartialForm {
  readonly identity: IdentityPage | null;
  readonly work: WorkPage | null;
  readonly loan: LoanPage | null;
  readonly device: DeviceTrail | null;
  readonly trailRefused: boolean;
}

/** Opens a sealed column that may be absent. */
function openSealed(
  cipher: FieldCipher,
  column: string,
  rowId: string,
  sealed: Buffer | undefined,
): unknown {
  return sealed === undefined ? null : cipher.openJson(column, rowId, sealed, (value) => value);
}

/** Opens the newest revision of every page. */
export async function loadPartialForm(
  db: Queryable,
  cipher: FieldCipher,
  applicationId: string,
): Promise<PartialForm> {
  const { rows } = await sql<{ page: number; sealed: Buffer }>`
    (select distinct on (page) page, sealed from application_pages
      where application_id = ${applicationId} order by page, revision desc)
    union all
    select 0, sealed from device_trails where application_id = ${applicationId}`.execute(db);
  const sealedOf = (page: number) => rows.find((row) => row.page === page)?.sealed;
  const page = (number: PageNumber) =>
    openSealed(cipher, PAGE_COLUMN, pageRow(applicationId, number), sealedOf(number));
  // The seal proves that we wrote the values, and the API parsed each page before it was sealed.
  return {
    identity: page(1) as IdentityPage | null,
    work: page(2) as WorkPage | null,
    loan: page(3) as LoanPage | null,
    ...openTrail(cipher, applicationId, sealedOf(0)),
  };
}

/** The complete form, or null while a page is missing. */
export async function loadForm(
  db: Queryable,
  cipher: FieldCipher,
  applicationId: string,
): Promise<PersonApplication | null> {
  const form = await loadPartialForm(db, cipher, applicationId);
  const { identity, work, loan } = form;
  if (identity === null || work === null || loan === null) return null;
  return { ...form, kind: 'PERSON', identity, work, loan };
}

export interface ApplicationRecord {
  readonly id: string;
  readonly external_id: string | null;
  readonly owner_subject: string;
  readonly applicant_kind: ApplicantKind;
  readonly applicant_id: string | null;
  readonly product_code: string | null;
  readonly stage: Stage;
  readonly version: number;
  readonly evidence_version: number;
  readonly round: number;
  readonly amount_fen: Fen | null;
  readonly term_months: number | null;
  readonly pinned: PinnedVersions | null;
  readonly pending: string | null;
  readonly end_reason: string | null;
  readonly submitted_at: Date | null;
  readonly ended_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

function selectApplications(db: Queryable) {
  return db
    .selectFrom('applications')
    .select([
      'id',
      'external_id',
      'owner_subject',
      'applicant_kind',
      'applicant_id',
      'product_code',
      'stage',
      'version',
      'evidence_version',
      'round',
      'amount_fen',
      'term_months',
      'pinned',
      'pending',
      'end_reason',
      'submitted_at',
      'ended_at',
      'created_at',
      'updated_at',
    ]);
}

/** One application by its id, or undefined. Whoever shows it checks the owner first. */
export async function readApplication(
  db: Queryable,
  id: string,
): Promise<ApplicationRecord | undefined> {
  return await selectApplications(db).where('id', '=', id).executeTakeFirst();
}

/** The same, locked for the rest of the transaction, so that nothing is recorded beside a move that is under way. */
export async function lockApplication(tx: Tx, id: string): Promise<ApplicationRecord | undefined> {
  return await selectApplications(tx).where('id', '=', id).forUpdate().executeTakeFirst();
}

export interface NewDocument {
  readonly id: string;
  readonly applicationId: string;
  readonly kind: DocumentRow['kind'];
  readonly objectKey: string;
  readonly sm3: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
  /** The template it was drawn from, `CODE@version`. */
  readonly template?: string;
}

/** Records a document whose bytes already lie in the object store. The same id twice is one document. */
export async function recordDocument(tx: Queryable, document: NewDocument): Promise<void> {
  await tx
    .insertInto('documents')
    .values({
      id: document.id,
      application_id: document.applicationId,
      kind: document.kind,
      object_key: document.objectKey,
      sm3: document.sm3,
      size_bytes: document.sizeBytes,
      media_type: document.mediaType,
      template: document.template ?? null,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

/** The newest document of a kind, or undefined. */
export async function latestDocument(
  db: Queryable,
  applicationId: string,
  kind: NewDocument['kind'],
): Promise<{ readonly id: string; readonly object_key: string; readonly sm3: string } | undefined> {
  return await db
    .selectFrom('documents')
    .select(['id', 'object_key', 'sm3'])
    .where('application_id', '=', applicationId)
    .where('kind', '=', kind)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}
