/** Credit authorisations: the letter shown, agreed to, withdrawn, and the consent a bureau query is checked against. */
import { sql } from 'kysely';
import type {
  Bureau,
  ConsentAct,
  CreditAuthorisation,
  QueryPurpose,
} from '../../domain/authorisation.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { Queryable, Tx } from '../database.ts';
import type { AuthorisationRow } from '../schema/evidence.ts';

/** What the letter says, as data; without anything personal, because the column is not sealed. */
export interface AuthorisationTerms {
  readonly grantee: { readonly name: string; readonly uscc: string };
  readonly bureaus: readonly Bureau[];
  readonly purposes: readonly QueryPurpose[];
  /** Day in Shanghai that the letter bears; it can be agreed to on that day only. */
  readonly date: string;
  readonly validityDays: number;
  /** What the person ticked; empty until then. */
  readonly acts: readonly ConsentAct[];
}

export interface AuthorisationRecord {
  readonly id: string;
  readonly applicationId: string;
  readonly applicantId: string;
  readonly ownerSubject: string;
  readonly templateVersion: string;
  readonly textSm3: string;
  readonly state: AuthorisationRow['state'];
  readonly terms: AuthorisationTerms;
  readonly agreedAt: Date | null;
  readonly validUntil: Date | null;
  readonly endedAt: Date | null;
  readonly createdAt: Date;
  readonly sealedText: Buffer;
}

const TEXT_COLUMN = 'authorisations.sealed_text';

/** Makes the person of the draft known, so that the authorisation names whose report may be asked for. */
export async function linkApplicant(
  tx: Tx,
  applicationId: string,
  applicantId: string,
): Promise<void> {
  await tx
    .updateTable('applications')
    .set({ applicant_id: applicantId, updated_at: new Date() })
    .where('id', '=', applicationId)
    .where('stage', '=', 'APPLY')
    .execute();
}

export interface ShownAuthorisation {
  readonly id: string;
  readonly applicationId: string;
  readonly applicantId: string;
  readonly templateVersion: string;
  readonly text: string;
  readonly textSm3: string;
  readonly terms: AuthorisationTerms;
}

