/** Rows of the review desk: reviews, the people at the desk, conditions, and approvals undone. */
import type { MatrixConditions, StageSpec } from '../../domain/approval-matrix.ts';
import type { ConditionGate, ConditionKind, ConditionState } from '../../domain/conditions.ts';
import type { ReviewEnd, Terms } from '../../domain/desk-review.ts';
import type { Stage } from '../../domain/journey.ts';
import type { Fen } from '../../domain/money.ts';
import type { Pending } from './apply.ts';
import type { Generated, Json, Maybe, MaybeJson, MaybeMoment, Moment } from './columns.ts';

/** A round of review: what it was opened under, and the row that every act locks. */
export interface ReviewRow {
  application_id: string;
  round: number;
  matrix_code: string;
  matrix_version: number;
  matrix_row: string;
  stages: Json<readonly StageSpec[]>;
  why: Json<readonly { readonly row: string; readonly misfit: keyof MatrixConditions | null }[]>;
  exposure_fen: Fen;
  exceptions: number;
  most_fen: Fen;
  least_fen: Fen;
  evidence_version: number;
  proposal: MaybeJson<Terms>;
  waiting: Generated<boolean>;
  ended: Maybe<ReviewEnd>;
  opened_at: Moment;
  ended_at: MaybeMoment;
}

export interface DeskPersonRow {
  subject: string;
  roles: string[];
  /** Null: the amount of the role holds. */
  limit_fen: Maybe<Fen>;
  capacity: Generated<number>;
  /** True for people who are given tasks. */
  on_desk: Generated<boolean>;
  away_from: MaybeMoment;
  away_until: MaybeMoment;
  last_given_at: MaybeMoment;
  updated_at: Moment;
}

export interface AuthorityChangeRow {
  id: string;
  subject: string;
  limit_fen: Maybe<Fen>;
  capacity: number;
  reason: string;
  state: Generated<'PROPOSED' | 'APPROVED' | 'REJECTED'>;
  proposed_by: string;
  decided_by: Maybe<string>;
  proposed_at: Moment;
  decided_at: MaybeMoment;
}

/** Authority lent by one person to another for a time. */
export interface DelegationRow {
  id: string;
  from_subject: string;
  to_subject: string;
  role: string;
  limit_fen: Fen;
  starts_at: Date;
  ends_at: Date;
  reason: string;
  state: Generated<'PROPOSED' | 'APPROVED' | 'REJECTED' | 'ENDED'>;
  proposed_by: string;
  decided_by: Maybe<string>;
  proposed_at: Moment;
  decided_at: MaybeMoment;
  ended_at: MaybeMoment;
}

/** A colleague's declared tie to a person, known by the blind index of the identity number alone. */
export interface ConflictDeclarationRow {
  id: string;
  subject: string;
  identity_index: Buffer;
  relation: 'SELF' | 'RELATIVE' | 'FRIEND' | 'BUSINESS' | 'OTHER';
  declared_at: Moment;
  ended_at: MaybeMoment;
}

/** One person's word that a declared tie is over, and another's on it. */
export interface ConflictEndingRow {
  id: string;
  conflict_id: string;
  /** Who declared the tie. */
  subject: string;
  reason: string;
  state: Generated<'PROPOSED' | 'APPROVED' | 'REJECTED'>;
  proposed_by: string;
  decided_by: Maybe<string>;
  proposed_at: Moment;
  decided_at: MaybeMoment;
}

export interface LoanConditionRow {
  id: string;
  application_id: string;
  round: number;
  kind: ConditionKind;
  gate: ConditionGate;
  state: Generated<ConditionState>;
  issued_by: string;
  sealed_answer: Maybe<Buffer>;
  answered_at: MaybeMoment;
  proposed_by: Maybe<string>;
  closed_by: Maybe<string>;
  reason: Maybe<string>;
  created_at: Moment;
  closed_at: MaybeMoment;
}

/** An approval taken back before the money moved. */
export interface ApprovalUndoRow {
  id: string;
  application_id: string;
  round: number;
  stage: string;
  reason: string;
  state: Generated<'PROPOSED' | 'APPROVED' | 'REJECTED'>;
  proposed_by: string;
  decided_by: Maybe<string>;
  proposed_at: Moment;
  decided_at: MaybeMoment;
}

/** When a colleague last opened a case, so that the next time shows what is new. */
export interface CaseLookRow {
  application_id: string;
  subject: string;
  evidence_version: number;
  looked_at: Date;
}

/** Something that changed after an application was submitted, under the evidence version it brought. */
export interface EvidenceChangeRow {
  application_id: string;
  version: number;
  what: 'FORM' | 'ANSWER' | 'DOCUMENT';
  at: Moment;
}

/** A view: what one person has applied for and owes, naming nobody. */
export interface PersonExposureRow {
  applicant_id: string | null;
  application_id: string;
  product_code: string | null;
  stage: Stage;
  amount_fen: Fen | null;
  submitted_at: Date | null;
  loan_state: 'ACTIVE' | 'OVERDUE' | 'SETTLED' | null;
  principal_fen: Fen | null;
  days_past_due: number | null;
  outstanding_fen: Fen | null;
}

/** A view: decided applications with what became of them, naming nobody. */
export interface DecidedCaseRow {
  product_code: string | null;
  grade: string | null;
  at: Date;
  application_id: string;
  round: number;
  outcome: 'APPROVE' | 'DECLINE' | 'REFER';
  asked_fen: Fen | null;
  decided_fen: Fen | null;
  term_months: number | null;
  stage: Stage;
  loan_state: 'ACTIVE' | 'OVERDUE' | 'SETTLED' | null;
  days_past_due: number | null;
}

/** A view: what an application waits for, naming nobody. */
export interface WaitingApplicationRow {
  application_id: string;
  pending: Pending;
}
