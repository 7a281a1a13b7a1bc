/** Moves the clock of one running loan forward, as only a development server lets us. */
import { readDataKeys } from '../../platform/keys.ts';
import { connectTemporal } from '../../platform/temporal/client.ts';
import { fastForward } from '../../platform/temporal/fast-forward.ts';
import type { Place } from './place.ts';

/** Lets `durationMs` pass for the loan and waits until it has. */
export async function moveClock(
  place: Place,
  applicationId: string,
  durationMs: number,
): Promise<void> {
  const keys = readDataKeys(place.dataKeysFile, 'development');
  const address = { address: place.temporalAddress, namespace: place.temporalNamespace };
  const temporal = await connectTemporal({ temporal: address }, keys.payloads);
  try {
    await fastForward(temporal.client, `loan/${applicationId}`, durationMs);
  } finally {
    await temporal.close();
  }
}
