/** Bureau: pulls both credit reports and the public registers in parallel, waits out an outage, and states what is missing. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Story } from '../story.ts';

/** Waits for a report under the policy's patience; null when it came, else why it did not. */
async function gapOf(pull: Promise<unknown>): Promise<string | null> {
  try {
    await pull;
    return null;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return 'UNAVAILABLE';
  }
}

export async function bureau(story: Story): Promise<void> {
  const { applicationId, doors, terms } = story;
  story.show({ stage: 'BUREAU' });
  const queue = doors.outside('bureau', terms.bureauPatienceMs);
  const request = { applicationId, round: story.round };
  const [pboc, baihang] = await Promise.all([
    gapOf(queue.pullPboc(request)),
    gapOf(queue.pullBaihang(request)),
    gapOf(doors.outside('identity', terms.bureauPatienceMs).screenRegistries(request)),
  ]);
  await story.advance('bureau.conclude', () =>
    doors.record.concludeBureau({
      ...request,
      expectedVersion: story.place.version,
      gaps: { PBOC: pboc, BAIHANG: baihang },
    }),
  );
}
