/** Reads and writes of corrections: what is to stand in a loan's form instead, until two people agree. */
import { sql } from 'kysely';
import type { CorrectionField } from '../../domain/correction.ts';
import type { Queryable, Tx } from '../database.ts';

/** Column the value is sealed for; its row is the correction's id. */
export const CORRECTION_COLUMN = 'case_corrections.sealed_value';

export interface NewCorrection {
  readonly id: string;
  /** The parked case, or the proposal to take the approval back, that it is agreed to with. */
  readonly of: { readonly caseId: string } | { readonly undoId: string };
  readonly applicationId: string;
  readonly field: CorrectionField;
  readonly sealedValue: Buffer;
  readonly reason: string;
  readonly by: string;
}

/** Proposes a correction; false when the same field is proposed already. */
export async function proposeCorrection(
  tx: Queryable,
  correction: NewCorrection,
): Promise<boolean> {
  const proposed = await tx
    .insertInto('case_corrections')
    .values({
      id: correction.id,
      case_id: 'caseId' in correction.of ? correction.of.caseId : null,
      undo_id: 'undoId' in correction.of ? correction.of.undoId : null,
      application_id: correction.applicationId,
      field: correction.field,
      sealed_value: correction.sealedValue,
      reason: correction.reason,
      proposed_by: correction.by,
    })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return proposed.numInsertedOrUpdatedRows === 1n;
}

const LISTED = ['id', 'field', 'reason', 'state', 'proposed_by', 'applied_by'] as const;

/** Corrections of a case without their values, oldest first. */
export async function listCorrections(db: Queryable, caseId: string) {
  return await db
    .selectFrom('case_corrections')
    .select([...LISTED, 'proposed_at', 'closed_at'])
    .where('case_id', '=', caseId)
    .orderBy('proposed_at')
    .orderBy('id')
    .execute();
}

/** Corrections of an application that void what was approved, oldest first; values are there while they are proposed. */
export async function listAmendments(db: Queryable, applicationId: string) {
  return await db
    .selectFrom('case_corrections')
    .select([...LISTED, 'proposed_at', 'closed_at', 'sealed_value', 'undo_id'])
    .where('application_id', '=', applicationId)
    .where('undo_id', 'is not', null)
    .orderBy('proposed_at')
    .orderBy('field')
    .execute();
}

const lockProposed = (tx: Tx) =>
  tx
    .selectFrom('case_corrections')
    .select(['id', 'field', 'sealed_value', 'proposed_by'])
    .where('state', '=', 'PROPOSED')
    .orderBy('field')
    .forUpdate();

/** The proposed corrections of a case, locked, with their sealed values. */
export async function lockCorrections(tx: Tx, caseId: string) {
  return await lockProposed(tx).where('case_id', '=', caseId).execute();
}

/** Those of a proposal to take an approval back, in the same way. */
export async function lockAmendments(tx: Tx, undoId: string) {
  return await lockProposed(tx).where('undo_id', '=', undoId).execute();
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

/** Drops what was proposed with an approval's taking back that is rejected, or that nobody can agree to any more. */
export async function dropAmendments(tx: Queryable, applicationId: string): Promise<void> {
  await tx
    .updateTable('case_corrections')
    .set({ state: 'DROPPED', sealed_value: null, closed_at: sql<Date>`now()` })
    .where('application_id', '=', applicationId)
    .where('undo_id', 'is not', null)
    .where('state', '=', 'PROPOSED')
    .execute();
}
