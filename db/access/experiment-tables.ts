/** Privileges on experiments and monitoring: risk runs them, oversight looks on, and the views name nobody. */
import type { Database } from '../schema/index.ts';
import { each, EVERY_ROW, READ, READ_ADD, SUBJECT, type TableAccess } from './grants.ts';

const WATCHERS = ['risk', 'oversight', 'worker'] as const;

/** Counts without persons: read with the owner's sight of the rows, because risk sees single applications under review only. */
const COUNTS: TableAccess = {
  view: true,
  rows: { every: EVERY_ROW },
  areas: each(WATCHERS, READ),
};

export const EXPERIMENT_TABLES = {
  experiments: {
    rows: { every: EVERY_ROW },
    areas: {
      risk: {
        select: 'all',
        insert: 'all',
        update: [
          'status',
          'proposed_by',
          'approved_by',
          'stopped_by',
          'stop_reason',
          'proposed_at',
          'approved_at',
          'ended_at',
        ],
      },
      oversight: READ,
      worker: { select: 'all', update: ['status', 'ended_at'] },
    },
  },
  // Who is in which arm is the worker's to know; the others see counts.
  experiment_assignments: { rows: { every: EVERY_ROW }, areas: { worker: READ_ADD } },
  arm_stops: {
    rows: { every: EVERY_ROW },
    adds: `stopped_by = ${SUBJECT} and reason = 'PERSON'`,
    areas: { risk: READ_ADD, oversight: READ, worker: READ_ADD },
  },
  shadow_decisions: { rows: { every: EVERY_ROW }, areas: { worker: READ_ADD } },
  experiment_outcomes: COUNTS,
  shadow_outcomes: COUNTS,
  decision_measures: { rows: { every: EVERY_ROW }, areas: { worker: READ_ADD } },
  measure_days: { rows: { every: EVERY_ROW }, areas: { worker: READ_ADD } },
  measure_counts: { rows: { every: EVERY_ROW }, areas: { worker: READ_ADD } },
  open_measures: { view: true, rows: { every: EVERY_ROW }, areas: { worker: READ } },
  all_measures: { view: true, rows: { every: EVERY_ROW }, areas: { worker: READ } },
  monitoring_thresholds: {
    rows: { every: EVERY_ROW },
    adds: `set_by = ${SUBJECT}`,
    areas: { risk: READ_ADD, oversight: READ, worker: READ },
  },
  monitoring_alerts: {
    rows: { every: EVERY_ROW },
    areas: { ...each(['risk', 'oversight'], READ), worker: READ_ADD },
  },
  monitoring_rules: COUNTS,
  monitoring_outcomes: COUNTS,
  monitoring_scores: COUNTS,
  monitoring_bands: COUNTS,
  monitoring_reviews: COUNTS,
  monitoring_score_drift: COUNTS,
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
