/** The nine stories of the demonstration: who applies, what goes wrong outside, and what people do about it. */
import { acceptOffer, sign, submit, waitFor } from '../teller/applicant.ts';
import {
  APPROVE,
  openTask,
  payoutOf,
  release,
  resolve,
  review,
  type Verdict,
} from '../teller/staff.ts';
import { data, returnTransfer, setFault } from '../teller/world.ts';
import { moveClock } from './clock.ts';
import type { Stage } from './stage.ts';

/** One story. `tell` begins with a filled-in draft and ends when the loan stands at `endsAt`. */
export interface DemoStory {
  readonly key: string;
  readonly title: string;
  /** The sandbox's kind of person who applies. */
  readonly persona: string;
  readonly endsAt: string;
  tell(stage: Stage): Promise<void>;
}

/** How long the central bank's bureau refuses connections, in milliseconds. */
const BUREAU_DOWN_MS = 4_000;
/** An hour past the end of an offer. */
const PAST_THE_END_MS = 3_600_000;

const CAPACITY: Verdict = { decision: 'DECLINE', reasons: ['REVIEW_CAPACITY'] };

async function apply(stage: Stage): Promise<void> {
  await submit(stage.client, stage.applicationId);
}

async function acceptAndSign(stage: Stage): Promise<void> {
  const { client, applicationId, act } = stage;
  await waitFor(client, applicationId, { stages: ['OFFER/OFFER_ANSWER'] });
  await act('the applicant accepts the offer');
  await acceptOffer(client, applicationId);
  await waitFor(client, applicationId, { stages: ['SIGN/SIGNATURE'] });
  await act('the applicant reads the contract and signs it');
  await sign(client, applicationId);
}

async function payOut(stage: Stage): Promise<void> {
  const { world, applicationId, act } = stage;
  const payout = await payoutOf(world, applicationId, 'READY');
  await act(`finance-qian releases the payout of ${yuan(payout.amountFen)}`);
  await release(world, applicationId);
}

async function paid(stage: Stage): Promise<void> {
  await waitFor(stage.client, stage.applicationId, { stages: ['SERVICE'] });
}

function yuan(fen: number): string {
  return `¥${(fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;
}

async function decideAs(
  stage: Stage,
  role: string,
  subject: string,
  verdict: Verdict,
): Promise<void> {
  const { world, applicationId, act } = stage;
  await openTask(world, applicationId);
  await act(
    `${subject} claims the review and says ${verdict.decision} (${verdict.reasons.join(', ')})`,
  );
  await review(world, applicationId, role, subject, verdict);
}

async function straightToTheMoney(stage: Stage): Promise<void> {
  await apply(stage);
  await acceptAndSign(stage);
  await payOut(stage);
  await paid(stage);
}

async function approvedByTwo(stage: Stage): Promise<void> {
  await apply(stage);
  await decideAs(stage, 'reviewer', 'reviewer-li', APPROVE);
  await decideAs(stage, 'senior-reviewer', 'senior-zhao', APPROVE);
  await acceptAndSign(stage);
  await payOut(stage);
  await paid(stage);
}

async function declinedByPeople(stage: Stage): Promise<void> {
  await apply(stage);
  await decideAs(stage, 'senior-reviewer', 'senior-zhao', CAPACITY);
  await waitFor(stage.client, stage.applicationId, { stages: ['DECLINED'] });
}

async function knockedOut(stage: Stage): Promise<void> {
  await apply(stage);
  await waitFor(stage.client, stage.applicationId, { stages: ['DECLINED'] });
}

async function bureauDown(stage: Stage): Promise<void> {
  const until = new Date(Date.now() + BUREAU_DOWN_MS).toISOString();
  await setFault(stage.world, { service: 'pboc', fault: 'down', until });
  await stage.act(`the bureau of the central bank is down for ${BUREAU_DOWN_MS / 1_000} s`);
  await straightToTheMoney(stage);
}

async function withdrawn(stage: Stage): Promise<void> {
  const { client, applicationId, act } = stage;
  await apply(stage);
  await waitFor(client, applicationId, { stages: ['OFFER/OFFER_ANSWER'] });
  await act('the applicant withdraws');
  await data(client.applications.withdraw(applicationId, { reason: 'NO_LONGER_NEEDED' }));
  await waitFor(client, applicationId, { stages: ['WITHDRAWN'] });
}

async function offerExpired(stage: Stage): Promise<void> {
  const { client, applicationId, act } = stage;
  await apply(stage);
  await waitFor(client, applicationId, { stages: ['OFFER/OFFER_ANSWER'] });
  const offer = await data(client.applications.offer(applicationId));
  const left = Date.parse(offer.validUntil) - Date.now() + PAST_THE_END_MS;
  await act(
    `nobody answers; the loan's clock is moved forward by ${(left / 86_400_000).toFixed(1)} days`,
  );
  await moveClock(stage.place, applicationId, left);
  await waitFor(client, applicationId, { stages: ['EXPIRED'] });
}

