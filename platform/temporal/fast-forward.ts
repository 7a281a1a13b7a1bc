/**
 * Moving a workflow's clock forward, for tests and rehearsals that live a loan's months in seconds.
 * The server must run with `frontend.WorkflowTimeSkippingEnabled=true`. Activities and databases keep wall time.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import protos from '@temporalio/proto';

/** More timers than this on one way forward stop the clock; a year of daily timers fits. */
const SKIPS_MAX = 10_000;
const Result = protos.temporal.api.enums.v1.FastForwardPollingResult;

/** Where a move ended: at its target, or before it because the workflow was over. */
export type FastForwardOutcome = 'ARRIVED' | 'ENDED';

/**
 * Lets `durationMs` pass for a running workflow and waits until its clock stands there or the workflow is over.
 * Timers on the way fire in order; running activities and children hold the clock until they are done.
 * @throws when the workflow does not run, the move is superseded by another, or `withinMs` of wall time are over
 */
export async function fastForward(
  client: Client,
  workflowId: string,
  durationMs: number,
  withinMs = 60_000,
): Promise<FastForwardOutcome> {
  const { namespace } = client.options;
  const id = randomUUID();
  const timeSkippingConfig = {
    enabled: true,
    maxSessionSkipCount: SKIPS_MAX,
    fastForwardConfig: { id, duration: msToTs(durationMs) },
  };
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: { workflowId },
    updateMask: { paths: ['time_skipping_config'] },
    workflowExecutionOptions: { timeSkippingConfig },
  });
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const answer = await client.withDeadline(deadline, () =>
      client.workflowService.pollWorkflowExecutionTimeSkipping({
        namespace,
        workflowExecution: { workflowId },
        fastForwardId: id,
      }),
    );
    const result = answer.fastForwardPollingResult;
    if (result === Result.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED) return 'ARRIVED';
    if (result === Result.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED) {
      const { status } = await client.workflow.getHandle(workflowId).describe();
      if (status.name !== 'RUNNING') return 'ENDED';
      throw new Error(`The clock of ${workflowId} cannot be moved: ${answer.failedReason}`);
    }
  }
  throw new Error(`The clock of ${workflowId} did not arrive within ${withinMs / 1_000} s.`);
}
