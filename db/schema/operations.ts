/** Rows of the operations desk: retries of many parked loans at once, and corrections of forms. */
import type { CorrectionField } from '../../domain/correction.ts';
import type { Generated, Json, Maybe, MaybeMoment, Moment } from './columns.ts';

/** Which parked loans are meant; a field that is null means any. */
export interface FailureFilter {
  readonly step: string | null;
  readonly failureCode: string | null;
  readonly stage: string | null;
  readonly productCode: string | null;
}

export interface BulkRetryRow {
  id: string;
  filter: Json<FailureFilter>;
  cap: number;
  reason: string;
  state: Generated<'PROPOSED' | 'RUNNING' | 'DONE' | 'STOPPED' | 'REJECTED'>;
  proposed_by: string;
  decided_by: Maybe<string>;
  proposed_at: Moment;
  decided_at: MaybeMoment;
  ended_at: MaybeMoment;
}

export interface BulkRetryCaseRow {
  bulk_id: string;
  case_id: string;
  number: number;
  state: Generated<'LISTED' | 'SENT' | 'LEFT_OUT'>;
  sent_at: MaybeMoment;
}

/** A correction of a parked loan's form, proposed by one person and applied with the second one's approval of the case. */
export interface CaseCorrectionRow {
  id: string;
  /** The parked case it was proposed for; null for one that takes an approval back. */
  case_id: Maybe<string>;
  /** The proposal to take the approval back that it belongs to. */
  undo_id: Maybe<string>;
  application_id: string;
  field: CorrectionField;
  /** Sealed under the house's key; null once it is applied or dropped. */
  sealed_value: Maybe<Buffer>;
  reason: string;
  state: Generated<'PROPOSED' | 'APPLIED' | 'DROPPED'>;
  proposed_by: string;
  applied_by: Maybe<string>;
  proposed_at: Moment;
  closed_at: MaybeMoment;
}
