/** Where the running house of the demonstration is: its addresses, its key file, and whether it runs at all. */
import { join } from 'node:path';
import { publicUrls } from '../start/environment.ts';
import { StartFailure } from '../start/failure.ts';
import { readSettings } from '../start/settings.ts';

/** The addresses and folders of one house. */
export interface Place {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly temporalUiUrl: string;
  readonly dataKeysFile: string;
  /** Where the demonstration puts the papers it was given. */
  readonly folder: string;
}

/** Reads the same variables that `npm start` reads. @throws StartFailure for a value that is no port */
export function readPlace(root: string, env: NodeJS.ProcessEnv): Place {
  const settings = readSettings(root, undefined, env);
  const urls = publicUrls(settings);
  return {
    apiUrl: urls.api,
    sandboxUrl: urls.sandbox,
    temporalAddress: settings.temporalAddress ?? `127.0.0.1:${settings.ports.temporal}`,
    temporalNamespace: settings.temporalNamespace,
    temporalUiUrl: env.TEMPORAL_UI_URL ?? urls.temporalUi,
    dataKeysFile: env.DATA_KEYS_FILE ?? join(settings.dataDir, 'keys', 'data-keys.json'),
    folder: join(settings.dataDir, 'demo'),
  };
}

/** @throws StartFailure of one sentence when API or sandbox do not answer */
export async function requireHouse({ apiUrl, sandboxUrl }: Place): Promise<void> {
  const asked = [
    ['API', `${apiUrl}/readyz`],
    ['sandbox', `${sandboxUrl}/_admin/faults`],
  ] as const;
  for (const [name, url] of asked) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (answer?.ok !== true)
      throw new StartFailure(
        `The ${name} of a running Xindai does not answer at ${url}: run npm start in another terminal first.`,
      );
  }
}

/** The page of a loan's workflow in the Temporal UI. */
export function workflowPage(place: Place, applicationId: string): string {
  const id = encodeURIComponent(`loan/${applicationId}`);
  return `${place.temporalUiUrl}/namespaces/${place.temporalNamespace}/workflows/${id}`;
}
