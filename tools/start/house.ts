/**
 * Which programs make up Xindai, how their keys are made, and what Temporal must know: what the supervisor starts.
 */
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { registerSearchAttributes } from '../../platform/temporal/search-attributes.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { completeKeys, prepareKeys } from './keys.ts';
import type { SearchAttribute } from './temporal.ts';

/** The programs and preparations of one house. Tests of the supervisor put small programs in their place. */
export interface House {
  /** Scripts by the name of the child that runs them. */
  readonly programs: {
    readonly sandbox: string;
    readonly worker: string;
    readonly api: string;
    readonly 'codec-server': string;
  };
  /** Runs to its end before worker and API start. */
  readonly migrate: string;
  /** Takes one application to the money on the first start; undefined leaves that out. */
  readonly sample: string | undefined;
  readonly searchAttributes: readonly SearchAttribute[];
  /** Makes the search attributes known to a running cluster at `host:port`. */
  registerSearchAttributes(address: string, namespace: string): Promise<void>;
  /** Makes the key files that are not there yet, and answers the environment variables that name them. */
  prepareKeys(folder: string): Promise<Record<string, string>>;
  /** Adds the sandbox's public keys to our key files, once the sandbox answers. */
  completeKeys(folder: string, sandboxUrl: string): Promise<void>;
}

/** The real house. */
export function xindai(root: string): House {
  return {
    programs: {
      sandbox: join(root, 'sandbox', 'server.ts'),
      worker: join(root, 'activities', 'worker.ts'),
      api: join(root, 'api', 'server.ts'),
      'codec-server': join(root, 'api', 'codec-server.ts'),
    },
    migrate: join(root, 'db', 'migrate.ts'),
    sample: join(root, 'tools', 'demo', 'main.ts'),
    searchAttributes: SEARCH_ATTRIBUTES,
    registerSearchAttributes: registerAt,
    prepareKeys,
    completeKeys,
  };
}

async function registerAt(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await registerSearchAttributes(connection, namespace, SEARCH_ATTRIBUTES);
  } finally {
    await connection.close();
  }
}
