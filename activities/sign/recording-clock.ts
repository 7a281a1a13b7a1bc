/** What the clock does with a dual-recording session: reminds, ends what nobody finishes, calls people to look, tells the borrower. */
import { recordAudit } from '../../db/queries/audit.ts';
import { readApplication } from '../../db/queries/apply.ts';
import {
  expireRecording as expire,
  markReminded,
  oweRecordingNotice,
  readSession,
} from '../../db/queries/recording-evidence.ts';
import type { RecordingState } from '../../domain/recording.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { derivedUuid } from '../idempotency.ts';

type ClockDeps = Pick<ActivityDeps, 'db'>;

export interface RecordingStep {
  readonly recordingId: string;
  /** Instant by the workflow's clock, ISO. */
  readonly at: string;
}

async function sessionOf(deps: ClockDeps, recordingId: string) {
  const session = await readSession(deps.db, recordingId);
  if (session === undefined) throw finalFailure('NOT_FOUND');
  return session;
}

/** Where a session stands. */
export async function recordingState(
  deps: ClockDeps,
  { recordingId }: { readonly recordingId: string },
): Promise<RecordingState> {
  return (await sessionOf(deps, recordingId)).state;
}

/** Reminds the borrower once of a session that stands open. */
export async function remindRecording(
  deps: ClockDeps,
  { recordingId, at }: RecordingStep,
): Promise<void> {
  const { application_id: applicationId } = await sessionOf(deps, recordingId);
  await deps.db.transaction().execute(async (tx) => {
    if (!(await markReminded(tx, recordingId, new Date(at)))) return;
    const id = derivedUuid(recordingId, 'recording:remind');
    await oweRecordingNotice(tx, { id, topic: 'recording.reminder', applicationId, recordingId });
  });
}

/** Ends a session that nobody finished; its chunks are let go some days later. */
export async function expireRecording(
  deps: ClockDeps,
  { recordingId, at }: RecordingStep,
): Promise<void> {
  const { application_id: applicationId } = await sessionOf(deps, recordingId);
  await deps.db.transaction().execute(async (tx) => {
    if (!(await expire(tx, recordingId, new Date(at)))) return;
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action: 'recording.expire',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      detail: { recording: recordingId },
    });
  });
}

/** Calls people to look at a sealed session, once a day. False where nobody has to, or the loan is over. */
export async function askForRecordingReview(
  deps: ClockDeps,
  { recordingId, day }: { readonly recordingId: string; readonly day: number },
): Promise<boolean> {
  const session = await sessionOf(deps, recordingId);
  if (session.kind === 'SELF' || session.state !== 'COMPLETE') return false;
  const application = await readApplication(deps.db, session.application_id);
  if (application?.stage !== 'SIGN') return false;
  await oweRecordingNotice(deps.db, {
    id: derivedUuid(recordingId, `recording:review:${day}`),
    topic: 'recording.review',
    applicationId: session.application_id,
    recordingId,
  });
  return true;
}

/** Tells the borrower what people said of the session: they can sign, or record again. */
export async function concludeRecording(
  deps: ClockDeps,
  { recordingId }: { readonly recordingId: string },
): Promise<void> {
  const session = await sessionOf(deps, recordingId);
  const topics: Partial<Record<RecordingState, string>> = {
    PASSED: 'recording.passed',
    REJECTED: 'recording.rerecord',
  };
  const topic = topics[session.state];
  if (topic === undefined) return;
  await oweRecordingNotice(deps.db, {
    id: derivedUuid(recordingId, 'recording:conclude'),
    topic,
    applicationId: session.application_id,
    recordingId,
  });
}
