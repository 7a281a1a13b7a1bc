/** Lets go the chunks of dual recordings that nobody finished; what was finished is locked until its person's clocks run out. */
import { recordAudit } from '../../db/queries/audit.ts';
import { abandonedRecordings, markEmptied } from '../../db/queries/recording-evidence.ts';
import { listChunks, readRecording } from '../../db/queries/recordings.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import type { ActivityDeps } from '../deps.ts';

export interface EmptyingDeps {
  readonly db: ActivityDeps['db'];
  readonly objects: Pick<ObjectStore, 'delete'>;
}

/** An abandoned session serves nobody: a week is for questions about it, by the house. */
const KEPT_MS = 7 * 86_400_000;
const BATCH = 100;

/**
 * Empties one session. It is marked first, and the database refuses the mark for any that was finished, so no object of
 * such a one is ever touched; an attempt that dies in between leaves objects that nothing names any more, under a key that
 * dies with its person.
 */
export async function emptyRecording(
  deps: EmptyingDeps,
  recordingId: string,
  at: Date,
): Promise<void> {
  const recording = await readRecording(deps.db, recordingId);
  if (recording === undefined) return;
  const chunks = await listChunks(deps.db, recordingId);
  await deps.db.transaction().execute(async (tx) => {
    await markEmptied(tx, recordingId, at);
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action: 'recording.empty',
      subjectKind: 'application',
      subjectId: recording.application_id,
      result: 'DONE',
      detail: { recording: recordingId, chunks: chunks.length },
    });
  });
  for (const { objectKey } of chunks) await deps.objects.delete(objectKey);
}

/** Empties what was abandoned a week before. Gives how many sessions. */
export async function emptyAbandoned(deps: EmptyingDeps, at: Date): Promise<number> {
  const ids = await abandonedRecordings(deps.db, new Date(at.getTime() - KEPT_MS), BATCH);
  for (const id of ids) await emptyRecording(deps, id, at);
  return ids.length;
}
