/** Withdrawal: possible at every stage before the money moves; it stops the story where it stands. */
import { condition, isCancellation, setHandler } from '@temporalio/workflow';
import type { RefusalCode } from '../../activities/outcomes.ts';
import { type Standing, withdraw, type WithdrawInput } from '../messages.ts';
import { said } from '../people.ts';
import { type EndsWith, refusal, type Story } from '../story.ts';

function refuse(story: Story): RefusalCode | null {
  if (story.ended) return 'AFTER_ENDING';
  if (story.place.stage === 'APPLY') return 'STAGE_DOES_NOT_FIT';
  if (story.moneyMoving) return 'TOO_LATE_TO_WITHDRAW';
  return story.withdrawal === undefined ? null : 'ALREADY_WITHDRAWING';
}

/** The record takes the withdrawal, by its seal and its owner, before anything under way is stopped. */
async function admit(story: Story, input: WithdrawInput): Promise<void> {
  const { applicationId, doors } = story;
  const { reason } = input;
  const admitted = await doors.record.admitWithdrawal({ ...said(input), applicationId, reason });
  if (!admitted.ok) throw refusal(admitted.code);
  // The story may have gone on while the record was asked.
  const code = refuse(story);
  if (code !== null) throw refusal(code);
}

/** Registers the handler of the withdrawal; its answer waits until the ending is on the record. */
export function hearWithdrawal(story: Story): void {
  const check = (_input: WithdrawInput): void => {
    const code = refuse(story);
    if (code !== null) throw refusal(code);
  };
  setHandler(
    withdraw,
    async (input: WithdrawInput): Promise<Standing> => {
      await story.alone(async () => {
        check(input);
        if (story.isSealed) await admit(story, input);
        story.withdrawal = input;
        story.scope.cancel();
      });
      await condition(() => story.ended);
      if (story.place.stage !== 'WITHDRAWN') throw refusal('AFTER_ENDING');
      return story.standing();
    },
    { validator: check },
  );
}

/** Tells the story until it ends by itself or the applicant withdraws. A bare cancellation in Temporal changes nothing. */
export async function untilWithdrawn<T>(
  story: Story,
  tell: () => Promise<T>,
): Promise<T | EndsWith> {
  try {
    return await story.scope.run(tell);
  } catch (error) {
    const { withdrawal } = story;
    if (!isCancellation(error) || withdrawal === undefined) throw error;
    return {
      recorded: false,
      ending: 'WITHDRAWN',
      reason: withdrawal.reason,
      actor: withdrawal.actor,
      cause: withdrawal.key,
      seal: withdrawal.seal,
    };
  }
}
