/** How the API speaks to a running loan: updates for people, signals for the bank, each with a deadline. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type WorkflowHandle, WithStartWorkflowOperation } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { ACT_FIELDS, type ActName, actText } from '../domain/acts.ts';
import type { Sealer } from '../platform/act-seal.ts';
import {
  loanWorkflowId,
  queueName,
  servicingWorkflowId,
  payoutReturnWorkflowId,
  payoutStoryId,
} from '../workflows/ids.ts';
import type { loanOrigination } from '../workflows/loan-origination.ts';
import { LoanStage, ProductCode } from '../workflows/search-attributes.ts';
import {
  type PayoutNotice,
  type PersonSays,
  payoutNotice,
  type RepaymentNotice,
  repaymentNotice,
  type ServicingSays,
  type Standing,
  submit,
  type SubmitInput,
} from '../workflows/messages.ts';
import { ApiProblem } from './problem-response.ts';
import type { ProblemCode } from './problems.ts';
import { isAheadOfStory, problemOfUpdate } from './temporal-problems.ts';

export interface LoanMessenger {
  /** Starts the loan's workflow and submits the application to it in one call; a running one is used. */
  submit(applicationId: string, productCode: string, input: SubmitInput): Promise<Standing>;
  /**
   * Sends one update to the loan's workflow; the input's key is the update id.
   * @param contradicted refusals that the record does not bear out: the loan is a moment behind it, and is asked again
   */
  update<I extends PersonSays>(
    applicationId: string,
    definition: UpdateDefinition<Standing, [I]>,
    input: I,
    contradicted?: readonly ProblemCode[],
    /** The workflow that listens; the loan's origination unless told. */
    workflowId?: string,
  ): Promise<Standing>;
  /** Begins to take back a payout that the bank says returned, or finds it begun. */
  payoutReturned(applicationId: string, payoutId: string, tranche: number): Promise<void>;
  /** Sends one update to the servicing of a paid-out loan. */
  updateServicing<I extends ServicingSays>(
    definition: UpdateDefinition<Standing, [I]>,
    input: I,
  ): Promise<Standing>;
  /** False when the loan's workflow is over or was never there. */
  notifyPayout(applicationId: string, notice: PayoutNotice, tranche: number): Promise<boolean>;
  notifyRepayment(loanId: string, notice: RepaymentNotice): Promise<boolean>;
  /** Whether the Temporal server answers. */
  reachable(): Promise<boolean>;
}

/** A person waits no longer than this for an answer; the update itself goes on. */
const UPDATE_DEADLINE_MS = 10_000;
/** A loan that has not taken over its last step yet is asked again, for as long as such a step takes on a busy day. */
const AGAIN_AFTER_MS = 100;
const AGAIN_WITHIN_MS = 3_000;
const SIGNAL_DEADLINE_MS = 5_000;
const HEALTH_DEADLINE_MS = 2_000;

const isAct = (name: string): name is ActName => Object.hasOwn(ACT_FIELDS, name);

/** The act with the seal without which no record takes it. */
function sealed<I extends PersonSays>(
  sealer: Sealer,
  name: string,
  applicationId: string,
  input: I,
): I {
  if (!isAct(name)) throw new ApiProblem('INTERNAL');
  const issuedAt = new Date().toISOString();
  const { actor, key } = input;
  const text = actText(name, { applicationId, actor, key, issuedAt }, input);
  return { ...input, seal: { issuedAt, mac: sealer.seal(text) } };
}

/** Sends an update; a loan that has not yet taken over where its last step left it is asked again for a moment. */
async function updateOnceItListens<I extends PersonSays>(
  handle: WorkflowHandle,
  definition: UpdateDefinition<Standing, [I]>,
  input: I,
  contradicted: readonly ProblemCode[],
): Promise<Standing> {
  const deadline = Date.now() + AGAIN_WITHIN_MS;
  for (;;) {
    try {
      return await handle.executeUpdate(definition, { args: [input], updateId: input.key });
    } catch (error) {
      if (!isAheadOfStory(error, contradicted) || Date.now() >= deadline) throw error;
    }
    await sleep(AGAIN_AFTER_MS);
  }
}

