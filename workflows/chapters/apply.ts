/** Apply: waits for the submission that started the story, and pins the terms it is told under. */
import { condition } from '@temporalio/workflow';
import type { StoryTerms } from '../../activities/index.ts';
import { submit } from '../messages.ts';
import { hear, said } from '../people.ts';
import { businessDay, instant } from '../time.ts';
import type { Story } from '../story.ts';

/** What became of the submission: null when it was admitted. */
export async function apply(story: Story): Promise<'NOT_ADMITTED' | null> {
  const { applicationId, doors } = story;
  let answer: StoryTerms | 'NOT_ADMITTED' | undefined;
  hear(story, submit, {
    refuse: () =>
      story.place.stage === 'APPLY' && answer === undefined ? null : 'STAGE_DOES_NOT_FIT',
    record: async (input) => {
      story.undo.register({
        name: 'expire-authorisation',
        run: () => doors.record.expireAuthorisation({ applicationId, at: instant() }),
      });
      const admitted = await doors.record.admitApplication({
        ...said(input),
        applicationId,
        evidenceVersion: input.evidenceVersion,
        today: businessDay(),
      });
      story.isSealed = input.seal !== undefined;
      answer = admitted.ok ? admitted.terms : 'NOT_ADMITTED';
      return admitted;
    },
  });
  await condition(() => answer !== undefined);
  if (answer === undefined || answer === 'NOT_ADMITTED') return 'NOT_ADMITTED';
  story.admit(answer);
  return null;
}
