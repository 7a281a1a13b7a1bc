/** A dual-recording session (双录): waited for, looked at by a machine, sealed, looked at by a person where staff sat in. */
import {
  ActivityFailure,
  condition,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { openDoors } from './doors.ts';
import { prefixOf, queueName } from './ids.ts';
import { recordingMoved } from './messages.ts';
import { instant } from './time.ts';

export interface DualRecordingInput {
  readonly recordingId: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A session that stands still is spoken of, and one that nobody finishes ends: house defaults. */
const REMIND_AFTER_MS = 2 * HOUR_MS;
const EXPIRE_AFTER_MS = DAY_MS;
/** The seal needs the time-stamp authority, which may be away for long; the loan's own clock runs beside. */
const SEAL_PATIENCE_MS = 30 * DAY_MS;
/** Longest that people are reminded of a look; the loan has ended long before. */
const REVIEW_DAYS = 30;

/** Looking through a long recording takes minutes; a worker that dies is missed within one. */
function openEyes() {
  const taskQueue = queueName(prefixOf(workflowInfo().taskQueue), 'paper');
  return proxyActivities<Pick<Activities, 'inspectRecording'>>({
    taskQueue,
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '1 minute',
    retry: {
      initialInterval: '1s',
      backoffCoefficient: 2,
      maximumInterval: '1m',
      maximumAttempts: 8,
    },
  });
}

export async function dualRecording({ recordingId }: DualRecordingInput): Promise<void> {
  const { record, outside } = openDoors();
  let moved = false;
  setHandler(recordingMoved, () => {
    moved = true;
  });

  /** Whether the session left the state within the time. The record is asked, for a message can be lost. */
  async function leaves(state: 'OPEN' | 'COMPLETE', withinMs: number): Promise<boolean> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      moved = false;
      if ((await record.recordingState({ recordingId })) !== state) return true;
      const left = deadline - Date.now();
      if (left <= 0) return false;
      await condition(() => moved, Math.min(left, HOUR_MS));
    }
  }

  if (!(await leaves('OPEN', REMIND_AFTER_MS))) {
    await record.remindRecording({ recordingId, at: instant() });
    if (!(await leaves('OPEN', EXPIRE_AFTER_MS - REMIND_AFTER_MS)))
      await record.expireRecording({ recordingId, at: instant() });
  }
  if ((await record.recordingState({ recordingId })) !== 'COMPLETE') return;

  try {
    await openEyes().inspectRecording({ recordingId, media: true });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    // What no machine could look into is said so, and left to people.
    await openEyes().inspectRecording({ recordingId, media: false });
  }
  await outside('signing', SEAL_PATIENCE_MS).sealRecording({ recordingId });
  for (let day = 0; day < REVIEW_DAYS; day += 1) {
    if (!(await record.askForRecordingReview({ recordingId, day }))) return;
    if (await leaves('COMPLETE', DAY_MS)) break;
  }
  await record.concludeRecording({ recordingId });
}
