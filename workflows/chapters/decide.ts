/** Decide: the strategy approves, declines or refers; a referral waits for people. */
import type { ReturnStage } from '../messages.ts';
import type { EndsWith, Story } from '../story.ts';
import { review } from './review.ts';
import { instant } from '../time.ts';

/** How weighing goes on: to the end, to an offer (both null), or back to an earlier stage. */
export type Verdict =
  | { readonly returnTo: ReturnStage }
  | { readonly returnTo: null; readonly ends: EndsWith | null };

export async function decide(story: Story): Promise<Verdict> {
  const { applicationId, doors, round } = story;
  story.undo.register({
    name: 'cancel-reviews',
    run: () => doors.record.cancelReviews({ applicationId }),
  });
  const decided = await story.advance('decide', () =>
    doors.record.decideApplication({
      applicationId,
      round,
      expectedVersion: story.place.version,
      at: instant(),
    }),
  );
  switch (decided.outcome) {
    case 'APPROVE':
      return { returnTo: null, ends: null };
    case 'DECLINE':
      return {
        returnTo: null,
        ends: story.endedAs(),
      };
    case 'REFER':
      return await review(story);
  }
}
