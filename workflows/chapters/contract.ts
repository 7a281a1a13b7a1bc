/** Contract: draws up the contract from the accepted offer, after the decision and before anybody signs. */
import type { Story } from '../story.ts';
import { untilConditionsMet } from './conditions.ts';
import { businessDay, instant } from '../time.ts';

export async function contract(story: Story): Promise<null> {
  const { applicationId, doors } = story;
  await untilConditionsMet(story);
  story.undo.register({
    name: 'void-contract',
    run: () => doors.record.voidContract({ applicationId }),
  });
  await story.advance('contract.render', () =>
    doors.outside('paper').renderContract({
      applicationId,
      expectedVersion: story.place.version,
      on: businessDay(),
      at: instant(),
    }),
  );
  return null;
}
