/** Rows of the life of rules: drafts, their history, what is in force, the kill switch, and decisions looked at again. */
import type { DraftState, RuleKind } from '../../domain/rule-life.ts';
import type {
  Generated,
  GeneratedAlways,
  Json,
  Maybe,
  MaybeJson,
  MaybeMoment,
  Moment,
} from './columns.ts';

/** What a check found; of cases and backtest only when the document could be read at all. */
export interface CheckReport {
  readonly documentSm3: string;
  /** Test cases inside the strategy: how many there are, and the names of those that failed. */
  readonly cases: { readonly total: number; readonly failed: readonly string[] } | null;
  readonly backtest: 'DONE' | 'MISSING' | 'NO_RECORDED_INPUTS' | 'NOT_NEEDED';
  readonly passed: boolean;
}

export interface RuleDraftRow {
  id: string;
  kind: RuleKind;
  code: string;
  version: number;
  state: Generated<DraftState>;
  document: Json<unknown>;
  document_sm3: string;
  /** Digest of the document that passed its check. */
  checked_sm3: Maybe<string>;
  check_report: MaybeJson<CheckReport>;
  created_by: string;
  edited_by: string;
  proposed_by: Maybe<string>;
  approved_by: Maybe<string>;
  created_at: Moment;
  edited_at: Moment;
}

/** Append-only. */
export interface RuleDraftEventRow {
  id: GeneratedAlways<number>;
  draft_id: string;
  act: 'CREATE' | 'EDIT' | 'CHECK' | 'CHECK_FAILED' | 'PROPOSE' | 'APPROVE' | 'REJECT' | 'WITHDRAW';
  state: DraftState;
  actor: string;
  actor_role: string;
  /** Coded. */
  reason: string;
  document_sm3: string;
  at: Moment;
}

/** Append-only: a version takes effect at an instant. */
export interface RuleActivationRow {
  id: GeneratedAlways<number>;
  kind: RuleKind;
  code: string;
  version: number;
  effective_from: Date;
  cause: 'SHIPPED' | 'APPROVED' | 'ROLLBACK';
  draft_id: Maybe<string>;
  proposed_by: Maybe<string>;
  activated_by: string;
  reason: string;
  at: Moment;
}

/** Append-only: an activation that had not begun does not begin. */
export interface RuleCancellationRow {
  activation_id: number;
  cancelled_by: string;
  reason: string;
  at: Moment;
}

/** Append-only: the last row says whether every decision goes to people. */
export interface RuleSwitchRow {
  id: GeneratedAlways<number>;
  act: 'ON' | 'PROPOSE_OFF' | 'OFF';
  actor: string;
  actor_role: string;
  proposed_by: Maybe<string>;
  reason: string;
  at: Moment;
}

export interface DecisionReviewRow {
  id: string;
  decision_id: string;
  application_id: string;
  owner_subject: string;
  state: Generated<'OPEN' | 'CLAIMED' | 'DECIDED'>;
  assignee: Maybe<string>;
  due_on: string;
  sealed_statement: Maybe<Buffer>;
  outcome: Maybe<'UPHELD' | 'OVERTURNED'>;
  reasons: Generated<string[]>;
  sealed_comment: Maybe<Buffer>;
  decided_by: Maybe<string>;
  requested_at: Date;
  claimed_at: MaybeMoment;
  reminded_at: MaybeMoment;
  overdue_at: MaybeMoment;
  decided_at: MaybeMoment;
  /** When the person was told. */
  answered_at: MaybeMoment;
}
