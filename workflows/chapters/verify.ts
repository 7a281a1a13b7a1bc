/** Verify: asks four services who the applicant is, side by side, and concludes before a bureau is paid. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { EndsWith, Story } from '../story.ts';

/** A check whose service stayed away is evidence that is missing, not a reason to stop: a person will look. */
async function missingIsEvidence(check: Promise<unknown>): Promise<void> {
  try {
    await check;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  }
}

export async function verify(story: Story): Promise<EndsWith | null> {
  const { applicationId, doors, terms } = story;
  const identity = doors.outside('identity', terms.verifyPatienceMs);
  await Promise.all(
    [identity.checkIdentity({ applicationId }), identity.checkFace({ applicationId })].map(
      missingIsEvidence,
    ),
  );
  await story.advance('verify.conclude', () =>
    doors.record.concludeVerification({ applicationId, expectedVersion: story.place.version }),
  );
  return story.endedAs();
}
