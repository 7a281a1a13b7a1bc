/** Concludes the bureau chapter: what did not come under the policy's patience is stated as a gap, never replaced. */
import { SYSTEM } from '../../domain/journey.ts';
import { noteGap } from '../../db/queries/bureau.ts';
import { advance } from '../../db/queries/journey.ts';
import type { ActivityDeps } from '../deps.ts';
import { placed } from '../failures.ts';
import type { Placed } from '../outcomes.ts';

export interface ConcludeBureauInput {
  readonly applicationId: string;
  readonly round: number;
  readonly expectedVersion: number;
  /** Why a report is missing, by bureau; null where it came. */
  readonly gaps: Readonly<Record<'PBOC' | 'BAIHANG', string | null>>;
}

export async function concludeBureau(
  deps: ActivityDeps,
  input: ConcludeBureauInput,
): Promise<Placed> {
  return await deps.db.transaction().execute(async (tx) => {
    const { applicationId, round, expectedVersion, gaps } = input;
    for (const bureau of ['PBOC', 'BAIHANG'] as const) {
      const gap = gaps[bureau];
      if (gap !== null) await noteGap(tx, { applicationId, round, bureau, gap });
    }
    const missing = Object.values(gaps).some((gap) => gap !== null);
    const moved = await advance(tx, {
      applicationId,
      from: 'BUREAU',
      to: 'FRAUD',
      actor: SYSTEM,
      reason: missing ? 'GAPS_STATED' : 'REPORTS_RECEIVED',
      cause: `bureau.conclude:${round}`,
      expectedVersion,
    });
    return placed(moved, 'FRAUD');
  });
}
