/** Rows of the verify, bureau, fraud, score and decide chapters: the evidence and what was concluded from it. */
import type { Fen } from '../../domain/money.ts';
import type { Terms } from '../../domain/desk-review.ts';
import type {
  Generated,
  GeneratedAlways,
  Json,
  Maybe,
  MaybeJson,
  MaybeMoment,
  Moment,
} from './columns.ts';
import type { PinnedVersions } from './apply.ts';

export interface AuthorisationRow {
  id: string;
  application_id: string;
  applicant_id: string;
  template_version: string;
  text_sm3: string;
  sealed_text: Buffer;
  terms: Json<unknown>;
  state: 'SHOWN' | 'AGREED' | 'WITHDRAWN' | 'EXPIRED';
  agreed_at: MaybeMoment;
  agreed_by: Maybe<string>;
  valid_until: MaybeMoment;
  ended_at: MaybeMoment;
  created_at: Moment;
}

export interface VerificationRow {
  application_id: string;
  evidence_version: number;
  kind: 'TWO_FACTOR' | 'MOBILE' | 'BANK_CARD' | 'FACE';
  outcome: 'MATCH' | 'MISMATCH' | 'NO_DATA' | 'UNAVAILABLE';
  detail: Json<unknown>;
  request_no: Maybe<string>;
  at: Moment;
}

export type Bureau = 'PBOC' | 'BAIHANG';

export interface BureauReportRow {
  id: string;
  applicant_id: string;
  authorisation_id: string;
  bureau: Bureau;
  /** Query reason it was asked for. */
  purpose: Generated<string>;
  request_no: string;
  outcome: 'REPORT' | 'NO_RECORD';
  sealed_report: Maybe<Buffer>;
  report_sm3: string;
  received_at: Moment;
  valid_until: Date;
}

export interface BureauEvidenceRow {
  application_id: string;
  round: number;
  bureau: Bureau;
  report_id: Maybe<string>;
  gap: Maybe<string>;
  at: Moment;
}

/** Public registers; a null says that the register gave no answer. */
export interface RegistryScreeningRow {
  application_id: string;
  round: number;
  sanctions_hit: Maybe<boolean>;
  court_open_cases: Maybe<number>;
  detail: Json<unknown>;
  at: Moment;
}

export type LinkKind =
  | 'DEVICE'
  | 'MOBILE'
  | 'CARD'
  | 'ADDRESS'
  | 'CONTACT'
  | 'EMPLOYER_PHONE'
  | 'IP';

export interface FraudLinkRow {
  application_id: string;
  kind: LinkKind;
  value_index: Buffer;
  applicant_id: string;
  created_at: Moment;
}

export interface FraudAssessmentRow {
  application_id: string;
  round: number;
  evidence_version: number;
  level: 'LOW' | 'MEDIUM' | 'HIGH';
  signals: Json<unknown>;
  at: Moment;
}

export interface ScoreRow {
  application_id: string;
  round: number;
  evidence_version: number;
  scorecard_code: string;
  scorecard_version: number;
  total: number;
  grade: string;
  complete: boolean;
  contributions: Json<unknown>;
  sealed_variables: Buffer;
  variables_sm3: string;
  at: Moment;
}

export interface DecisionRow {
  id: string;
  application_id: string;
  round: number;
  evidence_version: number;
  outcome: 'APPROVE' | 'DECLINE' | 'REFER';
  reasons: string[];
  gaps: string[];
  grade: Maybe<string>;
  amount_fen: Maybe<Fen>;
  annual_rate: Maybe<string>;
  /** Levels of approval a referral needs, in order. */
  approvals: Json<unknown>;
  /** Which rules hit and missed, without values. */
  trace: Json<unknown>;
  versions: Json<PinnedVersions>;
  /** Canonical JSON of the whole record; null where no strategy ran. */
  sealed_record: Maybe<Buffer>;
  record_sm3: Maybe<string>;
  input_sm3: Maybe<string>;
  at: Moment;
}

export interface ReviewTaskRow {
  id: string;
  application_id: string;
  round: number;
  /** 1 for the first approver, 2 for the second where the amount asks for two people. */
  level: number;
  /** Which seat of the stage, from 1; a committee has several. */
  seat: Generated<number>;
  kind: Generated<'REVIEW' | 'DECISION_REVIEW' | 'COLLECTION' | 'OBJECTION'>;
  /** What a task of another kind than REVIEW is about. */
  subject_id: Maybe<string>;
  /** When its holder last did something with it. */
  active_at: MaybeMoment;
  /** What the queue is sorted and narrowed by, filled in by the table itself; '' and '-' where there is none. */
  product_code: GeneratedAlways<string>;
  /** What was asked for, in fen. */
  amount_fen: GeneratedAlways<Fen>;
  grade: GeneratedAlways<string>;
  /** Roles of which one may take the task. */
  roles: string[];
  state: 'OPEN' | 'CLAIMED' | 'DECIDED' | 'CANCELLED';
  assignee: Maybe<string>;
  claimed_at: MaybeMoment;
  evidence_version: number;
  sla_due_at: Date;
  reminded_at: MaybeMoment;
  escalated_at: MaybeMoment;
  closed_at: MaybeMoment;
  created_at: Moment;
}

export interface ReviewActionRow {
  id: string;
  task_id: string;
  application_id: string;
  round: number;
  actor: string;
  actor_role: string;
  action:
    | 'CLAIM'
    | 'RELEASE'
    | 'STEAL'
    | 'ASSIGN'
    | 'LAPSE'
    | 'APPROVE'
    | 'DECLINE'
    | 'REQUEST_MORE'
    | 'RETURN'
    | 'UPHOLD'
    | 'OVERTURN'
    | 'CONTACT'
    | 'PROMISE'
    | 'CURED'
    | 'CORRECT'
    | 'ANSWER';
  /** The person whose authority was lent; null for one's own. */
  on_behalf_of: Maybe<string>;
  /** The terms approved. */
  terms: MaybeJson<Terms>;
  reasons: string[];
  sealed_comment: Maybe<Buffer>;
  amount_fen: Maybe<Fen>;
  evidence_version: number;
  cause: string;
  at: Moment;
}

export interface InformationRequestRow {
  id: string;
  application_id: string;
  task_id: string;
  /** Bound to the row's id; a row from before the column was sealed may hold its JSON in clear. */
  sealed_items: Buffer;
  requested_by: string;
  state: 'OPEN' | 'SUPPLIED' | 'CANCELLED';
  sealed_answer: Maybe<Buffer>;
  created_at: Moment;
  closed_at: MaybeMoment;
}

/** One thing the reviewer asks the applicant for, with its text for the applicant. */
export interface InformationItem {
  readonly code: string;
  readonly text: string;
}
