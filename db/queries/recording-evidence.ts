/** What becomes of dual recordings beside their recording: staff sit in, machines and people look, manifests are sealed. */
import { sql } from 'kysely';
import type { RecordingKind, RecordingState } from '../../domain/recording.ts';
import type { Queryable, Tx } from '../database.ts';
import type { RecordingQc, RecordingReviewRow } from '../schema/recordings.ts';

/** Enters who of the staff sits in; false when somebody does or the session is closed. */
export async function attendRecording(
  tx: Tx,
  id: string,
  by: { readonly subject: string; readonly sealedAttendant: Buffer; readonly at: Date },
): Promise<boolean> {
  const row = await tx
    .updateTable('recordings')
    .set({
      attended_by: by.subject,
      attended_at: by.at,
      sealed_attendant: by.sealedAttendant,
    })
    .where('id', '=', id)
    .where('state', '=', 'OPEN')
    .where('attended_by', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The recordings of a contract that may serve its signing. */
export async function recordingsOf(
  db: Queryable,
  contractId: string,
): Promise<
  readonly { readonly id: string; readonly kind: RecordingKind; readonly state: RecordingState }[]
> {
  return await db
    .selectFrom('recordings')
    .select(['id', 'kind', 'state'])
    .where('contract_id', '=', contractId)
    .where('state', 'in', ['COMPLETE', 'PASSED'])
    .execute();
}

/** Sessions with staff that wait for a look, oldest first. */
export async function recordingsToReview(db: Queryable, most: number) {
  return await db
    .selectFrom('recordings')
    .select(['id', 'application_id', 'attended_by', 'completed_at', 'qc'])
    .where('state', '=', 'COMPLETE')
    .where('kind', '=', 'ATTENDED')
    .where('manifest', 'is not', null)
    .orderBy('completed_at')
    .limit(most)
    .execute();
}

/** The look of a person at a recording, or undefined. */
export async function readRecordingReview(db: Queryable, recordingId: string) {
  return await db
    .selectFrom('recording_reviews')
    .selectAll()
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
}

export interface RecordingVerdict {
  readonly recordingId: string;
  readonly verdict: RecordingReviewRow['verdict'];
  readonly reasons: readonly string[];
  readonly attendedBy: string | null;
  readonly openedBy: string;
  readonly reviewedBy: string;
  readonly reviewedRole: string;
  readonly at: Date;
}

/** Records what a person says of a recording and moves it on. The database refuses who sat in it or opened it. */
export async function judgeRecording(tx: Tx, verdict: RecordingVerdict): Promise<void> {
  await tx
    .insertInto('recording_reviews')
    .values({
      recording_id: verdict.recordingId,
      verdict: verdict.verdict,
      reasons: JSON.stringify(verdict.reasons),
      attended_by: verdict.attendedBy,
      opened_by: verdict.openedBy,
      reviewed_by: verdict.reviewedBy,
      reviewed_role: verdict.reviewedRole,
      reviewed_at: verdict.at,
    })
    .execute();
  await tx
    .updateTable('recordings')
    .set({ state: verdict.verdict === 'PASS' ? 'PASSED' : 'REJECTED' })
    .where('id', '=', verdict.recordingId)
    .execute();
}

/** Everything of a session that its manifest and its inspection need, or undefined. */
export async function readSession(db: Queryable, id: string) {
  return await db
    .selectFrom('recordings as r')
    .innerJoin('contracts as c', 'c.id', 'r.contract_id')
    .selectAll('r')
    .select('c.sm3 as contract_sm3')
    .where('r.id', '=', id)
    .executeTakeFirst();
}

/** Keeps what the machine found; the first stands. */
export async function keepQc(db: Queryable, id: string, qc: RecordingQc): Promise<void> {
  await db
    .updateTable('recordings')
    .set({ qc: JSON.stringify(qc) })
    .where('id', '=', id)
    .where('state', '=', 'COMPLETE')
    .where('qc', 'is', null)
    .execute();
}

export interface SealedManifest {
  readonly text: string;
  readonly sm3: string;
  readonly signature: Buffer;
  readonly publicKey: string;
  readonly token: Buffer;
  readonly stampedAt: Date;
}

/** Keeps a signed manifest; the first stands. */
export async function keepManifest(
  db: Queryable,
  id: string,
  manifest: SealedManifest,
): Promise<void> {
  await db
    .updateTable('recordings')
    .set({
      manifest: manifest.text,
      manifest_sm3: manifest.sm3,
      manifest_signature: manifest.signature,
      manifest_public_key: manifest.publicKey,
      manifest_token: manifest.token,
      manifest_stamped_at: manifest.stampedAt,
    })
    .where('id', '=', id)
    .where('manifest', 'is', null)
    .execute();
}

/** Ends an open session that nobody finished; false when it is not open any more. */
export async function expireRecording(tx: Queryable, id: string, at: Date): Promise<boolean> {
  const row = await tx
    .updateTable('recordings')
    .set({ state: 'EXPIRED', expired_at: at })
    .where('id', '=', id)
    .where('state', '=', 'OPEN')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Marks that the borrower was reminded; false when they were before, or nothing is to be reminded of. */
export async function markReminded(tx: Queryable, id: string, at: Date): Promise<boolean> {
  const row = await tx
    .updateTable('recordings')
    .set({ reminded_at: at })
    .where('id', '=', id)
    .where('state', '=', 'OPEN')
    .where('reminded_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Owes a notice about a recording. */
export async function oweRecordingNotice(
  tx: Queryable,
  notice: {
    readonly id: string;
    readonly topic: string;
    readonly applicationId: string;
    readonly recordingId: string;
  },
): Promise<void> {
  await tx
    .insertInto('outbox')
    .values({
      id: notice.id,
      topic: notice.topic,
      application_id: notice.applicationId,
      payload: JSON.stringify({ recordingId: notice.recordingId }),
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** Abandoned sessions from before a moment whose objects still lie there. */
export async function abandonedRecordings(
  db: Queryable,
  before: Date,
  most: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('recordings')
    .select('id')
    .where('state', '=', 'EXPIRED')
    .where('emptied_at', 'is', null)
    .where('expired_at', '<', before)
    .orderBy('expired_at')
    .limit(most)
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Marks a session as emptied, before its objects go: the database refuses it for any that is not abandoned, which is
 * the lock on those that are kept.
 */
export async function markEmptied(tx: Tx, id: string, at: Date): Promise<void> {
  await sql`update recordings set emptied_at = ${at} where id = ${id}`.execute(tx);
}
