/** The destruction of one person's data keys, decided by two people; started by the person's id, so that it happens once. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

const { erasePerson } = proxyActivities<Pick<Activities, 'erasePerson'>>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

export type Erasure = Parameters<Activities['erasePerson']>[0];
export type ErasureResult = Awaited<ReturnType<Activities['erasePerson']>>;

export async function keyErasure(erasure: Erasure): Promise<ErasureResult> {
  return await erasePerson(erasure);
}
