/** One loan's story, from the submitted form to the money, on one screen. */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import { apply } from './chapters/apply.ts';
import { bureau } from './chapters/bureau.ts';
import { close } from './chapters/close.ts';
import { hearConditions } from './chapters/conditions.ts';
import { contract } from './chapters/contract.ts';
import { decide } from './chapters/decide.ts';
import { disburse } from './chapters/disburse.ts';
import { fraud } from './chapters/fraud.ts';
import { offer } from './chapters/offer.ts';
import { hearDecidedCases } from './chapters/decided-cases.ts';
import { hearOperations } from './chapters/operations.ts';
import { score } from './chapters/score.ts';
import { service } from './chapters/service.ts';
import { sign } from './chapters/sign.ts';
import { untilTakenBack } from './chapters/undo.ts';
import { verify } from './chapters/verify.ts';
import { hearWithdrawal, untilWithdrawn } from './chapters/withdraw.ts';
import { type ReturnStage, standing } from './messages.ts';
import { type EndsWith, Story } from './story.ts';

export interface LoanInput {
  readonly applicationId: string;
}

/** The stage in which the story of an application ended; `SERVICE` when the money was paid and servicing took over. */
export interface LoanEnding {
  readonly stage: string;
}

setWorkflowOptions({ versioningBehavior: 'PINNED' }, loanOrigination);
export async function loanOrigination({ applicationId }: LoanInput): Promise<LoanEnding> {
  const story = new Story(applicationId);
  setHandler(standing, () => story.standing());
  hearWithdrawal(story);
  hearOperations(story);
  hearDecidedCases(story);
  hearConditions(story);
  await CancellationScope.nonCancellable(async () => {
    if ((await apply(story)) === null) await tell(story);
    await condition(allHandlersFinished);
  });
  return { stage: story.place.stage };
}

async function tell(story: Story): Promise<void> {
  const ends = await untilWithdrawn(
    story,
    async () => (await verify(story)) ?? (await weighAndPay(story)),
  );
  if (ends !== null) await close(story, ends);
  if (ends === null || story.paid) await service(story);
}

/** Weighs, and carries out what was approved; an approval that is taken back is weighed again from the score. */
async function weighAndPay(story: Story): Promise<EndsWith | null> {
  for (let from: ReturnStage = 'BUREAU'; ; from = 'SCORE') {
    const ends = await weigh(story, from);
    if (ends !== null) return ends;
    const told = await untilTakenBack(
      story,
      async () =>
        (await offer(story)) ??
        (await contract(story)) ??
        (await sign(story)) ??
        (await disburse(story)),
    );
    if (told !== 'TAKEN_BACK') return told;
  }
}

/** Gathers the evidence and decides; a reviewer may send the story back to gather or weigh again. */
async function weigh(story: Story, begin: ReturnStage): Promise<EndsWith | null> {
  for (let from = begin; ; ) {
    if (from === 'BUREAU') await bureau(story);
    if (from !== 'SCORE') await fraud(story);
    await score(story);
    const verdict = await decide(story);
    if (verdict.returnTo === null) return verdict.ends;
    from = verdict.returnTo;
  }
}
