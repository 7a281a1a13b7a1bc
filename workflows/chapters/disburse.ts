/** Disburse: finance releases, the bank pays once, and an answer that never came is asked for, never assumed. */
import { condition, setHandler } from '@temporalio/workflow';
import type { PayoutOutcome } from '../../activities/index.ts';
import { payoutNotice, releasePayout, resolvePayout } from '../messages.ts';
import { hear, said } from '../people.ts';
import { untilConditionsMet } from './conditions.ts';
import type { EndsWith, Story } from '../story.ts';
import { instant } from '../time.ts';

/** One attempt of paying, as far as the story knows. */
interface Payout {
  id: string | null;
  released: boolean;
  /** The bank has refused and people have not yet said what follows. */
  refused: boolean;
  notices: number;
}

function listen(story: Story, payout: Payout): void {
  const { applicationId, doors } = story;
  setHandler(payoutNotice, () => {
    payout.notices += 1;
  });
  hear(story, releasePayout, {
    refuse: () =>
      story.place.stage === 'DISBURSE' && !payout.released ? null : 'STAGE_DOES_NOT_FIT',
    record: (input) =>
      doors.record.releasePayout({
        ...said(input),
        applicationId,
        payoutId: input.payoutId,
        at: instant(),
      }),
    afterwards: ({ payoutId }) => {
      payout.id = payoutId;
      payout.released = true;
      story.moneyMoving = true;
    },
  });
  hear(story, resolvePayout, {
    refuse: () =>
      story.place.stage === 'DISBURSE' && payout.refused ? null : 'PAYOUT_STATE_DOES_NOT_FIT',
    record: async (input) => {
      const { payoutId, step, action, reason } = input;
      const resolved = await doors.record.resolvePayout({
        ...said(input),
        applicationId,
        payoutId,
        step,
        action,
        reason,
        at: instant(),
      });
      if (resolved.ok && resolved.nextPayoutId !== null) {
        payout.id = resolved.nextPayoutId;
        payout.refused = false;
        story.moneyMoving = true;
      }
      return resolved;
    },
  });
}

/** Asks the bank what became of the transfer until it knows; past the policy's patience people are told, and asking goes on. */
async function settle(
  story: Story,
  payout: Payout,
  payoutId: string,
  first: PayoutOutcome,
): Promise<PayoutOutcome> {
  const { applicationId, doors, terms } = story;
  const started = Date.now();
  let outcome = first;
  let wait = terms.payoutQueryAfterMs;
  let told = false;
  while (outcome.state === 'ACCEPTED' || outcome.state === 'UNKNOWN') {
    const seen = payout.notices;
    await condition(() => payout.notices !== seen, wait);
    outcome = await story.step('disburse.query', () =>
      doors.outside('bank').queryPayout({ applicationId, payoutId }),
    );
    wait = Math.min(wait * 2, 3_600_000);
    if (!told && Date.now() - started > terms.payoutPatienceMs) {
      told = true;
      await doors.record.reportUnknownPayout({ applicationId, payoutId, at: instant() });
      story.show({ needsHuman: true });
    }
  }
  return outcome;
}

/** Waits for two people to say whether a refused payout is tried again. Ends with the loan cancelled or a new attempt. */
async function askPeople(story: Story, payout: Payout): Promise<void> {
  payout.refused = true;
  story.moneyMoving = false;
  story.show({ stage: 'DISBURSE', needsHuman: true });
  await story.waitForPeople(
    'PAYOUT_RETRY',
    () => !payout.refused || story.place.stage !== 'DISBURSE',
  );
  story.show({ stage: story.place.stage, needsHuman: false });
}

/** A story that was set back finds the payout that somebody has released meanwhile, and asks the bank about that one. */
async function recall(story: Story, payout: Payout): Promise<void> {
  const { applicationId, doors, place } = story;
  if (place.stage !== 'DISBURSE' || place.pending === 'PAYOUT_RELEASE') return;
  const payoutId = await doors.record.recallPayout({ applicationId });
  if (payoutId === null) return;
  payout.id = payoutId;
  payout.released = true;
  story.moneyMoving = true;
}

/** Waits for finance; what the application is found to wait for instead, after a reset, is looked up in the record. */
async function untilReleased(story: Story, payout: Payout): Promise<void> {
  const waits = () => payout.id === null && story.place.stage === 'DISBURSE';
  while (waits()) {
    const { pending } = story.place;
    await recall(story, payout);
    const done = () => !waits() || story.place.pending !== pending;
    await story.waitForPeople('PAYOUT_RELEASE', done);
  }
}

export async function disburse(story: Story): Promise<EndsWith | null> {
  const { applicationId, doors } = story;
  const payout: Payout = { id: null, released: false, refused: false, notices: 0 };
  listen(story, payout);
  story.show({ stage: 'DISBURSE' });
  await untilConditionsMet(story);
  await untilReleased(story, payout);
  while (story.place.stage === 'DISBURSE' && payout.id !== null) {
    const payoutId = payout.id;
    const sent = await story.step('disburse.send', () =>
      doors.outside('bank').sendPayout({ applicationId, payoutId }),
    );
    const outcome = await settle(story, payout, payoutId, sent);
    if (outcome.state === 'PAID') return null;
    story.stand({ ...story.place, pending: 'PAYOUT_RETRY' });
    await askPeople(story, payout);
  }
  return story.endedAs();
}
