/** Reads and writes of operator cases: a step that failed for good, and the two people who send it on. */
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { Queryable, Tx } from '../database.ts';
import { setPending } from './journey.ts';
import { oweNotice } from './outbox.ts';

export interface NewCase {
  readonly applicationId: string;
  readonly step: string;
  readonly failureCode: string;
  /** Business key of the failure; the same cause is one case. */
  readonly cause: string;
}

const openRow = ({ applicationId, step, failureCode, cause }: NewCase) =>
  ({
    id: randomUUID(),
    application_id: applicationId,
    step,
    failure_code: failureCode,
    cause,
    state: 'OPEN',
  }) as const;

/** Opens a case, marks the application and owes operations a notice; the same cause gives the case it has. */
export async function openCase(tx: Tx, opened: NewCase): Promise<string> {
  const row = await tx
    .insertInto('operator_cases')
    .values(openRow(opened))
    .onConflict((oc) => oc.column('cause').doUpdateSet({ cause: opened.cause }))
    .returning('id')
    .executeTakeFirstOrThrow();
  await setPending(tx, opened.applicationId, 'OPERATOR');
  await oweNotice(tx, 'operator.case', opened.applicationId, { caseId: row.id });
  return row.id;
}

/**
 * Opens a case beside the story, which goes on or is over: nothing of it waits. One case of a step is open at a time.
 * @returns null when one is open already
 */
export async function openCaseBeside(tx: Tx, opened: NewCase): Promise<string | null> {
  const known = await tx
    .selectFrom('operator_cases')
    .select('id')
    .where('application_id', '=', opened.applicationId)
    .where('step', '=', opened.step)
    .where('state', '<>', 'RESOLVED')
    .executeTakeFirst();
  if (known !== undefined) return null;
  const row = await tx
    .insertInto('operator_cases')
    .values(openRow(opened))
    .onConflict((oc) => oc.column('cause').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return null;
  await oweNotice(tx, 'operator.case', opened.applicationId, { caseId: row.id });
  return row.id;
}

/** One case, locked for the rest of the transaction. */
export async function lockCase(tx: Tx, applicationId: string, caseId: string) {
  return await tx
    .selectFrom('operator_cases')
    .select(['id', 'step', 'state', 'action', 'proposed_by', 'approved_by'])
    .where('id', '=', caseId)
    .where('application_id', '=', applicationId)
    .forUpdate()
    .executeTakeFirst();
}

/** Whether a case of the application waits for people. */
export async function hasOpenCase(db: Queryable, applicationId: string): Promise<boolean> {
  const row = await db
    .selectFrom('operator_cases')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('state', '<>', 'RESOLVED')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Writes what one person proposes. */
export async function proposeCase(
  tx: Tx,
  proposal: {
    readonly caseId: string;
    readonly action: 'RETRY' | 'SKIP';
    readonly by: string;
    readonly reason: string;
  },
): Promise<void> {
  await tx
    .updateTable('operator_cases')
    .set({
      state: 'PROPOSED',
      action: proposal.action,
      proposed_by: proposal.by,
      reason: proposal.reason,
    })
    .where('id', '=', proposal.caseId)
    .execute();
}

/** Closes a case with the second person; a constraint refuses the first. */
export async function approveCase(tx: Tx, caseId: string, by: string, at: Date): Promise<void> {
  await tx
    .updateTable('operator_cases')
    .set({ state: 'RESOLVED', approved_by: by, resolved_at: at })
    .where('id', '=', caseId)
    .execute();
}

/** Closes the open cases of a step that has mended itself; null closes those of every step, for the story has ended. */
export async function closeCases(
  db: Queryable,
  applicationId: string,
  step: string | null,
): Promise<void> {
  const reason = step === null ? 'STORY_ENDED' : 'MENDED';
  // What somebody proposed to correct is of no use to a step that is not taken, and its value goes.
  await db
    .updateTable('case_corrections as k')
    .set({ state: 'DROPPED', sealed_value: null, closed_at: sql<Date>`now()` })
    .from('operator_cases as c')
    .whereRef('c.id', '=', 'k.case_id')
    .where('c.application_id', '=', applicationId)
    .$if(step !== null, (update) => update.where('c.step', '=', step))
    .where('k.state', '=', 'PROPOSED')
    .execute();
  await db
    .updateTable('operator_cases')
    .set({ state: 'RESOLVED', resolved_at: sql<Date>`now()`, reason })
    .where('application_id', '=', applicationId)
    .$if(step !== null, (update) => update.where('step', '=', step))
    .where('state', '<>', 'RESOLVED')
    .execute();
}
