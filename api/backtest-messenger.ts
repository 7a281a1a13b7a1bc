/** How the API begins the workflow of a backtest. */
import type { Client } from '@temporalio/client';
import type { backtest, BacktestOrder } from '../workflows/backtest.ts';
import { backtestWorkflowId, queueName } from '../workflows/ids.ts';
import { problemOfUpdate } from './temporal-problems.ts';

export interface BacktestMessenger {
  /** Begins a backtest's workflow, or finds it begun. @throws ApiProblem UNAVAILABLE */
  begin(order: BacktestOrder): Promise<void>;
}

const DEADLINE_MS = 5_000;

/** The messenger over a Temporal client. */
export function createBacktestMessenger(client: Client, queuePrefix: string): BacktestMessenger {
  return {
    async begin(order) {
      const starting = client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.start<typeof backtest>('backtest', {
          workflowId: backtestWorkflowId(order.backtestId),
          taskQueue: queueName(queuePrefix, 'loan'),
          args: [order],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        }),
      );
      await starting.catch((error: unknown) => {
        if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
        throw problemOfUpdate(error);
      });
    },
  };
}
