/** Process entry: the worker of the bare workflow, with the queues, pollers and codec of the real one. */
import { DefaultLogger, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { readDataKeys } from '../../platform/keys.ts';
import { runProcess, type Running } from '../../platform/lifecycle.ts';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import { connectWorkerToTemporal } from '../../platform/temporal/worker-connection.ts';
import { BARE_DEPLOYMENT, BARE_LOAN_QUEUE, BARE_QUEUES } from './bare-names.ts';
import { bareActivities } from './bare-steps.ts';

/** As many as the real worker allows: its pool of database connections. */
const POOL = 10;

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set.`);
  return value;
}

async function start(): Promise<Running> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const keys = readDataKeys(variable('DATA_KEYS_FILE'), 'development');
  const temporal = { address: variable('TEMPORAL_ADDRESS'), namespace: 'default' };
  const connection = await connectWorkerToTemporal({ temporal });
  const common = (taskQueue: string): WorkerOptions => ({
    connection,
    namespace: temporal.namespace,
    taskQueue,
    dataConverter: createDataConverter(keys.payloads),
    activities: bareActivities,
    shutdownGraceTime: '20s',
  });
  const story = await Worker.create({
    ...common(BARE_LOAN_QUEUE),
    workflowBundle: { codePath: variable('BARE_BUNDLE') },
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, maximum: 20, initial: 5 },
    maxConcurrentLocalActivityExecutions: POOL,
    workerDeploymentOptions: {
      version: { deploymentName: BARE_DEPLOYMENT, buildId: variable('BARE_BUILD_ID') },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  });
  const outside = await Promise.all(
    BARE_QUEUES.map((queue) =>
      Worker.create({
        ...common(queue),
        activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, maximum: 10, initial: 2 },
        maxConcurrentActivityTaskExecutions: POOL * 2,
      }),
    ),
  );
  const workers = [story, ...outside];
  const runs = workers.map((worker) => worker.run());
  return {
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.all(runs);
      await connection.close();
    },
  };
}

runProcess('bare worker', start);
