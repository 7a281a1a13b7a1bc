/** Reads and writes of corrections: what is to stand in a parked loan's form, until two people agree. */
import { sql } from 'kysely';
import type { CorrectionField } from '../../domain/correction.ts';
import type { Queryable, Tx } from '../database.ts';

/** Column the value is sealed for; its row is the correction's id. */
export const CORRECTION_COLUMN = 'case_corrections.sealed_value';

export interface NewCorrection {
  readonly id: string;
  readonly caseId: string;
  readonly applicationId: string;
  readonly field: CorrectionField;
  readonly sealedValue: Buffer;
  readonly reason: string;
  readonly by: string;
}

/** Proposes a correction; false when one of the same field is proposed already. */
export async function proposeCorrection(
  tx: Queryable,
  correction: NewCorrection,
): Promise<boolean> {
  const proposed = await tx
    .insertInto('case_corrections')
    .values({
      id: correction.id,
      case_id: correction.caseId,
      application_id: correction.applicationId,
      field: correction.field,
      sealed_value: correction.sealedValue,
      reason: correction.reason,
      proposed_by: correction.by,
    })
    .onConflict((oc) =>
      oc.columns(['case_id', 'field']).where('state', '=', 'PROPOSED').doNothing(),
    )
    .executeTakeFirst();
  return proposed.numInsertedOrUpdatedRows === 1n;
}

/** Corrections of a case without their values, oldest first. */
export async function listCorrections(db: Queryable, caseId: string) {
  return await db
    .selectFrom('case_corrections')
    .select(['id', 'field', 'reason', 'state', 'proposed_by', 'applied_by'])
    .select(['proposed_at', 'closed_at'])
    .where('case_id', '=', caseId)
    .orderBy('proposed_at')
    .orderBy('id')
    .execute();
}

/** The proposed corrections of a case, locked, with their sealed values. */
export async function lockCorrections(tx: Tx, caseId: string) {
  return await tx
    .selectFrom('case_corrections')
    .select(['id', 'field', 'sealed_value', 'proposed_by'])
    .where('case_id', '=', caseId)
    .where('state', '=', 'PROPOSED')
    .orderBy('field')
    .forUpdate()
    .execute();
}

/** Marks corrections as applied by the second person; the value leaves this table, a constraint refuses the first person. */
export async function markApplied(tx: Tx, ids: readonly string[], by: string): Promise<void> {
  await tx
    .updateTable('case_corrections')
    .set({ state: 'APPLIED', applied_by: by, sealed_value: null, closed_at: sql<Date>`now()` })
    .where('id', 'in', [...ids])
    .execute();
}

/** Drops what was proposed for a case that is closed otherwise. */
export async function dropCorrections(tx: Queryable, caseId: string): Promise<void> {
  await tx
    .updateTable('case_corrections')
    .set({ state: 'DROPPED', sealed_value: null, closed_at: sql<Date>`now()` })
    .where('case_id', '=', caseId)
    .where('state', '=', 'PROPOSED')
    .execute();
}
