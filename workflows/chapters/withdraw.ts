/** Withdrawal: possible at every stage before the money moves; it stops the story where it stands. */
import { condition, isCancellation, setHandler } from '@temporalio/workflow';
import type { RefusalCode } from '../../activities/outcomes.ts';
import { type Standing, withdraw, type WithdrawInput } from '../messages.ts';
import { type EndsWith, refusal, type Story } from '../story.ts';

function refuse(story: Story): RefusalCode | null {
  if (story.ended) return 'AFTER_ENDING';
  if (story.place.stage === 'APPLY') return 'STAGE_DOES_NOT_FIT';
  if (story.moneyMoving) return 'TOO_LATE_TO_WITHDRAW';
  return story.withdrawal === undefined ? null : 'ALREADY_WITHDRAWING';
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
    };
  }
}
