/** The machine's look at a closed recording: times, script and, where ffmpeg is at hand, picture and sound. */
import { Context } from '@temporalio/activity';
import { keepQc } from '../../db/queries/recording-evidence.ts';
import type { RecordingQc } from '../../db/schema/recordings.ts';
import {
  judgeMedia,
  judgeTimeline,
  type QcFinding,
  segmentLengths,
} from '../../domain/recording.ts';
import type { ActivityDeps } from '../deps.ts';
import { cancellationSignal } from '../signal.ts';
import { measureMedia } from './media.ts';
import { type ClosedSession, closedSession } from './recording-session.ts';

type InspectDeps = Pick<ActivityDeps, 'db' | 'vault' | 'objects'>;

/** Says that the look goes on; outside an activity nobody asks. */
function breathe(): void {
  try {
    Context.current().heartbeat();
  } catch {
    // A tool or a test called.
  }
}

/** Looks at every segment; null where this machine has nothing to look with. */
async function lookAt(
  deps: InspectDeps,
  { chunks, marks, cipher }: ClosedSession,
): Promise<readonly QcFinding[] | null> {
  const lengths = segmentLengths(chunks);
  const findings: QcFinding[] = [];
  for (const segment of new Set(chunks.map((chunk) => chunk.segment))) {
    const own = chunks.filter((chunk) => chunk.segment === segment);
    async function* bytes(): AsyncGenerator<Uint8Array, void> {
      for (const { objectKey } of own) {
        breathe();
        yield* deps.objects.getStream(objectKey, cipher);
      }
    }
    const facts = await measureMedia(bytes, cancellationSignal());
    if (facts === 'NO_TOOL') return null;
    if (facts === 'UNREADABLE') findings.push({ code: 'MEDIA_UNREADABLE', segment });
    else findings.push(...judgeMedia(segment, facts, marks, lengths.get(segment) ?? 0));
  }
  return findings;
}

export interface InspectInput {
  readonly recordingId: string;
  /** Whether to look at picture and sound as well. */
  readonly media: boolean;
}

/** What was found stands: a second look keeps the first. */
export async function inspectRecording(
  deps: InspectDeps,
  { recordingId, media }: InspectInput,
): Promise<RecordingQc['media']> {
  const session = await closedSession(deps, recordingId);
  if (session.row.qc !== null) return session.row.qc.media;
  const timeline = judgeTimeline(session.chunks, session.row.script, session.marks);
  const seen = media ? await lookAt(deps, session) : null;
  const qc: RecordingQc = {
    media: seen === null ? 'NOT_MEASURED' : 'MEASURED',
    findings: [...timeline, ...(seen ?? [])],
  };
  await keepQc(deps.db, recordingId, qc);
  return qc.media;
}
