/** A backtest: laid out, decided again in parts side by side, reported; what cannot be decided ends under a code. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  proxyActivities,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

export interface BacktestOrder {
  readonly backtestId: string;
}

const steps = proxyActivities<
  Pick<Activities, 'beginBacktest' | 'finishBacktest' | 'failBacktest'>
>({
  startToCloseTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** A part may take hours on a large book; a worker that dies is missed after half a minute and its part taken over. */
const parts = proxyActivities<Pick<Activities, 'runBacktestPart'>>({
  startToCloseTimeout: '12h',
  heartbeatTimeout: '30s',
  retry: {
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '1m',
    maximumAttempts: 20,
  },
});

/** The code of what ended a step. */
function codeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? (cause.type ?? 'FAILED') : 'FAILED';
}

export async function backtest({ backtestId }: BacktestOrder): Promise<void> {
  try {
    const numbers = await steps.beginBacktest({ backtestId });
    await Promise.all(numbers.map((part) => parts.runBacktestPart({ backtestId, part })));
    await steps.finishBacktest({ backtestId });
  } catch (error) {
    const code = codeOf(error);
    await CancellationScope.nonCancellable(() => steps.failBacktest({ backtestId, code }));
  }
}
