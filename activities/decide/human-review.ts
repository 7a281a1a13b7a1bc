/** Human review of automatic decisions: says that one is nearly due or overdue, and tells the person what came of it. */
import { recordAudit } from '../../db/queries/audit.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import {
  answerDecisionReview as owe,
  markReviewClock,
  readDecisionReview,
} from '../../db/queries/decision-reviews.ts';
import { freeOverdueTask } from '../../db/queries/desk-tasks.ts';
import type { ActivityDeps } from '../deps.ts';

export interface RemindDecisionReviewInput {
  readonly reviewId: string;
  readonly step: 'REMIND' | 'OVERDUE';
}

/** Marks each step once; an overdue review is free for others. Gives whether it was news. */
export async function remindDecisionReview(
  deps: Pick<ActivityDeps, 'db' | 'log'>,
  { reviewId, step }: RemindDecisionReviewInput,
): Promise<boolean> {
  const column = step === 'REMIND' ? 'reminded_at' : 'overdue_at';
  const marked = await deps.db.transaction().execute(async (tx) => {
    const at = new Date();
    if (!(await markReviewClock(tx, reviewId, column, at))) return false;
    if (step === 'OVERDUE') await freeOverdueTask(tx, 'DECISION_REVIEW', reviewId, at);
    const action = step === 'REMIND' ? 'decision-review.remind' : 'decision-review.overdue';
    const review = await readDecisionReview(tx, reviewId);
    if (review !== undefined) await oweNotice(tx, action, review.application_id, { reviewId });
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action,
      subjectKind: 'decision-review',
      subjectId: reviewId,
      result: 'DONE',
      detail: {},
    });
    return true;
  });
  if (marked) deps.log.warn({ reviewId, step }, 'human review');
  return marked;
}

/** Owes the person a notice once the review is decided. False while it is not. */
export async function answerDecisionReview(
  deps: Pick<ActivityDeps, 'db'>,
  { reviewId }: { readonly reviewId: string },
): Promise<boolean> {
  return await deps.db.transaction().execute(async (tx) => {
    const review = await readDecisionReview(tx, reviewId);
    if (review === undefined) return true;
    if (review.state !== 'DECIDED') return false;
    await owe(tx, reviewId, new Date());
    return true;
  });
}
