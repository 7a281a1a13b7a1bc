/** Rows of experiments and of monitoring: documents, assignments, stops, shadows, measures in bands, views and alerts. */
import type { ArmCause, BandMeasure } from '../../domain/experiment.ts';
import type { Fen } from '../../domain/money.ts';
import type { Generated, Json, Maybe, MaybeMoment, Moment } from './columns.ts';

export type ExperimentStatus = 'DRAFT' | 'PROPOSED' | 'RUNNING' | 'STOPPED' | 'FINISHED';
type Outcome = 'APPROVE' | 'DECLINE' | 'REFER';
type Leaning = 'APPROVE' | 'DECLINE';

export interface ExperimentRow {
  id: string;
  code: string;
  strategy_code: string;
  document: Json<unknown>;
  document_sm3: string;
  status: Generated<ExperimentStatus>;
  created_by: string;
  proposed_by: Maybe<string>;
  approved_by: Maybe<string>;
  stopped_by: Maybe<string>;
  /** Coded. */
  stop_reason: Maybe<string>;
  created_at: Moment;
  proposed_at: MaybeMoment;
  approved_at: MaybeMoment;
  ended_at: MaybeMoment;
}

/** Append-only. */
export interface ExperimentAssignmentRow {
  experiment_id: string;
  applicant_id: string;
  /** The arm of the person's bucket. */
  arm: string;
  bucket: number;
  /** The arm that decided when the person first came. */
  acting_arm: string;
  cause: ArmCause;
  at: Moment;
}

/** Append-only; the numbers are there where the arm stopped itself. */
export interface ArmStopRow {
  experiment_id: string;
  arm: string;
  reason: 'STOP_LOSS' | 'PERSON';
  measure: Maybe<BandMeasure>;
  hits: Maybe<number>;
  seen: Maybe<number>;
  low_bp: Maybe<number>;
  high_bp: Maybe<number>;
  stopped_by: string;
  at: Moment;
}

/** Append-only; what a shadow would have decided, or why it could not. */
export interface ShadowDecisionRow {
  application_id: string;
  round: number;
  experiment_id: string;
  arm: string;
  strategy_code: string;
  strategy_version: number;
  outcome: Maybe<Outcome>;
  reasons: Generated<string[]>;
  grade: Maybe<string>;
  total: Maybe<number>;
  amount_fen: Maybe<Fen>;
  annual_rate: Maybe<string>;
  record_sm3: Maybe<string>;
  failure_code: Maybe<string>;
  at: Moment;
}

/** A view: one row for each person assigned, naming nobody. */
export interface ExperimentOutcomeRow {
  experiment_id: string;
  arm: string;
  acting_arm: string;
  cause: ArmCause;
  assigned_at: Date;
  outcome: Outcome | null;
  amount_fen: Fen | null;
  /** Percent a year, as PostgreSQL's numeric. */
  annual_rate: string | null;
  grade: string | null;
  matured: boolean;
  early_overdue: boolean;
}

/** A view: what a shadow said beside what was decided. */
export interface ShadowOutcomeRow {
  experiment_id: string;
  arm: string;
  shadow_outcome: Outcome | null;
  outcome: Outcome;
  failure_code: string | null;
  shadow_amount_fen: Fen | null;
  amount_fen: Fen | null;
}

/** Append-only: what one decision measured, in bands. */
export interface DecisionMeasureRow {
  application_id: string;
  round: number;
  day: string;
  product_code: string;
  strategy_code: string;
  strategy_version: number;
  scorecard_code: string;
  scorecard_version: number;
  experiment_id: Maybe<string>;
  arm: Maybe<string>;
  outcome: Outcome;
  /** The side of the cut-offs that the score was on; null where the strategy could not be used. */
  leaning: Leaning | null;
  grade: string;
  total: number;
  /** Rule to HIT, MISS or NOT_EVALUABLE. */
  rules: Json<Readonly<Record<string, string>>>;
  /** Dimension to the label of its band. */
  bands: Json<Readonly<Record<string, string>>>;
}

/** Append-only: a day whose decisions have been counted. */
export interface MeasureDayRow {
  day: string;
  counted_at: Moment;
}

/** Append-only for days that are counted; the views of the same shape add the days that are not. */
export interface MeasureCountRow extends MonitoredBy {
  scorecard_code: string;
  scorecard_version: number;
  kind: 'OUTCOME' | 'RULE' | 'SCORE' | 'BAND';
  name: string;
  band: string;
  decisions: number;
}

/** Append-only: the newest version counts. */
export interface MonitoringThresholdsRow {
  version: number;
  document: Json<unknown>;
  set_by: string;
  reason: string;
  at: Moment;
}

/** Append-only: one alert a day and cause. */
export interface MonitoringAlertRow {
  id: string;
  day: string;
  cause: string;
  strategy_code: string;
  measured: string;
  threshold: string;
  at: Moment;
}

/** What the views of monitoring count by. */
interface MonitoredBy {
  day: string;
  strategy_code: string;
  strategy_version: number;
  /** A dash where no experiment chose the version. */
  arm: string;
}

export interface MonitoringRuleRow extends MonitoredBy {
  rule: string;
  decisions: number;
  hits: number;
  not_evaluable: number;
}

export interface MonitoringOutcomeRow extends MonitoredBy {
  outcome: Outcome;
  decisions: number;
}

export interface MonitoringScoreRow extends MonitoredBy {
  scorecard_code: string;
  scorecard_version: number;
  /** Lower end of a band of twenty points. */
  band: number;
  decisions: number;
}

export interface MonitoringBandRow extends MonitoredBy {
  scorecard_code: string;
  scorecard_version: number;
  dimension: string;
  band: string;
  decisions: number;
}

export interface MonitoringReviewRow extends MonitoredBy {
  leaning: Leaning;
  people: Leaning;
  reviews: number;
}

export interface MonitoringScoreDriftRow {
  strategy_code: string;
  scorecard_code: string;
  scorecard_version: number;
  baseline: number;
  current: number;
  psi: number;
}
