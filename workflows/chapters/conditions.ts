/** Conditions: what an approval asked for keeps a door shut until staff have cleared it, or two of them have waived it. */
import type { RefusalCode } from '../../activities/outcomes.ts';
import type { Stage } from '../../domain/journey.ts';
import { answerCondition, resolveCondition } from '../messages.ts';
import { hear, said } from '../people.ts';
import type { Story } from '../story.ts';
import { instant } from '../time.ts';

/** Stages in which an approval may ask for something still. */
const ASKING: readonly Stage[] = ['REVIEW', 'OFFER', 'CONTRACT', 'SIGN', 'DISBURSE'];

export function hearConditions(story: Story): void {
  const { applicationId, doors } = story;
  const refuse = (): RefusalCode | null =>
    ASKING.includes(story.place.stage) ? null : 'STAGE_DOES_NOT_FIT';
  hear(story, answerCondition, {
    refuse,
    record: (input) => {
      const { conditionId, sealedAnswer } = input;
      const act = { ...said(input), applicationId, at: instant() };
      return doors.record.answerCondition({ ...act, conditionId, sealedAnswer });
    },
  });
  hear(story, resolveCondition, {
    refuse,
    record: (input) => {
      const { conditionId, step, reason } = input;
      const act = { ...said(input), applicationId, at: instant() };
      return doors.record.resolveCondition({ ...act, conditionId, step, reason });
    },
    beside: ({ step }) => step === 'PROPOSE_WAIVER',
  });
}

/** Waits before a door while the record says that a condition keeps it shut; a story without conditions passes. */
export async function untilConditionsMet(story: Story): Promise<void> {
  const isShut = (): boolean => story.place.pending === 'CONDITIONS';
  if (!isShut()) return;
  story.show({ stage: story.place.stage, needsHuman: true });
  await story.waitForPeople('CONDITIONS', () => !isShut());
  story.show({ needsHuman: false });
}
