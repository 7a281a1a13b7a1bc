/** Review: people claim, ask for more, send back, approve or decline, while durable timers remind and escalate. */
import { condition } from '@temporalio/workflow';
import type { RefusalCode } from '../../activities/outcomes.ts';
import {
  claimReview,
  decideReview,
  type PersonSays,
  releaseReview,
  requestMore,
  returnTo,
  type ReturnStage,
  stealReview,
  supplyMore,
} from '../messages.ts';
import { hear, said } from '../people.ts';
import type { Story } from '../story.ts';
import { instant } from '../time.ts';
import type { Verdict } from './decide.ts';

interface Review {
  /** Grows with every act, so that a timer never fires into a newer state than the one it was set for. */
  generation: number;
}

/** The stages a review may lead back to. */
const BACK: readonly ReturnStage[] = ['BUREAU', 'FRAUD', 'SCORE'];

/** Waits until the review is decided or the generation moves on; false when the clock ran out first. */
function settled(story: Story, state: Review, ms: number): Promise<boolean> {
  const { generation } = state;
  return condition(() => story.place.stage !== 'REVIEW' || state.generation !== generation, ms);
}

/** One generation of waiting: a reminder first, then an escalation, then a reminder a term, for nobody decides by waiting. */
async function waitWithClock(story: Story, state: Review): Promise<void> {
  const { applicationId, doors, terms } = story;
  story.show({
    stage: 'REVIEW',
    needsHuman: true,
    slaDueAt: new Date(Date.now() + terms.reviewSlaMs),
    decision: 'REFER',
  });
  if (await settled(story, state, terms.reviewReminderMs)) return;
  await story.alone(() =>
    doors.record.remindReview({ applicationId, step: 'REMIND', at: instant() }),
  );
  if (await settled(story, state, Math.max(1, terms.reviewSlaMs - terms.reviewReminderMs))) return;
  await story.alone(() =>
    doors.record.remindReview({ applicationId, step: 'ESCALATE', at: instant() }),
  );
  while (!(await settled(story, state, terms.reviewSlaMs))) {
    await story.alone(() =>
      doors.record.remindReview({ applicationId, step: 'REMIND_AGAIN', at: instant() }),
    );
  }
}

function listen(story: Story, state: Review): void {
  const { applicationId, doors } = story;
  const inReview = (): RefusalCode | null =>
    story.place.stage === 'REVIEW' ? null : 'STAGE_DOES_NOT_FIT';
  const decidable = (): RefusalCode | null =>
    inReview() ?? (story.place.pending === 'INFORMATION' ? 'INFORMATION_PENDING' : null);
  const act = (input: PersonSays) => ({ ...said(input), applicationId, at: instant() });
  const moveOn = (): void => {
    state.generation += 1;
  };
  hear(story, claimReview, {
    refuse: inReview,
    record: (input) => doors.record.claimReview({ ...input, ...act(input) }),
  });
  hear(story, releaseReview, {
    refuse: inReview,
    record: (input) => doors.record.releaseReview({ ...input, ...act(input) }),
  });
  hear(story, stealReview, {
    refuse: inReview,
    record: (input) => doors.record.stealReview({ ...input, ...act(input) }),
  });
  hear(story, decideReview, {
    refuse: decidable,
    record: (input) =>
      doors.record.decideReview({ ...input, ...act(input), slaMs: story.terms.reviewSlaMs }),
    afterwards: moveOn,
  });
  hear(story, requestMore, {
    refuse: decidable,
    record: (input) => doors.record.requestMore({ ...input, ...act(input) }),
  });
  hear(story, supplyMore, {
    refuse: () => inReview() ?? (story.place.pending === 'INFORMATION' ? null : 'NO_OPEN_REQUEST'),
    record: (input) => doors.record.supplyMore({ ...input, ...act(input) }),
    afterwards: moveOn,
  });
  hear(story, returnTo, {
    refuse: decidable,
    record: (input) => doors.record.returnReview({ ...input, ...act(input) }),
    afterwards: moveOn,
  });
}

export async function review(story: Story): Promise<Verdict> {
  const state: Review = { generation: 0 };
  listen(story, state);
  while (story.place.stage === 'REVIEW') await waitWithClock(story, state);
  story.show({ stage: story.place.stage, needsHuman: false, slaDueAt: null });
  const { stage } = story.place;
  const back = BACK.find((one) => one === stage);
  if (back !== undefined) {
    // Sent back, or weighed again because what the applicant supplied has changed what was scored.
    story.round += 1;
    return { returnTo: back };
  }
  return { returnTo: null, ends: story.endedAs() };
}
