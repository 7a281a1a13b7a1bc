/** Undo: two people take an approval back before the money moves; what rested on it is taken back, and people decide again. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { RefusalCode } from '../../activities/outcomes.ts';
import type { Stage } from '../../domain/journey.ts';
import { undoApproval } from '../messages.ts';
import { hear, said } from '../people.ts';
import type { Story } from '../story.ts';
import { instant } from '../time.ts';

/** Stages that rest on an approval. */
const RESTING: readonly Stage[] = ['OFFER', 'CONTRACT', 'SIGN', 'DISBURSE'];

/**
 * Tells what follows an approval, until it ends by itself or the approval is taken back. Then everything that rested on it
 * is taken back, newest first, whoever withdraws meanwhile.
 */
export async function untilTakenBack<T>(
  story: Story,
  tell: () => Promise<T>,
): Promise<T | 'TAKEN_BACK'> {
  const { applicationId, doors } = story;
  const mark = story.undo.mark();
  const approved = new CancellationScope({ cancellable: true });
  hear(story, undoApproval, {
    refuse: (): RefusalCode | null => {
      if (!RESTING.includes(story.place.stage)) return 'STAGE_DOES_NOT_FIT';
      if (story.moneyMoving) return 'TOO_LATE_TO_UNDO';
      return story.withdrawal === undefined ? null : 'ALREADY_WITHDRAWING';
    },
    record: (input) => {
      const { step, reason } = input;
      const act = { ...said(input), applicationId, step, reason, at: instant() };
      return doors.record.undoApproval(act);
    },
    beside: ({ step }) => step === 'PROPOSE',
    afterwards: ({ step }) => {
      if (step !== 'APPROVE') return;
      story.takenBack = true;
      approved.cancel();
    },
  });
  try {
    const told = await approved.run(tell);
    if (!story.takenBack) return told;
  } catch (error) {
    if (!story.takenBack || !isCancellation(error)) throw error;
  }
  story.takenBack = false;
  await CancellationScope.nonCancellable(() =>
    story.undo.unwind(({ name, run }) => story.stepOrSkip(`undo.${name}`, run), mark),
  );
  story.round += 1;
  return 'TAKEN_BACK';
}
