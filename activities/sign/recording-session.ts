/** A closed session as its inspection and its manifest read it: chunks in order, and the marks opened. */
import { z } from 'zod';
import { type HeldChunk, listChunks } from '../../db/queries/recordings.ts';
import { readSession } from '../../db/queries/recording-evidence.ts';
import type { NodeMark } from '../../domain/recording.ts';
import type { SubjectCipher } from '../../platform/crypto/subject-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';

const sealedMarks = z.object({
  marks: z.array(
    z.object({
      node: z.string(),
      segment: z.number(),
      fromMs: z.number(),
      toMs: z.number(),
      answer: z.string().optional(),
    }),
  ),
});

export interface ClosedSession {
  readonly row: NonNullable<Awaited<ReturnType<typeof readSession>>>;
  readonly chunks: readonly HeldChunk[];
  readonly marks: readonly NodeMark[];
  readonly cipher: SubjectCipher;
}

/** @throws a final failure for a session that is not there or not closed */
export async function closedSession(
  deps: Pick<ActivityDeps, 'db' | 'vault'>,
  recordingId: string,
): Promise<ClosedSession> {
  const row = await readSession(deps.db, recordingId);
  if (row === undefined) throw finalFailure('NOT_FOUND');
  if (row.chain_sm3 === null) throw finalFailure('RECORDING_OPEN');
  const cipher = await deps.vault.of(deps.db, row.application_id);
  const marks =
    row.sealed_marks === null
      ? []
      : cipher.openJson('recordings.sealed_marks', row.id, row.sealed_marks, (value) =>
          sealedMarks.parse(value),
        ).marks;
  return { row, chunks: await listChunks(deps.db, recordingId), marks, cipher };
}
