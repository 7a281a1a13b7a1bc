/** An evidence bundle: the audit chain is sealed first, so that everything up to now can be proved, then the bundle is built. */
import { openDoors } from './doors.ts';

const DAY_MS = 86_400_000;
/** A busy hour of the audit chain is read, and every paper is copied. */
const ONE_BUNDLE_MS = 10 * 60_000;

export interface EvidenceBundleInput {
  readonly bundleId: string;
}

export async function evidenceBundle({ bundleId }: EvidenceBundleInput): Promise<void> {
  const { outside } = openDoors();
  await outside('signing').sealAudit();
  await outside('paper', DAY_MS, ONE_BUNDLE_MS).buildEvidence({ bundleId });
}
