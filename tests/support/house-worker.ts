/** The workers of a test's house: the real ones on the real bundle, which a test may stop and start again. */
import type { Client } from '@temporalio/client';
import type { NativeConnection, Worker } from '@temporalio/worker';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createActivities } from '../../activities/index.ts';
import { createWorkers } from '../../activities/worker-pool.ts';
import type { Config } from '../../platform/config.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { WorkflowBundle } from '../../platform/temporal/bundle.ts';
import { makeCurrent } from '../../platform/temporal/deployment.ts';

export interface CrewParts {
  readonly config: Config;
  readonly connection: NativeConnection;
  readonly payloadKeys: Keyring;
  readonly deps: ActivityDeps;
  readonly client: Client;
  readonly current: WorkflowBundle;
  readonly kept: readonly WorkflowBundle[];
}

export interface Crew {
  /** Finishes what is in hand and leaves the queues. */
  leave(): Promise<void>;
}

async function leave(workers: readonly Worker[], runs: readonly Promise<void>[]): Promise<void> {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await Promise.all(runs);
}

/** Starts the workers and makes their version current, as activities/worker.ts does. */
export async function hireCrew(parts: CrewParts): Promise<Crew> {
  const { config, connection, payloadKeys, deps, client, current, kept } = parts;
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
  const crew = { leave: () => leave(workers, runs) };
  try {
    await makeCurrent(client, config.temporal.deployment, current.buildId);
  } catch (error) {
    await crew.leave();
    throw error;
  }
  return crew;
}
