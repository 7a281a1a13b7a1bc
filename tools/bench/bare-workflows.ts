/**
 * The bare workflow beside which a loan is measured: the same activities, local activities, updates, timers and child
 * in the same order as a straight approval, and no business code. Its steps carry the names of the story's chapters.
 */
import {
  allHandlersFinished,
  condition,
  defineUpdate,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  setWorkflowOptions,
  startChild,
} from '@temporalio/workflow';
import type { BareActivities } from './bare-steps.ts';

export const speak = defineUpdate<string, [string]>('speak');

const WEEK_MS = 7 * 86_400_000;

function outside(queue: string) {
  return proxyActivities<BareActivities>({
    taskQueue: `bare-${queue}`,
    startToCloseTimeout: '20s',
  });
}

setWorkflowOptions({ versioningBehavior: 'PINNED' }, bareLoan);
export async function bareLoan(id: string): Promise<string> {
  const local = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '15s' });
  const said = new Set<string>();
  let sealed = false;
  setHandler(speak, async (what) => {
    await local.work(id);
    said.add(what);
    if (what === 'SIGN') await condition(() => sealed);
    return what;
  });
  await condition(() => said.has('SUBMIT'));
  const identity = outside('identity');
  await Promise.all([identity.work(id), identity.work(id)]);
  await local.work(id);
  const bureau = outside('bureau');
  await Promise.all([bureau.work(id), bureau.work(id), identity.work(id)]);
  for (let chapter = 0; chapter < 4; chapter += 1) await local.work(id);
  await local.reach(id, 'OFFER');
  await condition(() => said.has('OFFER'), WEEK_MS);
  await outside('paper').reach(id, 'SIGN');
  await condition(() => said.has('SIGN'), WEEK_MS);
  await outside('signing').reach(id, 'DISBURSE');
  sealed = true;
  await condition(() => said.has('DISBURSE'));
  await outside('bank').work(id);
  await local.reach(id, 'SERVICE');
  await startChild(bareServicing, {
    workflowId: `bare-servicing/${id}`,
    args: [id],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  await condition(allHandlersFinished);
  return id;
}

setWorkflowOptions({ versioningBehavior: 'PINNED' }, bareServicing);
export async function bareServicing(id: string): Promise<void> {
  await proxyLocalActivities<BareActivities>({ startToCloseTimeout: '15s' }).work(id);
  await condition(() => false, WEEK_MS);
}
