/** Offer: states amount, price and schedule, and waits until the applicant accepts, declines or lets it expire. */
import { condition } from '@temporalio/workflow';
import { answerOffer } from '../messages.ts';
import { hear, said } from '../people.ts';
import { untilConditionsMet } from './conditions.ts';
import type { EndsWith, Story } from '../story.ts';
import { businessDay, instant } from '../time.ts';

export async function offer(story: Story): Promise<EndsWith | null> {
  const { applicationId, doors, terms, round } = story;
  await untilConditionsMet(story);
  story.undo.register({
    name: 'cancel-offer',
    run: () => doors.record.cancelOffer({ applicationId, at: instant() }),
  });
  const validUntil = Date.now() + terms.offerValidMs;
  await story.advance('offer.make', () =>
    doors.record.makeOffer({
      applicationId,
      round,
      today: businessDay(),
      validUntil: instant(validUntil),
    }),
  );
  hear(story, answerOffer, {
    refuse: () => (story.place.stage === 'OFFER' ? null : 'STAGE_DOES_NOT_FIT'),
    record: (input) =>
      doors.record.answerOffer({
        ...said(input),
        applicationId,
        offerId: input.offerId,
        answer: input.answer,
        at: instant(),
      }),
  });
  story.show({ stage: 'OFFER', decision: 'APPROVE' });
  const answered = await condition(() => story.place.stage !== 'OFFER', terms.offerValidMs);
  if (!answered) await story.alone(() => expire(story));
  return story.endedAs();
}

/** An answer that was being recorded when the clock ran out stands; only then is the offer past. */
async function expire(story: Story): Promise<void> {
  if (story.place.stage !== 'OFFER') return;
  const { applicationId, doors } = story;
  await story.advance('offer.expire', () =>
    doors.record.expireOffer({ applicationId, at: instant() }),
  );
}
