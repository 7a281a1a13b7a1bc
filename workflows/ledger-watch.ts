/** The watch over the ledger: one look an hour, by a schedule. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/**
 * A look reads every loan and every journal, which takes minutes on a large book: it is an activity of its own, missed
 * half a minute after its worker died. A look that cannot be had is given up before the next one is due.
 */
const { watchLedger } = proxyActivities<Pick<Activities, 'watchLedger'>>({
  startToCloseTimeout: '20m',
  scheduleToCloseTimeout: '50m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '2m' },
});

export async function ledgerWatch(): Promise<{
  readonly differences: number;
  readonly fresh: number;
  readonly gone: number;
}> {
  return await watchLedger();
}
