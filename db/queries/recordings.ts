/** Dual-recording sessions: opening one, receiving its chunks once each, and closing it when all are there. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';

export interface NewRecording {
  readonly id: string;
  readonly applicationId: string;
  readonly contractId: string;
  readonly openedBy: string;
}

/** Opens a session. The same id twice is one session. */
export async function openRecording(db: Queryable, recording: NewRecording): Promise<void> {
  await db
    .insertInto('recordings')
    .values({
      id: recording.id,
      application_id: recording.applicationId,
      contract_id: recording.contractId,
      opened_by: recording.openedBy,
      state: 'OPEN',
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

function selectRecording(db: Queryable, id: string) {
  return db
    .selectFrom('recordings as r')
    .innerJoin('applications as a', 'a.id', 'r.application_id')
    .select([
      'r.id',
      'r.application_id',
      'r.contract_id',
      'r.state',
      'r.chunk_count',
      'r.chain_sm3',
      'a.owner_subject',
      'a.stage',
    ])
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

export interface RecordingChunk {
  readonly recordingId: string;
  readonly number: number;
  readonly sm3: string;
  readonly sizeBytes: number;
  readonly objectKey: string;
}

/** The chunk held under a number, or undefined. */
export async function readChunk(db: Queryable, recordingId: string, number: number) {
  return await db
    .selectFrom('recording_chunks')
    .select(['sm3', 'size_bytes'])
    .where('recording_id', '=', recordingId)
    .where('number', '=', number)
    .executeTakeFirst();
}

/** Enters a chunk whose bytes already lie in the object store. Gives the SM3 of the chunk that holds the number. */
export async function enterChunk(tx: Tx, chunk: RecordingChunk): Promise<string> {
  await tx
    .insertInto('recording_chunks')
    .values({
      recording_id: chunk.recordingId,
      number: chunk.number,
      sm3: chunk.sm3,
      size_bytes: chunk.sizeBytes,
      object_key: chunk.objectKey,
    })
    .onConflict((oc) => oc.columns(['recording_id', 'number']).doNothing())
    .execute();
  const held = await readChunk(tx, chunk.recordingId, chunk.number);
  return held?.sm3 ?? chunk.sm3;
}

/** The chunks of a session in order. */
export async function listChunks(db: Queryable, recordingId: string) {
  return await db
    .selectFrom('recording_chunks')
    .select(['number', 'sm3'])
    .where('recording_id', '=', recordingId)
    .orderBy('number')
    .execute();
}

/** Closes a session. False when the contract has a complete recording already or this one is closed. */
export async function completeRecording(
  tx: Tx,
  id: string,
  chunkCount: number,
  chainSm3: string,
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update recordings r
       set state = 'COMPLETE', chunk_count = ${chunkCount}, chain_sm3 = ${chainSm3}, completed_at = now()
     where r.id = ${id} and r.state = 'OPEN'
       and not exists (select from recordings o where o.contract_id = r.contract_id and o.state = 'COMPLETE')
    returning r.id`.execute(tx);
  return rows.length === 1;
}
