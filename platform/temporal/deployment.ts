/**
 * Worker deployment versions: making a new build current, and knowing which old builds still carry loans.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcServiceError } from '@temporalio/client';

const RETRY_EVERY_MS = 250;
/** `NOT_FOUND` of gRPC. */
const GRPC_NOT_FOUND: number = 5;

/**
 * Routes new workflows to `buildId`. The server refuses until a worker of that build polls, so this is tried again.
 * Queues that only the former build served do not hold it back.
 * @throws the server's last refusal once `withinMs` have passed
 */
export async function makeCurrent(
  client: Client,
  deploymentName: string,
  buildId: string,
  withinMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      await client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: client.options.namespace,
        deploymentName,
        buildId,
        identity: client.options.identity,
        ignoreMissingTaskQueues: true,
      });
      return;
    } catch (error) {
      if (!isGrpcServiceError(error) || Date.now() >= deadline) throw error;
      await sleep(RETRY_EVERY_MS);
    }
  }
}

/** The build id that new workflows go to; undefined when there is none yet. */
export async function currentBuildId(
  client: Client,
  deploymentName: string,
): Promise<string | undefined> {
  try {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace: client.options.namespace,
      deploymentName,
    });
    const current = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId;
    return current === '' ? undefined : (current ?? undefined);
  } catch (error) {
    if (isGrpcServiceError(error) && GRPC_NOT_FOUND === error.code.valueOf()) return undefined;
    throw error;
  }
}

/**
 * Of `candidates`, the build ids that must be served on: those with open workflows, and the one that is current,
 * whose youngest workflows visibility may not show yet.
 */
export async function openBuildIds(
  client: Client,
  deploymentName: string,
  candidates: readonly string[],
): Promise<string[]> {
  const current = await currentBuildId(client, deploymentName);
  const counts = await Promise.all(
    candidates.map(async (buildId) => {
      const version = `${deploymentName}:${buildId}`;
      const query = `ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '${version}'`;
      const { count } = await client.workflow.count(query);
      return { buildId, count };
    }),
  );
  return counts.filter((one) => one.count > 0 || one.buildId === current).map((one) => one.buildId);
}
