/** Keeps what a decision measured, in bands and not in values, for the monitoring of strategies. */
import type { Decision } from '../../domain/decide.ts';
import { leaningOf } from '../../domain/monitoring.ts';
import type { Strategy } from '../../domain/strategy.ts';
import type { Tx } from '../../db/database.ts';
import { recordMeasure } from '../../db/queries/monitoring.ts';
import { businessDate } from '../../platform/clock.ts';
import type { Pinned } from '../pinned.ts';

export interface Measured {
  readonly pinned: Pinned;
  readonly round: number;
  /** Instant of the decision, ISO. */
  readonly at: string;
  readonly decision: Decision;
  /** Null where the strategy could not be used. */
  readonly cutoffs: Strategy['cutoffs'] | null;
}

/** Belongs into the decision's transaction, so that every decision is measured and no other. */
export async function measureDecision(tx: Tx, measured: Measured): Promise<void> {
  const { decision, cutoffs, pinned, round } = measured;
  await recordMeasure(tx, {
    applicationId: pinned.application.id,
    round,
    day: businessDate(new Date(measured.at)),
    versions: pinned.application.pinned,
    outcome: decision.outcome,
    leaning: cutoffs === null ? null : leaningOf(decision.total, cutoffs),
    grade: decision.grade,
    total: decision.total,
    rules: Object.fromEntries(decision.rulesTrace.map((rule) => [rule.ruleId, rule.outcome])),
    bands: Object.fromEntries(
      decision.score.contributions.map((part) => [part.dimension, part.band]),
    ),
  });
}
