/** Dual-recording sessions while they are recorded: opened, taking their chunks once each, closed when all are there. */
import { sql } from 'kysely';
import type { ChunkMeta, RecordingKind, Segment } from '../../domain/recording.ts';
import type { ScriptNode } from '../../domain/recording-script.ts';
import type { Queryable, Tx } from '../database.ts';
import type { RecordingSegmentRow } from '../schema/recordings.ts';

export interface NewRecording {
  readonly id: string;
  readonly applicationId: string;
  readonly contractId: string;
  readonly openedBy: string;
  readonly kind: RecordingKind;
  readonly consentAt: Date | null;
  /** The script in force, filled with the loan's terms; null where none is. */
  readonly script: {
    readonly code: string;
    readonly version: number;
    readonly nodes: readonly ScriptNode[];
  } | null;
}

/** Opens a session. The same id twice is one session. Says whether it is new. */
export async function openRecording(db: Queryable, recording: NewRecording): Promise<boolean> {
  const { script } = recording;
  const row = await db
    .insertInto('recordings')
    .values({
      id: recording.id,
      application_id: recording.applicationId,
      contract_id: recording.contractId,
      opened_by: recording.openedBy,
      state: 'OPEN',
      kind: recording.kind,
      consent_at: recording.consentAt,
      script_code: script?.code ?? null,
      script_version: script?.version ?? null,
      script: script === null ? null : JSON.stringify(script.nodes),
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

function selectRecording(db: Queryable, id: string) {
  return db
    .selectFrom('recordings as r')
    .innerJoin('applications as a', 'a.id', 'r.application_id')
    .selectAll('r')
    .select(['a.owner_subject', 'a.stage'])
    .where('r.id', '=', id);
}

/** One session with the owner of its application, or undefined. */
export async function readRecording(db: Queryable, id: string) {
  return await selectRecording(db, id).executeTakeFirst();
}

/** As `readRecording`, and nobody else closes it or adds to it until the transaction ends. */
export async function lockRecording(tx: Tx, id: string) {
  return await selectRecording(tx, id).forUpdate('r').executeTakeFirst();
}

/** The chunk held under a number, or undefined. */
export async function readChunk(db: Queryable, recordingId: string, number: number) {
  return await db
    .selectFrom('recording_chunks')
    .select(['sm3', 'size_bytes', 'segment'])
    .where('recording_id', '=', recordingId)
    .where('number', '=', number)
    .executeTakeFirst();
}

export interface NewChunk extends ChunkMeta {
  readonly recordingId: string;
  readonly sm3: string;
  readonly objectKey: string;
}

/** Enters a chunk whose bytes already lie in the object store, and its size in the session's, which the caller has locked. */
export async function enterChunk(tx: Tx, chunk: NewChunk): Promise<void> {
  await tx
    .insertInto('recording_chunks')
    .values({
      recording_id: chunk.recordingId,
      number: chunk.number,
      segment: chunk.segment,
      from_ms: chunk.fromMs,
      to_ms: chunk.toMs,
      sm3: chunk.sm3,
      size_bytes: chunk.sizeBytes,
      object_key: chunk.objectKey,
    })
    .execute();
  await tx
    .updateTable('recordings')
    .set({ size_bytes: sql<number>`size_bytes + ${chunk.sizeBytes}` })
    .where('id', '=', chunk.recordingId)
    .execute();
}

export interface HeldChunk extends ChunkMeta {
  readonly sm3: string;
  readonly objectKey: string;
}

/** The chunks of a session in order, from a number on. */
export async function listChunks(
  db: Queryable,
  recordingId: string,
  from = 0,
): Promise<readonly HeldChunk[]> {
  return await db
    .selectFrom('recording_chunks')
    .select([
      'number',
      'segment',
      'sm3',
      'size_bytes as sizeBytes',
      'from_ms as fromMs',
      'to_ms as toMs',
      'object_key as objectKey',
    ])
    .where('recording_id', '=', recordingId)
    .where('number', '>=', from)
    .orderBy('number')
    .execute();
}

/** Keeps how far the chain reaches without a hole. */
export async function keepChain(
  tx: Tx,
  id: string,
  chain: { readonly count: number; readonly sm3: string },
): Promise<void> {
  await tx
    .updateTable('recordings')
    .set({ chained_count: chain.count, chained_sm3: chain.sm3 })
    .where('id', '=', id)
    .execute();
}

/** The segments of a session in order; the first needs no row. */
export async function listSegments(
  db: Queryable,
  recordingId: string,
): Promise<readonly Segment[]> {
  const rows = await db
    .selectFrom('recording_segments')
    .select(['number', 'first_chunk as firstChunk', 'reason'])
    .where('recording_id', '=', recordingId)
    .orderBy('number')
    .execute();
  return [{ number: 0, firstChunk: 0, reason: null }, ...rows];
}

/** The highest chunk number that has come, or null. */
export async function lastChunk(db: Queryable, recordingId: string): Promise<number | null> {
  const row = await db
    .selectFrom('recording_chunks')
    .select(({ fn }) => fn.max('number').as('last'))
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
  return row?.last ?? null;
}

/** Begins a segment after an interruption. */
export async function enterSegment(
  tx: Tx,
  segment: Segment & {
    readonly recordingId: string;
    readonly reason: RecordingSegmentRow['reason'];
  },
): Promise<void> {
  await tx
    .insertInto('recording_segments')
    .values({
      recording_id: segment.recordingId,
      number: segment.number,
      first_chunk: segment.firstChunk,
      reason: segment.reason,
    })
    .execute();
}

/** Closes a session. False when the contract has a complete recording already or this one is closed. */
export async function completeRecording(
  tx: Tx,
  id: string,
  closing: {
    readonly chunkCount: number;
    readonly chainSm3: string;
    readonly sealedMarks: Buffer | null;
  },
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update recordings r
       set state = 'COMPLETE', chunk_count = ${closing.chunkCount}, chain_sm3 = ${closing.chainSm3},
           sealed_marks = ${closing.sealedMarks}, completed_at = now()
     where r.id = ${id} and r.state = 'OPEN'
       and not exists (
         select from recordings o where o.contract_id = r.contract_id and o.state in ('COMPLETE','PASSED'))
    returning r.id`.execute(tx);
  return rows.length === 1;
}
