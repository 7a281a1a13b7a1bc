/** The close of day: each hour what people decided about bad loans is carried out, and yesterday is closed once. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** A whole book in one statement takes longer than a loan's step, and nobody waits for it. */
const { carryOutLoanActs, closeBooks } = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '50m',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '5m' },
});

export async function bookClose(): Promise<{
  readonly done: number;
  readonly refused: number;
  readonly days: readonly string[];
}> {
  const acts = await carryOutLoanActs();
  const days = await closeBooks();
  return { ...acts, days: days.map(({ day }) => day) };
}