/** The loan's workflow, begun where it has not begun. */
const storyOf = (applicationId: string, productCode: string, queuePrefix: string) =>
  new WithStartWorkflowOperation<typeof loanOrigination>('loanOrigination', {
    workflowId: loanWorkflowId(applicationId),
    taskQueue: queueName(queuePrefix, 'loan'),
    args: [{ applicationId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    // A submission that was not admitted ends its run, and the mended form must start another. What guards
    // against a second story is the record: an application that has left APPLY is never admitted again.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    typedSearchAttributes: [
      { key: LoanStage, value: 'VERIFY' },
      { key: ProductCode, value: productCode },
    ],
    staticSummary: `${productCode} · ${applicationId.slice(0, 8)}`,
  });

/** Calls within a deadline, whose failures are problems. */
function callsOf(client: Client) {
  const within = async <T>(ms: number, call: () => Promise<T>): Promise<T> => {
    try {
      return await client.withDeadline(Date.now() + ms, call);
    } catch (error) {
      throw problemOfUpdate(error);
    }
  };
  const signalled = async (call: () => Promise<void>): Promise<boolean> => {
    try {
      await client.withDeadline(Date.now() + SIGNAL_DEADLINE_MS, call);
      return true;
    } catch (error) {
      const problem = problemOfUpdate(error);
      if (problem.code === 'AFTER_ENDING') return false;
      throw problem;
    }
  };
  return { within, signalled };
}

/**
 * The messenger over a Temporal client. Every act it sends is sealed here, and nowhere else.
 * @throws ApiProblem where the loan refuses, has ended, or Temporal cannot be reached
 */
export function createLoanMessenger(
  client: Client,
  queuePrefix: string,
  sealer: Sealer,
): LoanMessenger {
  const { within, signalled } = callsOf(client);
  return {
    submit: (applicationId, productCode, input) =>
      within(UPDATE_DEADLINE_MS, () =>
        client.workflow.executeUpdateWithStart(submit, {
          startWorkflowOperation: storyOf(applicationId, productCode, queuePrefix),
          args: [sealed(sealer, 'submit', applicationId, input)],
          updateId: input.key,
        }),
      ),
    update: (applicationId, definition, input, contradicted = [], workflowId) =>
      within(UPDATE_DEADLINE_MS, () =>
        updateOnceItListens(
          client.workflow.getHandle(workflowId ?? loanWorkflowId(applicationId)),
          definition,
          sealed(sealer, definition.name, applicationId, input),
          contradicted,
        ),
      ),
    updateServicing: (definition, input) =>
      within(UPDATE_DEADLINE_MS, () =>
        updateOnceItListens(
          client.workflow.getHandle(servicingWorkflowId(input.loanId)),
          definition,
          sealed(sealer, definition.name, input.applicationId, input),
          [],
        ),
      ),
    payoutReturned: (applicationId, payoutId, tranche) =>
      within(SIGNAL_DEADLINE_MS, async () => {
        await client.workflow.start('payoutReturn', {
          taskQueue: queueName(queuePrefix, 'loan'),
          workflowId: payoutReturnWorkflowId(applicationId, tranche),
          workflowIdConflictPolicy: 'USE_EXISTING',
          // A loan that was paid again may come back again.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          args: [{ applicationId, payoutId }],
        });
      }),
    notifyPayout: (applicationId, notice, tranche) =>
      signalled(() =>
        client.workflow
          .getHandle(payoutStoryId(applicationId, tranche))
          .signal(payoutNotice, notice),
      ),
    notifyRepayment: (loanId, notice) =>
      signalled(() =>
        client.workflow.getHandle(servicingWorkflowId(loanId)).signal(repaymentNotice, notice),
      ),
    reachable: async () => {
      try {
        await client.withDeadline(Date.now() + HEALTH_DEADLINE_MS, () =>
          client.connection.workflowService.getSystemInfo({}),
        );
        return true;
      } catch {
        return false;
      }
    },
  };
}
