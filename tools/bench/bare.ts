/** Drives bare workflows as the bench drives loans: the same updates at the same places. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { buildWorkflowBundle } from '../../platform/temporal/bundle.ts';
import { makeCurrent } from '../../platform/temporal/deployment.ts';
import { BARE_DEPLOYMENT, BARE_LOAN_QUEUE } from './bare-names.ts';
import type { Reached } from './bare-steps.ts';
import { type bareLoan, speak } from './bare-workflows.ts';
import type { BenchHouse } from './house.ts';
import { createSignposts } from './in-flight.ts';

/** The bare workflow, ready to be run. */
export interface Bare {
  readonly pid: number;
  /** Runs one from its start to where a loan reaches SERVICE. */
  run(id: string): Promise<void>;
  stop(): Promise<void>;
}

export const bareWorkflowId = (id: string): string => `bare/${id}`;

/** Bundles the bare workflow, starts its worker beside the real one on the same server, and makes it current. */
export async function startBare(house: BenchHouse, client: Client): Promise<Bare> {
  const bundle = await buildWorkflowBundle({
    workflowsPath: fileURLToPath(new URL('./bare-workflows.ts', import.meta.url)),
    outDir: `${house.folder}/bare-bundles`,
  });
  const signposts = createSignposts();
  const child = fork(fileURLToPath(new URL('./bare-worker.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: house.temporalAddress,
      DATA_KEYS_FILE: house.dataKeysFile,
      BARE_BUNDLE: bundle.codePath,
      BARE_BUILD_ID: bundle.buildId,
    },
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`the bare worker ended with code ${code}`)));
  });
  ended.catch(() => undefined);
  const ready = new Promise<void>((resolve) => {
    child.on('message', (message: Reached | { readonly ready: true }) => {
      if ('ready' in message) resolve();
      else signposts.tell(message.id, message.stage);
    });
  });
  await Promise.race([ready, ended]);
  await makeCurrent(client, BARE_DEPLOYMENT, bundle.buildId);
  const run = async (id: string): Promise<void> => {
    await begin(client, id);
    for (const stage of ['OFFER', 'SIGN', 'DISBURSE']) {
      await signposts.reached(id, stage);
      const handle = client.workflow.getHandle(bareWorkflowId(id));
      await handle.executeUpdate(speak, { args: [stage], updateId: stage });
    }
    await signposts.reached(id, 'SERVICE');
  };
  return {
    pid: child.pid ?? 0,
    run: (id) => Promise.race([run(id), ended]),
    async stop() {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function begin(client: Client, id: string): Promise<void> {
  await client.workflow.executeUpdateWithStart(speak, {
    startWorkflowOperation: new WithStartWorkflowOperation<typeof bareLoan>('bareLoan', {
      workflowId: bareWorkflowId(id),
      taskQueue: BARE_LOAN_QUEUE,
      args: [id],
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
    args: ['SUBMIT'],
    updateId: 'SUBMIT',
  });
}