/** Stores the letter as shown. The same id twice is one letter. */
export async function showAuthorisation(
  tx: Tx,
  cipher: FieldCipher,
  shown: ShownAuthorisation,
): Promise<void> {
  await tx
    .insertInto('authorisations')
    .values({
      id: shown.id,
      application_id: shown.applicationId,
      applicant_id: shown.applicantId,
      template_version: shown.templateVersion,
      text_sm3: shown.textSm3,
      sealed_text: cipher.sealJson(TEXT_COLUMN, shown.id, shown.text),
      terms: JSON.stringify(shown.terms),
      state: 'SHOWN',
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

function selectAuthorisations(db: Queryable) {
  return db
    .selectFrom('authorisations as z')
    .innerJoin('applications as a', 'a.id', 'z.application_id')
    .select([
      'z.id',
      'z.application_id as applicationId',
      'z.applicant_id as applicantId',
      'a.owner_subject as ownerSubject',
      'z.template_version as templateVersion',
      'z.text_sm3 as textSm3',
      'z.state',
      'z.terms',
      'z.agreed_at as agreedAt',
      'z.valid_until as validUntil',
      'z.ended_at as endedAt',
      'z.created_at as createdAt',
      'z.sealed_text as sealedText',
    ]);
}

/** The column holds what this file wrote, checked by the type of `ShownAuthorisation`. */
function withTerms<T extends { readonly terms: unknown }>(
  row: T,
): Omit<T, 'terms'> & { readonly terms: AuthorisationTerms } {
  return { ...row, terms: row.terms as AuthorisationTerms };
}

/** One authorisation with the owner of its application, or undefined. */
export async function readAuthorisation(
  db: Queryable,
  id: string,
): Promise<AuthorisationRecord | undefined> {
  const row = await selectAuthorisations(db).where('z.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : withTerms(row);
}

/** The letter's text as it was shown. */
export function openAuthorisationText(
  cipher: FieldCipher,
  authorisation: Pick<AuthorisationRecord, 'id' | 'sealedText'>,
): string {
  return cipher.openJson(TEXT_COLUMN, authorisation.id, authorisation.sealedText, String);
}

export interface AgreedAuthorisation {
  readonly id: string;
  readonly agreedBy: string;
  readonly agreedAt: Date;
  readonly validUntil: Date;
  readonly acts: readonly ConsentAct[];
}

/** Records the agreement; an earlier agreed letter of the application gives way to this one. False when not shown any more. */
export async function agreeAuthorisation(tx: Tx, agreed: AgreedAuthorisation): Promise<boolean> {
  await sql`
    update authorisations set state = 'EXPIRED', ended_at = ${agreed.agreedAt}
     where state = 'AGREED' and id <> ${agreed.id}
       and application_id = (select application_id from authorisations where id = ${agreed.id} and state = 'SHOWN')`.execute(
    tx,
  );
  const { rows } = await sql<{ id: string }>`
    update authorisations
       set state = 'AGREED', agreed_at = ${agreed.agreedAt}, agreed_by = ${agreed.agreedBy}, valid_until = ${agreed.validUntil},
           terms = jsonb_set(terms, '{acts}', ${JSON.stringify(agreed.acts)}::jsonb)
     where id = ${agreed.id} and state = 'SHOWN'
    returning id`.execute(tx);
  return rows.length === 1;
}

/** Ends an authorisation by its giver's wish. False when it had ended already. */
export async function withdrawAuthorisation(tx: Queryable, id: string, at: Date): Promise<boolean> {
  const row = await tx
    .updateTable('authorisations')
    .set({ state: 'WITHDRAWN', ended_at: at })
    .where('id', '=', id)
    .where('state', 'in', ['SHOWN', 'AGREED'])
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends every letter of an application that still stands, because it does not name the person it is about any more. */
export async function expireAuthorisations(
  tx: Queryable,
  applicationId: string,
  at: Date,
): Promise<void> {
  await tx
    .updateTable('authorisations')
    .set({ state: 'EXPIRED', ended_at: at })
    .where('application_id', '=', applicationId)
    .where('state', 'in', ['SHOWN', 'AGREED'])
    .execute();
}

/**
 * The consent under which a report may be queried, in the form `mayQuery` of domain/authorisation.ts judges; null when
 * nobody has agreed or the agreement has ended.
 */
export async function readAgreedAuthorisation(
  db: Queryable,
  applicationId: string,
): Promise<CreditAuthorisation | null> {
  const row = await selectAuthorisations(db)
    .where('z.application_id', '=', applicationId)
    .where('z.state', '=', 'AGREED')
    .executeTakeFirst();
  return row === undefined ? null : consentOf(withTerms(row));
}

/**
 * The letter that was last agreed to, standing or ended: post-loan management of a running loan rests on it and outlives
 * its withdrawal (domain/authorisation.ts). Null when nobody ever agreed.
 */
export async function readLoanAuthorisation(
  db: Queryable,
  applicationId: string,
): Promise<CreditAuthorisation | null> {
  const row = await selectAuthorisations(db)
    .where('z.application_id', '=', applicationId)
    .where('z.agreed_at', 'is not', null)
    .orderBy('z.agreed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : consentOf(withTerms(row));
}

/** The letter as the rule of queries judges it; null when it was never agreed to. */
function consentOf(row: AuthorisationRecord): CreditAuthorisation | null {
  if (row.agreedAt === null || row.validUntil === null) return null;
  return {
    authorisationId: row.id,
    templateVersion: Number(row.templateVersion),
    textHash: row.textSm3,
    subjectId: row.applicantId,
    grantee: row.terms.grantee,
    bureaus: row.terms.bureaus,
    purposes: row.terms.purposes,
    acts: row.terms.acts,
    grantedAt: row.agreedAt.toISOString(),
    validUntil: row.validUntil.toISOString(),
    withdrawnAt: row.state === 'WITHDRAWN' ? (row.endedAt?.toISOString() ?? null) : null,
  };
}