async function replyLost(stage: Stage): Promise<void> {
  const { world, applicationId, act } = stage;
  await apply(stage);
  await acceptAndSign(stage);
  await setFault(world, { service: 'bank', operation: 'transfer', fault: 'drop-reply', count: 1 });
  await act('the bank will pay, and its answer will be lost');
  await payOut(stage);
  const unknown = await payoutOf(world, applicationId, 'UNKNOWN');
  await act(
    `payout ${unknown.attempt} is UNKNOWN: it is asked about by its number, not sent again`,
  );
  await waitFor(stage.client, applicationId, { stages: ['SERVICE'], withinMs: 120_000 });
}

async function returnedAndRetried(stage: Stage): Promise<void> {
  const { world, applicationId, act } = stage;
  await apply(stage);
  await acceptAndSign(stage);
  await setFault(world, { service: 'bank', operation: 'transfer', fault: 'no-callback', count: 1 });
  await payOut(stage);
  const accepted = await payoutOf(world, applicationId, 'ACCEPTED');
  await act('the bank accepts the payout, and the receiving bank gives the money back');
  await returnTransfer(world, accepted.requestNo);
  const refused = await payoutOf(world, applicationId, 'REFUSED');
  await act(
    `payout 1 is ${refused.state} (${refused.failureCode ?? 'no code'}): two people must decide`,
  );
  await act('finance-qian proposes to try again, finance-zhou approves');
  await resolve(world, applicationId, 'RETRY');
  await paid(stage);
}

export const STORIES: readonly DemoStory[] = [
  {
    key: 'straight-approval',
    title: 'straight approval, to the money',
    persona: 'straight-approval',
    endsAt: 'SERVICE',
    tell: straightToTheMoney,
  },
  {
    key: 'two-people',
    title: 'referred, and approved by two people',
    persona: 'refer-two-people',
    endsAt: 'SERVICE',
    tell: approvedByTwo,
  },
  {
    key: 'declined',
    title: 'referred, and declined by a person',
    persona: 'refer-then-declined',
    endsAt: 'DECLINED',
    tell: declinedByPeople,
  },
  {
    key: 'knocked-out',
    title: 'knocked out by a rule',
    persona: 'overdue-three-six',
    endsAt: 'DECLINED',
    tell: knockedOut,
  },
  {
    key: 'bureau-down',
    title: 'the bureau is down for a while',
    persona: 'straight-small',
    endsAt: 'SERVICE',
    tell: bureauDown,
  },
  {
    key: 'withdrawn',
    title: 'withdrawn after the offer',
    persona: 'straight-civil-servant',
    endsAt: 'WITHDRAWN',
    tell: withdrawn,
  },
  {
    key: 'offer-expired',
    title: 'the offer expires',
    persona: 'straight-long',
    endsAt: 'EXPIRED',
    tell: offerExpired,
  },
  {
    key: 'reply-lost',
    title: "the payout's answer is lost, then the payout is found paid",
    persona: 'straight-mortgage',
    endsAt: 'SERVICE',
    tell: replyLost,
  },
  {
    key: 'payout-retried',
    title: 'the payout fails, and two people send it again',
    persona: 'payout-returned',
    endsAt: 'SERVICE',
    tell: returnedAndRetried,
  },
];
