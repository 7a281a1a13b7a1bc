/**
 * The development keys of an installation: ours are made, the sandbox's are asked for and put beside them.
 */
import { join } from 'node:path';
import { completeGatewayKeys, createDevelopmentKeys } from '../../platform/keys.ts';
import { StartFailure } from './failure.ts';

/** Makes our key files where they are missing, and answers the environment variables that name them. */
export async function prepareKeys(folder: string): Promise<Record<string, string>> {
  return { ...(await createDevelopmentKeys(folder)) };
}

/**
 * Asks the sandbox for its public keys and puts them into our gateway key file.
 * @param sandboxUrl on the loopback address: the sandbox tells its keys nowhere else
 * @throws StartFailure when the sandbox refuses
 */
export async function completeKeys(folder: string, sandboxUrl: string): Promise<void> {
  const answer = await fetch(`${sandboxUrl}/_admin/keys`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok)
    throw new StartFailure(`The sandbox does not tell its keys (HTTP ${answer.status}).`);
  await completeGatewayKeys(join(folder, 'gateway-keys.json'), await answer.json());
}
