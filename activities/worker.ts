/** Process entry: the worker that carries loans along and speaks to the outside. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { addCacheMetrics } from '../platform/cache.ts';
import { type Config, loadConfig } from '../platform/config.ts';
import { runCryptoSelfTest } from '../platform/crypto/self-test.ts';
import { readDataKeys } from '../platform/keys.ts';
import { runProcess, type Running } from '../platform/lifecycle.ts';
import { createTelemetry, startMetricsServer } from '../platform/telemetry.ts';
import {
  buildWorkflowBundle,
  listBundles,
  readBundle,
  type WorkflowBundle,
} from '../platform/temporal/bundle.ts';
import { connectTemporal } from '../platform/temporal/client.ts';
import { makeCurrent, openBuildIds } from '../platform/temporal/deployment.ts';
import { connectWorkerToTemporal } from '../platform/temporal/worker-connection.ts';
import { assembleActivityDeps } from './assemble.ts';
import { startAuditChainer } from './audit/chain.ts';
import { createActivities } from './index.ts';
import { startOutboxRelay } from './outbox-relay.ts';
import { addRiskMetrics } from './monitoring/metrics.ts';
import { createSchedules } from './schedules.ts';
import { publishShippedRulebooks } from './shipped-rulebooks.ts';
import { createWorkers } from './worker-pool.ts';

/** The file beside the bundles that names the one a built release runs; absent when running from sources. */
const CURRENT_FILE = 'current';

/** The SDK's log lines go the same way as ours, scrubbed and in the same form. */
function installRuntime(log: Logger): void {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    const fields = { temporal: meta };
    if (level === 'ERROR') log.error(fields, message);
    else if (level === 'WARN') log.warn(fields, message);
    else log.debug(fields, message);
  });
  Runtime.install({ logger });
}

/** A release names its bundle; sources are bundled afresh. */
async function currentBundle({ temporal }: Config): Promise<WorkflowBundle> {
  const current = join(temporal.bundleDir, CURRENT_FILE);
  if (existsSync(current))
    return readBundle(temporal.bundleDir, readFileSync(current, 'utf8').trim());
  const own = fileURLToPath(import.meta.url);
  const workflowsPath = own.replace(/activities[\\/]worker\.(ts|js)$/, 'workflows/index.$1');
  return await buildWorkflowBundle({ workflowsPath, outDir: temporal.bundleDir });
}

/** Bundles of versions that still carry loans: they are served until the last of those loans has ended. */
async function keptBundles(
  client: Client,
  config: Config,
  current: WorkflowBundle,
): Promise<readonly WorkflowBundle[]> {
  const others = (await listBundles(config.temporal.bundleDir)).filter(
    ({ buildId }) => buildId !== current.buildId,
  );
  const open = await openBuildIds(
    client,
    config.temporal.deployment,
    others.map(({ buildId }) => buildId),
  );
  return others.filter(({ buildId }) => open.includes(buildId));
}

async function start(): Promise<Running> {
  const config = loadConfig();
  runCryptoSelfTest();
  const deps = assembleActivityDeps(config);
  installRuntime(deps.log);
  const payloadKeys = readDataKeys(config.dataKeysFile, config.environment).payloads;
  const [connection, temporal, current] = await Promise.all([
    connectWorkerToTemporal(config),
    connectTemporal(config, payloadKeys),
    currentBundle(config),
    publishShippedRulebooks(deps.db),
  ]);
  const kept = await keptBundles(temporal.client, config, current);
  const activities = createActivities(deps);
  const workers = await createWorkers({
    config,
    connection,
    payloadKeys,
    activities,
    current,
    kept,
  });
  const runs = workers.map((worker) => worker.run());
  if (config.workerQueues.includes('loan')) {
    await makeCurrent(temporal.client, config.temporal.deployment, current.buildId);
    await createSchedules(temporal.client, config.temporal.taskQueuePrefix);
  }
  const relay = config.workerQueues.includes('notice') ? startOutboxRelay(deps) : undefined;
  const chainer = config.workerQueues.includes('loan') ? startAuditChainer(deps) : undefined;
  const { registry } = createTelemetry('worker');
  addCacheMetrics(registry, deps.cache);
  if (config.workerQueues.includes('loan')) addRiskMetrics(registry, deps);
  const metrics =
    config.metrics.port === 0 ? undefined : await startMetricsServer(registry, config.metrics);
  deps.log.info(
    { buildId: current.buildId, kept: kept.map(({ buildId }) => buildId) },
    'worker ready',
  );
  return {
    announce: { buildId: current.buildId },
    async stop() {
      await Promise.all([
        relay?.stop(),
        chainer?.stop(),
        metrics?.close(),
        shutDown(workers, runs),
      ]);
      await deps.ports.ocr.close();
      deps.cache.close();
      await Promise.all([connection.close(), temporal.close(), deps.db.destroy()]);
    },
  };
}

async function shutDown(workers: readonly Worker[], runs: readonly Promise<void>[]): Promise<void> {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await Promise.all(runs);
}

runProcess('worker', start);
