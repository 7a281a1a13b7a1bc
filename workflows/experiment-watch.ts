/** The watch over running experiments, and over what decisions measure. Run by a schedule. */
import { openDoors } from './doors.ts';

export interface WatchResult {
  /** `experiment/arm` of every arm that stopped itself. */
  readonly stopped: readonly string[];
  /** Causes of what moved past a threshold and was not reported today yet. */
  readonly raised: readonly string[];
}

export async function experimentWatch(): Promise<WatchResult> {
  const { record } = openDoors();
  const { stopped } = await record.watchExperiments();
  await record.countDecisions();
  const { raised } = await record.checkDecisions();
  return { stopped, raised };
}
