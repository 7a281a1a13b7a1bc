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
  undoApproval,
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

/** True once the review is decided or an act has begun a newer generation of waiting. */
const isOver = (story: Story, state: Review, generation: number): boolean =>
  story.place.stage !== 'REVIEW' || state.generation !== generation;

type Step = 'REMIND' | 'ESCALATE' | 'REMIND_AGAIN';

/** Reminds people, unless one of them acted while the timer waited for its turn: it was set for what stood before. */
async function remind(story: Story, state: Review, generation: number, step: Step): Promise<void> {
  const { applicationId, doors } = story;
  await story.alone(async () => {
    if (isOver(story, state, generation)) return;
    await doors.record.remindReview({ applicationId, step, at: instant() });
  });
}

/** One generation of waiting: a reminder first, then an escalation, then a reminder a term, for nobody decides by waiting. */
async function waitWithClock(story: Story, state: Review): Promise<void> {
  const { terms } = story;
  const { generation } = state;
  story.show({
    stage: 'REVIEW',
    needsHuman: true,
    slaDueAt: new Date(Date.now() + terms.reviewSlaMs),
    decision: 'REFER',
  });
  const settledWithin = (ms: number): Promise<boolean> =>
    condition(() => isOver(story, state, generation), ms);
  if (await settledWithin(terms.reviewReminderMs)) return;
  await remind(story, state, generation, 'REMIND');
  if (await settledWithin(Math.max(1, terms.reviewSlaMs - terms.reviewReminderMs))) return;
  await remind(story, state, generation, 'ESCALATE');
  while (!(await settledWithin(terms.reviewSlaMs)))
    await remind(story, state, generation, 'REMIND_AGAIN');
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
  // A correction that two people agree on while the review goes on: its votes are void, and the story weighs again.
  hear(story, undoApproval, {
    refuse: ({ step }) => inReview() ?? (step === 'PROPOSE' ? 'STAGE_DOES_NOT_FIT' : null),
    record: (input) => {
      const { step, reason } = input;
      return doors.record.undoApproval({ ...act(input), step, reason });
    },
    afterwards: ({ step }) => {
      if (step === 'APPROVE') moveOn();
    },
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
