/** Reads and writes of the identity checks of an application. */
import type { Queryable } from '../database.ts';
import type { VerificationRow } from '../schema/evidence.ts';

export interface Verification {
  readonly kind: VerificationRow['kind'];
  readonly outcome: VerificationRow['outcome'];
  readonly detail: unknown;
}

/** Records a check; the first answer for an evidence version stands. */
export async function recordVerification(
  db: Queryable,
  row: Verification & {
    readonly applicationId: string;
    readonly evidenceVersion: number;
    readonly requestNo: string;
  },
): Promise<void> {
  await db
    .insertInto('verifications')
    .values({
      application_id: row.applicationId,
      evidence_version: row.evidenceVersion,
      kind: row.kind,
      outcome: row.outcome,
      detail: JSON.stringify(row.detail),
      request_no: row.requestNo,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** The newest result of each kind of check. */
export async function readVerifications(
  db: Queryable,
  applicationId: string,
): Promise<readonly Verification[]> {
  return await db
    .selectFrom('verifications')
    .distinctOn('kind')
    .select(['kind', 'outcome', 'detail'])
    .where('application_id', '=', applicationId)
    .orderBy('kind')
    .orderBy('evidence_version', 'desc')
    .execute();
}

/** Request numbers of the checks that matched, by kind: the identity evidence a certificate authority asks for. */
export async function readVerificationRequests(
  db: Queryable,
  applicationId: string,
): Promise<Readonly<Record<string, string>>> {
  const rows = await db
    .selectFrom('verifications')
    .select(['kind', 'request_no'])
    .where('application_id', '=', applicationId)
    .where('outcome', '=', 'MATCH')
    .orderBy('evidence_version')
    .execute();
  return Object.fromEntries(
    rows.flatMap((row) => (row.request_no === null ? [] : [[row.kind, row.request_no]])),
  );
}
