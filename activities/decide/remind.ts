/** Reminds and escalates when people let a review wait, and cancels the tasks of a story that has ended. */
import { TIMER } from '../../domain/journey.ts';
import { lockApplication } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { cancelOpenReviews, markReminder } from '../../db/queries/reviews.ts';
import type { ActivityDeps } from '../deps.ts';

export interface RemindInput {
  readonly applicationId: string;
  readonly step: 'REMIND' | 'ESCALATE' | 'REMIND_AGAIN';
  readonly at: string;
}

/** A clock never decides: it tells people, and an escalated task is free for somebody else. */
export async function remindReview(
  deps: ActivityDeps,
  { applicationId, step, at }: RemindInput,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const application = await lockApplication(tx, applicationId);
    // Decided or sent back while the clock waited for the lock: there is nobody to remind.
    if (application?.stage !== 'REVIEW') return;
    await markReminder(tx, applicationId, step === 'ESCALATE', new Date(at));
    await recordAudit(tx, {
      actor: TIMER.subject,
      role: null,
      action: step === 'ESCALATE' ? 'review.escalate' : 'review.remind',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      detail: { step },
    });
  });
}

export async function cancelReviews(
  deps: ActivityDeps,
  input: { readonly applicationId: string },
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await lockApplication(tx, input.applicationId);
    await cancelOpenReviews(tx, input.applicationId);
  });
}
