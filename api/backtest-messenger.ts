/** How the API begins the workflow of a backtest. */
import type { Client } from '@temporalio/client';
import type { backtest, BacktestOrder } from '../workflows/backtest.ts';
import { backtestWorkflowId } from '../workflows/ids.ts';
import { createOnceWorkflows } from './once-workflows.ts';

export interface BacktestMessenger {
  /** Begins a backtest's workflow, or finds it begun. @throws ApiProblem UNAVAILABLE */
  begin(order: BacktestOrder): Promise<void>;
}

/** The messenger over a Temporal client. */
export function createBacktestMessenger(client: Client, queuePrefix: string): BacktestMessenger {
  const once = createOnceWorkflows(client, queuePrefix);
  return {
    begin: (order) =>
      once.begin<typeof backtest>('backtest', backtestWorkflowId(order.backtestId), [order]),
  };
}
