/** A paid-out loan until its last fen: wakes on due dates, on repayments and on what people say, and continues as new in time. */
import {
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import type { Recorded } from '../activities/outcomes.ts';
import { openDoors } from './doors.ts';
import {
  refundHeld,
  type RepaymentNotice,
  repaymentNotice,
  requestPrepayment,
  rescheduleLoan,
  type ServicingSays,
  type Standing,
} from './messages.ts';
import { said } from './people.ts';
import { LoanStage, NeedsHuman } from './search-attributes.ts';
import { refusal } from './story.ts';
import { businessDay, hourOf, untilHourOf, untilMorningOf } from './time.ts';

export interface ServicingInput {
  readonly loanId: string;
  /** Notices that had arrived when the former run ended and were not yet recorded. */
  readonly inbox?: readonly RepaymentNotice[];
  /**
   * Whether this run sends orders to the bank. A run that began before there were any has nothing here and ends without
   * them, so that its history is told again as it was; it starts afresh with them.
   */
  readonly sendsOrders?: boolean;
}

/** A long loan outlives many releases: it stays on its own until it starts afresh, and starts afresh on the newest. */
const startAfresh = makeContinueAsNewFunc<typeof loanServicing>({
  initialVersioningBehavior: 'AUTO_UPGRADE',
});

/** Well below the server's own suggestion: a run holds about a year of a monthly loan. */
const EVENTS_PER_RUN = 400;

/** First and longest pause between questions about an order whose answer was lost, and how many pauses until people are told. */
const ASK_AGAIN_MS = 10_000;
const ASK_AGAIN_MOST_MS = 3_600_000;
const PAUSES_BEFORE_PEOPLE = 8;

/** What reaches a loan while it waits. */
interface Mail {
  readonly inbox: RepaymentNotice[];
  /** People have said something that may change what is to be done next. */
  acted: boolean;
}

setWorkflowOptions({ versioningBehavior: 'PINNED' }, loanServicing);
export async function loanServicing({
  loanId,
  inbox: carried = [],
  sendsOrders = false,
}: ServicingInput): Promise<void> {
  const { record } = openDoors();
  const mail: Mail = { inbox: [...carried], acted: false };
  listen(loanId, mail);
  const orders = orderClerk(loanId);
  let ended: 'SETTLED' | 'CANCELLED' = 'SETTLED';
  for (;;) {
    for (let notice = mail.inbox.shift(); notice !== undefined; notice = mail.inbox.shift()) {
      await record.recordRepayment({ loanId, noticeId: notice.noticeId, today: businessDay() });
    }
    mail.acted = false;
    const askAgainMs = sendsOrders ? await orders() : null;
    const loan = await record.reviewLoan({ loanId, today: businessDay() });
    setCurrentDetails(
      `${loan.state}, ${loan.daysPastDue} days past due, next look on ${loan.nextOn ?? 'never'}`,
    );
    // Money that came in while the last fen was counted is recorded too, as an overpayment.
    if (loan.nextOn === null && mail.inbox.length > 0) continue;
    if (loan.nextOn === null) {
      // A loan whose money came back is over once people have given it up: nothing of it was ever repaid.
      if (loan.state === 'RETURNED') ended = 'CANCELLED';
      break;
    }
    if (shouldStartAfresh()) {
      await condition(allHandlersFinished);
      await startAfresh({ loanId, inbox: mail.inbox, sendsOrders: true });
    }
    const wait = Math.min(untilMorningOf(loan.nextOn), askAgainMs ?? Number.MAX_SAFE_INTEGER);
    await condition(() => mail.inbox.length > 0 || mail.acted, wait);
  }
  upsertSearchAttributes([{ key: LoanStage, value: ended }]);
  await condition(allHandlersFinished);
}

/** Registers what the bank and people may say. An act is recorded by its activity under the loan's lock, whatever runs beside. */
function listen(loanId: string, mail: Mail): void {
  const { record } = openDoors();
  setHandler(repaymentNotice, (notice) => {
    mail.inbox.push(notice);
  });
  const hear = <I extends ServicingSays>(
    message: UpdateDefinition<Standing, [I]>,
    tell: (input: I) => Promise<Recorded>,
  ) => {
    const act = async (input: I): Promise<Standing> => {
      const recorded = await tell(input);
      if (!recorded.ok) throw refusal(recorded.code);
      mail.acted = true;
      const { stage, version, pending } = recorded;
      return { stage, version, pending };
    };
    const validator = (input: I): void => {
      if (input.loanId !== loanId) throw refusal('NOT_FOUND');
    };
    setHandler(message, act, { validator });
  };
  hear(requestPrepayment, (input) =>
    record.requestPrepayment({ ...input, ...said(input), today: businessDay() }),
  );
  hear(rescheduleLoan, (input) =>
    record.rescheduleLoan({ ...input, ...said(input), today: businessDay() }),
  );
  hear(refundHeld, (input) =>
    record.refundHeld({ ...input, ...said(input), today: businessDay() }),
  );
}

/**
 * Sends what is to be ordered from the bank, and asks about what was sent. Gives the milliseconds after which it wants to be
 * called again: at the next hour of debits, or a little later for an answer that was lost.
 */
function orderClerk(loanId: string): () => Promise<number | null> {
  const { record, outside } = openDoors();
  let pauses = 0;
  return async () => {
    const { requestNo, isNew, next } = await record.planOrder({
      loanId,
      today: businessDay(),
      hour: hourOf(),
    });
    const nextMs = next === null ? null : untilHourOf(next.day, next.hour);
    if (requestNo === null) return nextMs;
    const { state } = await outside('bank').carryOutOrder({
      loanId,
      requestNo,
      today: businessDay(),
      tellPeople: pauses + 1 === PAUSES_BEFORE_PEOPLE,
    });
    if (state !== 'UNKNOWN') {
      if (pauses >= PAUSES_BEFORE_PEOPLE)
        upsertSearchAttributes([{ key: NeedsHuman, value: false }]);
      pauses = 0;
      return state === 'PAID' && isNew ? null : nextMs;
    }
    pauses += 1;
    if (pauses === PAUSES_BEFORE_PEOPLE) upsertSearchAttributes([{ key: NeedsHuman, value: true }]);
    return Math.min(ASK_AGAIN_MS * 2 ** (pauses - 1), ASK_AGAIN_MOST_MS);
  };
}

function shouldStartAfresh(): boolean {
  const { historyLength, continueAsNewSuggested, targetWorkerDeploymentVersionChanged } =
    workflowInfo();
  return (
    historyLength > EVENTS_PER_RUN || continueAsNewSuggested || targetWorkerDeploymentVersionChanged
  );
}
