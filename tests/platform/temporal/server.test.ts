/**
 * The plumbing against a real Temporal server: sealed histories, versions that stay served, clocks that can be moved.
 * Skipped without TEST_TEMPORAL_ADDRESS, which `npm test` sets.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKeyring } from '../../../platform/crypto/keyring.ts';
import { buildWorkflowBundle, type WorkflowBundle } from '../../../platform/temporal/bundle.ts';
import { connectTemporal, type TemporalConnection } from '../../../platform/temporal/client.ts';
import { createDataConverter } from '../../../platform/temporal/data-converter.ts';
import {
  currentBuildId,
  makeCurrent,
  openBuildIds,
} from '../../../platform/temporal/deployment.ts';
import { fastForward } from '../../../platform/temporal/fast-forward.ts';
import { registerSearchAttributes } from '../../../platform/temporal/search-attributes.ts';
import { connectWorkerToTemporal } from '../../../platform/temporal/worker-connection.ts';
import { captureTemporalLog } from '../../support/house-log.ts';
import { finish, greet, months, refuse, wait } from './fixtures/workflows.ts';

const address = process.env.TEST_TEMPORAL_ADDRESS ?? '';
const config = { temporal: { address, namespace: 'default' } };
const keyring = parseKeyring({ active: 'p', keys: { p: Buffer.alloc(32, 3).toString('base64') } });
const LONG = 60_000;

interface RunningWorker {
  stop(): Promise<void>;
}

async function startWorker(
  taskQueue: string,
  bundle: WorkflowBundle,
  deploymentName?: string,
): Promise<RunningWorker> {
  const connection = await connectWorkerToTemporal(config);
  const version = deploymentName && { deploymentName, buildId: bundle.buildId };
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath: bundle.codePath },
    dataConverter: createDataConverter(keyring),
    ...(version && {
      workerDeploymentOptions: {
        version,
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      },
    }),
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

describe.skipIf(address === '')('Temporal', () => {
  const dir = mkdtempSync(join(tmpdir(), 'xindai-temporal-'));
  const taskQueue = `platform-${randomUUID()}`;
  let temporal: TemporalConnection;
  let client: Client;
  let bundle: WorkflowBundle;
  let worker: RunningWorker;
  let endCapture: () => void;

  beforeAll(async () => {
    endCapture = captureTemporalLog([]);
    temporal = await connectTemporal(config, keyring);
    client = temporal.client;
    const workflowsPath = fileURLToPath(new URL('fixtures/workflows.ts', import.meta.url));
    bundle = await buildWorkflowBundle({ workflowsPath, outDir: dir });
    worker = await startWorker(taskQueue, bundle);
  }, LONG);

  afterAll(async () => {
    await worker.stop();
    await temporal.close();
    rmSync(dir, { recursive: true, force: true });
    endCapture();
  }, LONG);

  it(
    'keeps neither arguments nor results nor failure texts of ours in the clear',
    async () => {
      const workflowId = `greet-${randomUUID()}`;
      const options = { taskQueue, workflowId, args: ['王芳'] as [string], staticSummary: '摘要' };
      const result = await client.workflow.execute(greet, options);
      expect(result).toBe('你好 王芳');
      const refusedId = `refuse-${randomUUID()}`;
      const refused = client.workflow.execute(refuse, {
        taskQueue,
        workflowId: refusedId,
        args: ['secret'],
      });
      const failure: unknown = await refused.catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(WorkflowFailedError);
      expect(failure instanceof WorkflowFailedError && failure.cause).toMatchObject({
        message: 'not to be read: secret',
        type: 'REFUSED',
      });
      for (const id of [workflowId, refusedId]) {
        const history = await client.workflow.getHandle(id).fetchHistory();
        const bytes = JSON.stringify(history, (_, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
        );
        if (id === refusedId) expect(bytes).toContain('Encoded failure');
        for (const word of ['王芳', '你好', '摘要', 'secret', 'not to be read']) {
          expect(bytes).not.toContain(word);
          expect(bytes).not.toContain(Buffer.from(word).toString('latin1'));
        }
      }
    },
    LONG,
  );

  it(
    'says in one sentence that no server answers',
    async () => {
      const nowhere = { temporal: { address: '127.0.0.1:1', namespace: 'default' } };
      const sentence = 'No Temporal server answers at 127.0.0.1:1 (TEMPORAL_ADDRESS).';
      await expect(connectWorkerToTemporal(nowhere)).rejects.toThrow(sentence);
      await expect(connectTemporal(nowhere, keyring)).rejects.toThrow(sentence);
    },
    LONG,
  );

  it(
    'knows search attributes after one registration or several, and refuses another type',
    async () => {
      const name = `Platform${randomUUID().slice(0, 8)}`;
      const attributes = [{ name, type: 'Keyword' as const }];
      await registerSearchAttributes(temporal.connection, 'default', attributes);
      await registerSearchAttributes(temporal.connection, 'default', attributes);
      const other = registerSearchAttributes(temporal.connection, 'default', [
        { name, type: 'Int' },
      ]);
      await expect(other).rejects.toThrow(`${name} exists with another type than Int`);
    },
    LONG,
  );

  it(
    'moves a workflow through its months in seconds, firing every timer on the way',
    async () => {
      const workflowId = `months-${randomUUID()}`;
      const handle = await client.workflow.start(months, { taskQueue, workflowId, args: [3] });
      const startedAt = Date.now();
      expect(await fastForward(client, workflowId, 65 * 86_400_000)).toBe('ARRIVED');
      expect((await handle.describe()).status.name).toBe('RUNNING');
      expect(await fastForward(client, workflowId, 26 * 86_400_000)).toBe('ENDED');
      expect(await handle.result()).toBe(90);
      expect(Date.now() - startedAt).toBeLessThan(30_000);
      await expect(fastForward(client, workflowId, 1_000)).rejects.toThrow();
    },
    LONG,
  );

  it(
    'serves a workflow on the version it started on, after a new version became current',
    async () => {
      const deployment = `platform-${randomUUID()}`;
      const queue = `${taskQueue}-versioned`;
      const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
      symlinkSync(modules, join(dir, 'node_modules'));
      const newer = join(dir, 'newer.ts');
      writeFileSync(newer, `export async function wait(): Promise<string> { return 'newer'; }\n`);
      const second = await buildWorkflowBundle({ workflowsPath: newer, outDir: dir });
      const builds = [bundle.buildId, second.buildId, '0000000000000000'];
      expect(await currentBuildId(client, deployment)).toBeUndefined();

      const oldWorker = await startWorker(queue, bundle, deployment);
      await makeCurrent(client, deployment, bundle.buildId);
      const open = await client.workflow.start(wait, {
        taskQueue: queue,
        workflowId: `open-${randomUUID()}`,
      });
      const newWorker = await startWorker(queue, second, deployment);
      try {
        await makeCurrent(client, deployment, second.buildId);
        expect(await currentBuildId(client, deployment)).toBe(second.buildId);
        await expect
          .poll(() => openBuildIds(client, deployment, builds), { timeout: 20_000 })
          .toEqual([bundle.buildId, second.buildId]);
        const fresh = await client.workflow.execute(wait, {
          taskQueue: queue,
          workflowId: `fresh-${randomUUID()}`,
        });
        expect(fresh).toBe('newer');
        await open.signal(finish);
        expect(await open.result()).toBe('finished');
        await expect
          .poll(() => openBuildIds(client, deployment, builds), { timeout: 20_000 })
          .toEqual([second.buildId]);
      } finally {
        await Promise.all([oldWorker.stop(), newWorker.stop()]);
      }
    },
    LONG,
  );

  it(
    'does not make a version current that no worker serves',
    async () => {
      const making = makeCurrent(client, `nobody-${randomUUID()}`, '0123456789abcdef', 600);
      await expect(making).rejects.toThrow();
    },
    LONG,
  );
});
