/** Experiments from the draft to the end: their documents, who carries them, and the arms that stopped. */
import { sql } from 'kysely';
import type { BandMeasure, ExperimentDocument } from '../../domain/experiment.ts';
import type { Queryable, Tx } from '../database.ts';
import type { ExperimentStatus } from '../schema/experiments.ts';

export interface NewExperiment {
  readonly id: string;
  readonly document: ExperimentDocument;
  readonly documentSm3: string;
  readonly createdBy: string;
}

/** Keeps a draft; the same id again is left as it is. False when another experiment has the code. */
export async function createExperiment(tx: Tx, experiment: NewExperiment): Promise<boolean> {
  const { id, document, documentSm3, createdBy } = experiment;
  await tx
    .insertInto('experiments')
    .values({
      id,
      code: document.code,
      strategy_code: document.strategyCode,
      document: JSON.stringify(document),
      document_sm3: documentSm3,
      created_by: createdBy,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
  return (await readExperiment(tx, id)) !== undefined;
}

function selectExperiments(db: Queryable) {
  return db.selectFrom('experiments').selectAll();
}

/** An experiment as it is kept; its document was parsed before it was stored and never changes. */
export interface ExperimentRecord {
  readonly id: string;
  readonly code: string;
  readonly status: ExperimentStatus;
  readonly document: ExperimentDocument;
  readonly documentSm3: string;
  readonly createdBy: string;
  readonly proposedBy: string | null;
  readonly approvedBy: string | null;
  readonly stoppedBy: string | null;
  readonly stopReason: string | null;
  readonly createdAt: Date;
  readonly proposedAt: Date | null;
  readonly approvedAt: Date | null;
  readonly endedAt: Date | null;
}

type Stored = Awaited<ReturnType<ReturnType<typeof selectExperiments>['executeTakeFirstOrThrow']>>;

function recordOf(row: Stored): ExperimentRecord {
  return {
    id: row.id,
    code: row.code,
    status: row.status,
    // `createExperiment` is given a parsed document, and the table's trigger refuses any change of it.
    document: row.document as ExperimentDocument,
    documentSm3: row.document_sm3,
    createdBy: row.created_by,
    proposedBy: row.proposed_by,
    approvedBy: row.approved_by,
    stoppedBy: row.stopped_by,
    stopReason: row.stop_reason,
    createdAt: row.created_at,
    proposedAt: row.proposed_at,
    approvedAt: row.approved_at,
    endedAt: row.ended_at,
  };
}

export async function readExperiment(
  db: Queryable,
  id: string,
): Promise<ExperimentRecord | undefined> {
  const row = await selectExperiments(db).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : recordOf(row);
}

/**
 * The same, locked until the transaction ends, and as it is once the lock is held. Whoever only refers to the experiment
 * is not kept waiting.
 */
export async function lockExperiment(tx: Tx, id: string): Promise<ExperimentRecord | undefined> {
  const row = await selectExperiments(tx).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  return row === undefined ? undefined : recordOf(row);
}

/** Newest first. */
export async function listExperiments(
  db: Queryable,
  most: number,
): Promise<readonly ExperimentRecord[]> {
  const rows = await selectExperiments(db)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(most)
    .execute();
  return rows.map(recordOf);
}

/** The running experiment on a strategy, or undefined. */
export async function runningExperiment(
  db: Queryable,
  strategyCode: string,
): Promise<ExperimentRecord | undefined> {
  const row = await selectExperiments(db)
    .where('strategy_code', '=', strategyCode)
    .where('status', '=', 'RUNNING')
    .executeTakeFirst();
  return row === undefined ? undefined : recordOf(row);
}

/** Every running experiment, oldest first. */
export async function runningExperiments(db: Queryable): Promise<readonly ExperimentRecord[]> {
  const rows = await selectExperiments(db)
    .where('status', '=', 'RUNNING')
    .orderBy('created_at')
    .execute();
  return rows.map(recordOf);
}

/** One asks for another's approval. */
export async function proposeExperiment(tx: Tx, id: string, subject: string): Promise<void> {
  await tx
    .updateTable('experiments')
    .set({ status: 'PROPOSED', proposed_by: subject, proposed_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}

/** Another approves, and it runs from its start on. */
export async function approveExperiment(tx: Tx, id: string, subject: string): Promise<void> {
  await tx
    .updateTable('experiments')
    .set({ status: 'RUNNING', approved_by: subject, approved_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}

/** A person ends it before its time, or gives a draft up. */
export async function stopExperiment(
  tx: Tx,
  id: string,
  by: { readonly subject: string; readonly reason: string },
): Promise<void> {
  await tx
    .updateTable('experiments')
    .set({
      status: 'STOPPED',
      stopped_by: by.subject,
      stop_reason: by.reason,
      ended_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .execute();
}

/** Ends an experiment whose time is over. */
export async function finishExperiment(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('experiments')
    .set({ status: 'FINISHED', ended_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', '=', 'RUNNING')
    .execute();
}

/** What stopped an arm: a band it left with the numbers seen, or a person. */
export interface ArmStop {
  readonly experimentId: string;
  readonly arm: string;
  readonly stoppedBy: string;
  readonly breach: {
    readonly measure: BandMeasure;
    readonly hits: number;
    readonly seen: number;
    readonly lowBp: number;
    readonly highBp: number;
  } | null;
}

/** Stops an arm for everybody who comes from now on; false when it has stopped already. */
export async function recordArmStop(tx: Tx, stop: ArmStop): Promise<boolean> {
  const { breach } = stop;
  const stopped = await tx
    .insertInto('arm_stops')
    .values({
      experiment_id: stop.experimentId,
      arm: stop.arm,
      reason: breach === null ? 'PERSON' : 'STOP_LOSS',
      measure: breach?.measure ?? null,
      hits: breach?.hits ?? null,
      seen: breach?.seen ?? null,
      low_bp: breach?.lowBp ?? null,
      high_bp: breach?.highBp ?? null,
      stopped_by: stop.stoppedBy,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('arm')
    .executeTakeFirst();
  return stopped !== undefined;
}

/** A stop as recorded; the numbers are there where the arm stopped itself. */
export interface StoredArmStop {
  readonly arm: string;
  readonly reason: 'STOP_LOSS' | 'PERSON';
  readonly measure: BandMeasure | null;
  readonly hits: number | null;
  readonly seen: number | null;
  readonly lowBp: number | null;
  readonly highBp: number | null;
  readonly stoppedBy: string;
  readonly at: Date;
}

/** The arms that have stopped, oldest first. */
export async function readArmStops(
  db: Queryable,
  experimentId: string,
): Promise<readonly StoredArmStop[]> {
  return await db
    .selectFrom('arm_stops')
    .select(['arm', 'reason', 'measure', 'hits', 'seen', 'at'])
    .select(['low_bp as lowBp', 'high_bp as highBp', 'stopped_by as stoppedBy'])
    .where('experiment_id', '=', experimentId)
    .orderBy('at')
    .orderBy('arm')
    .execute();
}
