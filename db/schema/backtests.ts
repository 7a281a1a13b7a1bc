/** Rows of backtests: what is tried on which decisions, and how far each part of it is. */
import type { Tally } from '../../domain/backtest.ts';
import type { BacktestReport } from '../../domain/backtest-report.ts';
import type { Generated, Json, Maybe, MaybeJson, MaybeMoment, Moment } from './columns.ts';

export interface BacktestRow {
  id: string;
  draft_id: Maybe<string>;
  strategy: Json<unknown>;
  strategy_sm3: string;
  scorecard: Json<unknown>;
  scorecard_sm3: string;
  /** Decisions made from here … */
  decided_from: Date;
  /** … to before here. */
  decided_until: Date;
  sample_limit: number;
  lgd_percent: number;
  state: Generated<'RUNNING' | 'DONE' | 'FAILED'>;
  /** Applications to decide again; null until they were counted. */
  total: Maybe<number>;
  report: MaybeJson<BacktestReport>;
  failure_code: Maybe<string>;
  started_by: string;
  started_at: Moment;
  finished_at: MaybeMoment;
}

export interface BacktestPartRow {
  backtest_id: string;
  part: number;
  /** Id of the last application that is counted; the next batch begins behind it. */
  after: string;
  until: string;
  decided: Generated<number>;
  tally: Json<Tally>;
  state: Generated<'RUNNING' | 'DONE'>;
}
