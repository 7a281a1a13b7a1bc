/** Which workers a process starts: one per version of the story, each outside queue by itself, bureaus within their quota. */
import { randomBytes } from 'node:crypto';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Activities } from '../../activities/index.ts';
import { createWorkers } from '../../activities/worker-pool.ts';
import { type Config, loadConfig } from '../../platform/config.ts';

const created: WorkerOptions[] = [];
vi.spyOn(Worker, 'create').mockImplementation(async (options) => {
  created.push(options);
  return Object.create(Worker.prototype);
});
beforeEach(() => {
  created.length = 0;
});

const config = (env: Readonly<Record<string, string>> = {}): Config =>
  loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgresql://x:y@127.0.0.1/z',
    GATEWAY_KEYS_FILE: '/nowhere',
    DATA_KEYS_FILE: '/nowhere',
    ...env,
  });

const bundle = (buildId: string) => ({ buildId, codePath: `/bundles/${buildId}.js` });

async function start(env: Readonly<Record<string, string>>, kept: readonly string[] = []) {
  // Nothing is called through them: `Worker.create` is replaced above.
  const connection: NativeConnection = Object.create(NativeConnection.prototype);
  const activities: Activities = Object.create(null);
  await createWorkers({
    config: config(env),
    connection,
    payloadKeys: { activeKeyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) },
    activities,
    current: bundle('new'),
    kept: kept.map(bundle),
  });
  return created;
}

const ofQueue = (options: readonly WorkerOptions[], queue: string) =>
  options.filter((one) => one.taskQueue === queue);

describe('the workers of a process', () => {
  it('serve every queue but the one of the outbox relay, each by a worker of its own', async () => {
    const options = await start({});
    expect(options.map((one) => one.taskQueue).sort()).toEqual(
      ['bank', 'bureau', 'identity', 'loan', 'paper', 'signing'].sort(),
    );
  });

  it('serve only the queues they are told to, under the installation’s prefix', async () => {
    const options = await start({ WORKER_QUEUES: 'paper,bank', TASK_QUEUE_PREFIX: 'a-' });
    expect(options.map((one) => one.taskQueue).sort()).toEqual(['a-bank', 'a-paper']);
  });

  it('run the story pinned to its version, and every kept version beside the current one', async () => {
    const stories = ofQueue(await start({ WORKER_DEPLOYMENT: 'd' }, ['older', 'oldest']), 'loan');
    expect(stories.map((one) => one.workerDeploymentOptions)).toEqual(
      ['new', 'older', 'oldest'].map((buildId) => ({
        version: { deploymentName: 'd', buildId },
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      })),
    );
    expect(stories[0]?.workflowBundle).toEqual({ codePath: '/bundles/new.js' });
  });

  it('leave activities of the outside queues unversioned, so that any worker serves an older story', async () => {
    const options = await start({});
    for (const queue of ['bank', 'bureau', 'identity', 'paper', 'signing'])
      expect(ofQueue(options, queue)[0]?.workerDeploymentOptions).toBeUndefined();
  });

  it('let through what the slower bureau allows, and bound no other queue', async () => {
    const options = await start({ BUREAU_RATE_PBOC: '3', BUREAU_RATE_BAIHANG: '9' });
    expect(
      Object.fromEntries(
        options.map((one) => [one.taskQueue, one.maxTaskQueueActivitiesPerSecond]),
      ),
    ).toStrictEqual({
      bank: undefined,
      bureau: 6,
      identity: undefined,
      loan: undefined,
      paper: undefined,
      signing: undefined,
    });
  });

  it('run no more local steps at once than there are database connections, seal payloads and stop with grace', async () => {
    const options = await start({ DATABASE_POOL_MAX: '7' });
    expect(ofQueue(options, 'loan')[0]?.maxConcurrentLocalActivityExecutions).toBe(7);
    for (const one of options) {
      expect(one.shutdownGraceTime).toBe('20s');
      expect(one.dataConverter?.payloadCodecs).toHaveLength(1);
      expect(one.dataConverter?.failureConverterPath).toMatch(/failure-converter\.cjs$/);
    }
  });
});
