/**
 * The later payouts of a contract that is paid out in parts, one after the other: each waits for its day, for two of finance, and
 * for the bank; one that is paid becomes a loan note of its own.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import type { Recorded } from '../activities/outcomes.ts';
import { openDoors } from './doors.ts';
import { Floor } from './floor.ts';
import {
  giveUpTranches,
  payoutNotice,
  type PersonSays,
  releasePayout,
  resolvePayout,
  type Standing,
} from './messages.ts';
import { payUntilKnown } from './pay-until-known.ts';
import { said } from './people.ts';
import { NeedsHuman } from './search-attributes.ts';
import { startServicing } from './start-servicing.ts';
import { codeOf, refusal } from './story.ts';
import { businessDay, instant, untilMorningOf } from './time.ts';

export interface DrawdownsInput {
  readonly applicationId: string;
}

/** The plan may last for two years and outlives releases: between two steps it starts afresh on the newest. */
const startAfresh = makeContinueAsNewFunc<typeof drawdowns>({
  initialVersioningBehavior: 'AUTO_UPGRADE',
});

/** A step that fails for good is told to operations and taken again after this long: what is owed here has no other home. */
const TRY_AGAIN_MS = 3_600_000;
/** People who are waited for are reminded this often. */
const REMIND_MS = 86_400_000;

/** What has reached the workflow; the record is asked what it means. */
interface Heard {
  acts: number;
  notices: number;
  /** True while a released part is with the bank: nobody decides on it then. */
  paying: boolean;
}

function listen({ applicationId }: DrawdownsInput, heard: Heard): void {
  const { record } = openDoors();
  const floor = new Floor();
  setHandler(payoutNotice, () => {
    heard.notices += 1;
  });
  const hear = <I extends PersonSays>(
    message: UpdateDefinition<Standing, [I]>,
    check: () => void,
    tell: (input: I) => Promise<Recorded>,
  ) => {
    const validator = (_input: I): void => check();
    const act = (input: I): Promise<Standing> =>
      floor.alone(async () => {
        check();
        const recorded = await tell(input);
        if (!recorded.ok) throw refusal(recorded.code);
        heard.acts += 1;
        const { stage, version, pending } = recorded;
        return { stage, version, pending };
      });
    setHandler(message, act, { validator });
  };
  const unlessPaying = (): void => {
    if (heard.paying) throw refusal('PAYOUT_STATE_DOES_NOT_FIT');
  };
  hear(releasePayout, unlessPaying, (input) =>
    record.releasePayout({
      ...said(input),
      applicationId,
      payoutId: input.payoutId,
      at: instant(),
      awaitsChecker: true,
    }),
  );
  hear(resolvePayout, unlessPaying, (input) => {
    const { payoutId, step, action, reason } = input;
    const of = { applicationId, payoutId, step, action, reason };
    return record.resolvePayout({ ...said(input), ...of, at: instant() });
  });
  // What is with the bank stays drawn; whatever comes after it can still be given up.
  const always = (): void => undefined;
  hear(giveUpTranches, always, (input) =>
    record.giveUpTranches({ ...said(input), applicationId, reason: input.reason, at: instant() }),
  );
}

/** Takes a step until it succeeds; operations hear of one that fails for good. */
async function insist<T>(applicationId: string, step: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const cause = `disburse.tranche:${workflowInfo().runId}:${Date.now()}`;
      const failureCode = codeOf(error);
      await openDoors().record.reportStuckTranche({ applicationId, failureCode, cause });
      await sleep(TRY_AGAIN_MS);
    }
  }
}

/** Waits until somebody acts, and reminds people once a day. */
async function untilPeopleAct(applicationId: string, heard: Heard, what: string): Promise<void> {
  const { acts } = heard;
  upsertSearchAttributes([{ key: NeedsHuman, value: true }]);
  while (!(await condition(() => heard.acts !== acts, REMIND_MS)))
    await openDoors().record.remindPeople({ applicationId, what });
  upsertSearchAttributes([{ key: NeedsHuman, value: false }]);
}

/** Ends when every part is paid or given up. */
export async function drawdowns(input: DrawdownsInput): Promise<void> {
  const { applicationId } = input;
  const { record } = openDoors();
  const heard: Heard = { acts: 0, notices: 0, paying: false };
  listen(input, heard);
  for (;;) {
    const { acts } = heard;
    const step = await insist(applicationId, () =>
      record.nextTranche({ applicationId, today: businessDay() }),
    );
    if (step.next === 'OVER') break;
    setCurrentDetails(step.next === 'WAIT' ? `waits until ${step.on}` : `waits for ${step.waits}`);
    // What was said while the record was asked may have changed the answer.
    if (heard.acts !== acts) continue;
    if (workflowInfo().targetWorkerDeploymentVersionChanged) {
      await condition(allHandlersFinished);
      await startAfresh(input);
    }
    if (step.next === 'WAIT') await condition(() => heard.acts !== acts, untilMorningOf(step.on));
    else if (step.waits === 'RELEASE') await untilPeopleAct(applicationId, heard, 'PAYOUT_RELEASE');
    else if (step.waits === 'PEOPLE') await untilPeopleAct(applicationId, heard, 'PAYOUT_RETRY');
    else await pay(applicationId, step.payoutId, heard);
  }
  await condition(allHandlersFinished);
}

/** Pays a released part, and opens its note and its servicing once the bank says so. */
async function pay(applicationId: string, payoutId: string, heard: Heard): Promise<void> {
  const of = { applicationId, payoutId };
  heard.paying = true;
  const { state } = await insist(applicationId, () => payUntilKnown(of, () => heard.notices));
  heard.paying = false;
  if (state !== 'PAID') return;
  const { record } = openDoors();
  const { loanId } = await insist(applicationId, () =>
    record.openTranche({ ...of, disbursedOn: businessDay() }),
  );
  await startServicing(loanId);
}
