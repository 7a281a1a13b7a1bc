/** Starts the Temporal workers of one process: the story in its current version, kept versions beside it, and the outside queues. */
import type { NativeConnection } from '@temporalio/worker';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { Config, WorkerQueue } from '../platform/config.ts';
import type { WorkflowBundle } from '../platform/temporal/bundle.ts';
import { createDataConverter } from '../platform/temporal/data-converter.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Activities } from './index.ts';

export interface PoolInput {
  readonly config: Config;
  readonly connection: NativeConnection;
  readonly payloadKeys: Keyring;
  readonly activities: Activities;
  /** The bundle that new loans run on. */
  readonly current: WorkflowBundle;
  /** Bundles of versions that still have open loans. */
  readonly kept: readonly WorkflowBundle[];
}

const SHUTDOWN_GRACE = '20s';

function common(
  { config, connection, payloadKeys, activities }: PoolInput,
  queue: WorkerQueue,
): WorkerOptions {
  return {
    connection,
    namespace: config.temporal.namespace,
    taskQueue: `${config.temporal.taskQueuePrefix}${queue}`,
    dataConverter: createDataConverter(payloadKeys),
    activities: { ...activities },
    shutdownGraceTime: SHUTDOWN_GRACE,
  };
}

/** One worker per version of the story. Local activities run inside it, so no more of them than database connections. */
async function storyWorker(input: PoolInput, bundle: WorkflowBundle): Promise<Worker> {
  const { config } = input;
  return await Worker.create({
    ...common(input, 'loan'),
    workflowBundle: { codePath: bundle.codePath },
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, maximum: 20, initial: 5 },
    maxConcurrentLocalActivityExecutions: config.database.poolMax,
    workerDeploymentOptions: {
      version: { deploymentName: config.temporal.deployment, buildId: bundle.buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  });
}

/**
 * Each loan asks both bureaus once, so the queue lets through twice what the slower one allows: neither is asked faster
 * than its contract, whatever the number of workers.
 */
function bureauRate({ bureauRates }: Config): Partial<WorkerOptions> {
  return { maxTaskQueueActivitiesPerSecond: 2 * Math.min(bureauRates.pboc, bureauRates.baihang) };
}

/** Queues of activities are not versioned: an activity keeps understanding what older stories ask of it. */
async function outsideWorker(input: PoolInput, queue: WorkerQueue): Promise<Worker> {
  return await Worker.create({
    ...common(input, queue),
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, maximum: 10, initial: 2 },
    maxConcurrentActivityTaskExecutions: input.config.database.poolMax * 2,
    ...(queue === 'bureau' ? bureauRate(input.config) : {}),
  });
}

/** Creates the workers of the queues this process serves; `notice` is served by the outbox relay, not by Temporal. */
export async function createWorkers(input: PoolInput): Promise<readonly Worker[]> {
  const queues = input.config.workerQueues;
  const stories = queues.includes('loan') ? [input.current, ...input.kept] : [];
  const outside = queues.filter((queue) => queue !== 'loan' && queue !== 'notice');
  return await Promise.all([
    ...stories.map((bundle) => storyWorker(input, bundle)),
    ...outside.map((queue) => outsideWorker(input, queue)),
  ]);
}
