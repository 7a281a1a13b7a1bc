/** Rows of the reconciliation with the bank: statements, their lines, runs and cases. */
import type { FlowKind, OurSource } from '../../domain/reconcile.ts';
import type { Fen } from '../../domain/money.ts';
import type { Generated, Json, Maybe, MaybeMoment, Moment } from './columns.ts';

export interface BankStatementRow {
  id: string;
  day: string;
  /** SM3 of the whole file, hex. */
  sm3: string;
  line_count: number;
  in_fen: Fen;
  out_fen: Fen;
  /** The lines as the bank sent them. */
  sealed_lines: Buffer;
  /** Whether the day was over when the file was fetched. */
  final: boolean;
  fetched_at: Moment;
}

export interface BankStatementLineRow {
  statement_id: string;
  number: number;
  flow: FlowKind;
  direction: 'IN' | 'OUT';
  amount_fen: Fen;
  bank_reference: string;
  request_no: Maybe<string>;
  loan_reference: Maybe<string>;
  outcome: 'MATCHED' | 'AMOUNT_DIFFERS' | 'THEIRS_ONLY';
  our_source: Maybe<OurSource>;
  our_id: Maybe<string>;
}

/** How a day stood at one look: number of lines and movements, and sums in fen. */
export interface ReconciliationCounts {
  readonly matched: number;
  readonly amountDiffers: number;
  readonly oursOnly: number;
  readonly theirsOnly: number;
  readonly unsettled: number;
  readonly matchedFen: number;
}

export interface ReconciliationRunRow {
  id: Generated<string>;
  day: string;
  statement_id: string;
  counts: Json<ReconciliationCounts>;
  at: Moment;
}

export type ReconciliationState = 'OPEN' | 'PROPOSED' | 'RESOLVED';

export type ReconciliationAction =
  | 'BANK_CORRECTS'
  | 'BOOKED_BY_HAND'
  | 'ACCEPTED'
  | 'NOT_OURS'
  | 'FOUND_LATER';

export interface ReconciliationCaseRow {
  id: Generated<string>;
  day: string;
  kind: 'OURS_ONLY' | 'THEIRS_ONLY' | 'AMOUNT_DIFFERS' | 'FILE_CHANGED' | 'FILE_UNREADABLE';
  key: string;
  why: string;
  our_source: Maybe<OurSource>;
  our_id: Maybe<string>;
  our_fen: Maybe<Fen>;
  their_fen: Maybe<Fen>;
  bank_reference: Maybe<string>;
  request_no: Maybe<string>;
  loan_reference: Maybe<string>;
  owner: Generated<string>;
  state: Generated<ReconciliationState>;
  action: Maybe<ReconciliationAction>;
  reason: Maybe<string>;
  proposed_by: Maybe<string>;
  proposed_at: MaybeMoment;
  approved_by: Maybe<string>;
  approved_at: MaybeMoment;
  opened_at: Moment;
  resolved_at: MaybeMoment;
}
