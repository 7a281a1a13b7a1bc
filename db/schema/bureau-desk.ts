/** Rows of the bureau desk: the register of queries, queries by hand, the weekly report, and objections. */
import type { QueryPurpose } from '../../domain/authorisation.ts';
import type { Fen } from '../../domain/money.ts';
import type { ObjectionItem, ObjectionOutcome, ObjectionState } from '../../domain/objection.ts';
import type { Generated, Json, Maybe, MaybeMoment, Moment } from './columns.ts';
import type { Bureau } from './evidence.ts';

/** A query by hand: one person proposes, another approves, and only then is it asked. */
export interface BureauQueryRequestRow {
  id: string;
  application_id: string;
  bureau: Bureau;
  purpose: '01' | '02';
  /** Coded. */
  reason: string;
  state: Generated<'PROPOSED' | 'APPROVED' | 'ANSWERED' | 'NO_RECORD' | 'FAILED'>;
  failure_code: Maybe<string>;
  off_hours: boolean;
  proposed_by: string;
  proposed_role: string;
  /** Network of the terminal, never the whole address. */
  proposed_from: Maybe<string>;
  proposed_at: Date;
  approved_by: Maybe<string>;
  approved_role: Maybe<string>;
  approved_at: MaybeMoment;
  settled_at: MaybeMoment;
}

/** Append-only: every query of a bureau, and every attempt that was refused. */
export interface BureauQueryRow {
  id: string;
  asked_at: Moment;
  kind: 'STORY' | 'MANUAL';
  bureau: Bureau;
  operation: 'report' | 'watchlist' | 'verify';
  purpose: QueryPurpose;
  result: 'ANSWERED' | 'NO_RECORD' | 'REFUSED';
  refusal: Maybe<string>;
  application_id: string;
  applicant_id: Maybe<string>;
  authorisation_id: Maybe<string>;
  authorisation_sm3: Maybe<string>;
  request_id: Maybe<string>;
  /** The person who proposed it; `xindai` for a story that runs by itself. */
  operator: string;
  operator_role: Maybe<string>;
  operator_from: Maybe<string>;
  approved_by: Maybe<string>;
  off_hours: Generated<boolean>;
  request_no: Maybe<string>;
  request_sm3: Maybe<string>;
  response_sm3: Maybe<string>;
  charged: Generated<boolean>;
  cost_fen: Generated<Fen>;
}

/** Append-only: what a week's queries came to. */
export interface BureauWeeklyReportRow {
  /** The week's Monday. */
  week_of: string;
  figures: Json<unknown>;
  items: Json<unknown>;
  created_at: Moment;
}

export interface ObjectionRow {
  id: string;
  application_id: string;
  applicant_id: string;
  owner_subject: string;
  bureau: Bureau;
  item: ObjectionItem;
  /** The item's reference and the person's words. */
  sealed_claim: Buffer;
  state: Generated<ObjectionState>;
  outcome: Maybe<ObjectionOutcome>;
  /** The written answer. */
  sealed_answer: Maybe<Buffer>;
  bureau_reference: Maybe<string>;
  received_at: Date;
  due_on: string;
  marked_at: MaybeMoment;
  reminded_at: MaybeMoment;
  overdue_at: MaybeMoment;
  decided_by: Maybe<string>;
  decided_at: MaybeMoment;
  replied_at: MaybeMoment;
}
