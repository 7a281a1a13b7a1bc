/** Rows of the disburse and service chapters: payouts, loans, instalments and repayments. */
import type { PayoutState } from '../../domain/disburse.ts';
import type { Fen } from '../../domain/money.ts';

import type { Generated, Json, Maybe, MaybeMoment, Moment } from './columns.ts';

export type { PayoutState };

export interface PayoutRow {
  id: string;
  application_id: string;
  contract_id: string;
  attempt: number;
  request_no: string;
  amount_fen: Fen;
  sealed_account: Buffer;
  state: PayoutState;
  /** How many people of finance release it. */
  releases_needed: Generated<number>;
  /** The maker whose release waits, or waited, for a checker. */
  first_released_by: Maybe<string>;
  first_released_at: MaybeMoment;
  released_by: Maybe<string>;
  retry_proposed_by: Maybe<string>;
  retry_approved_by: Maybe<string>;
  bank_reference: Maybe<string>;
  failure_code: Maybe<string>;
  created_at: Moment;
  sent_at: MaybeMoment;
  settled_at: MaybeMoment;
  /** When the money came back, and the bank's reference of that. */
  returned_at: MaybeMoment;
  return_reference: Maybe<string>;
  /** The payee that it was sent to in the borrower's place. */
  payee_id: Maybe<string>;
  /** Which part of the contract it pays out, from 1. */
  tranche: Generated<number>;
  /** What becomes principal with it; null for the whole of the contract. */
  principal_fen: Maybe<Fen>;
}

/** One part in which a contract is paid out, as it was agreed; written with the loan note of the first. */
export interface TrancheRow {
  contract_id: string;
  application_id: string;
  number: number;
  principal_fen: Fen;
  /** What the borrower receives. */
  advanced_fen: Fen;
  earliest_on: string;
  /** DRAWING: a payout of it was made ready. GIVEN_UP: nothing is lent of it, and nothing is owed for it. */
  state: 'PLANNED' | 'DRAWING' | 'PAID' | 'GIVEN_UP';
  given_up_by: Maybe<string>;
  given_up_as: Maybe<'BORROWER' | 'LENDER'>;
  given_up_reason: Maybe<string>;
  given_up_at: MaybeMoment;
  created_at: Moment;
}

/** What the check right before the money found; a payout of several attempts to send has several. */
export interface PayoutCheckRow {
  id: string;
  payout_id: string;
  outcome: 'PASSED' | 'STOPPED';
  /** Codes of what did not hold; empty when it passed. */
  codes: Json<readonly string[]>;
  checked_at: Moment;
}

/** What people decided about a refused payout: one proposes, another approves. */
export interface PayoutRetryRow {
  payout_id: string;
  action: 'RETRY' | 'CANCEL';
  proposed_by: string;
  reason: string;
  approved_by: Maybe<string>;
  proposed_at: Moment;
  approved_at: MaybeMoment;
}

export interface LoanRow {
  id: string;
  application_id: string;
  payout_id: string;
  number: string;
  principal_fen: Fen;
  annual_rate: string;
  term_months: number;
  method: string;
  disbursed_on: string;
  /** RETURNED: its money came back, and nothing is owed unless it is paid again. */
  state: 'ACTIVE' | 'OVERDUE' | 'SETTLED' | 'RETURNED';
  days_past_due: Generated<number>;
  version: Generated<number>;
  settled_at: MaybeMoment;
  created_at: Moment;
  /** Day through which due dates and penalty interest are counted; null for the day of the payout. */
  serviced_to: Maybe<string>;
  /** Money of the borrower that the next due date takes. */
  unapplied_fen: Generated<Fen>;
  schedule_version: Generated<number>;
  settled_reason: Maybe<'PAID' | 'PREPAID' | 'COOLING_OFF'>;
  /** Which part of the contract this note is of, from 1. */
  tranche: Generated<number>;
}

export interface InstalmentRow {
  loan_id: string;
  number: number;
  due_date: string;
  principal_fen: Fen;
  interest_fen: Fen;
  fee_fen: Fen;
  paid_principal_fen: Generated<Fen>;
  paid_interest_fen: Generated<Fen>;
  paid_fee_fen: Generated<Fen>;
  /** Day from which interest and fee are a claim on the books; null before. */
  accrued_on: Maybe<string>;
  /** Last day without penalty interest: the due date, or the business day after it; null for the due date. */
  payable_until: Maybe<string>;
  penalty_fen: Generated<Fen>;
  paid_penalty_fen: Generated<Fen>;
  /** Overdue principal and interest times days overdue: the exact base of the penalty interest. */
  principal_fen_days: Generated<number>;
  interest_fen_days: Generated<number>;
}

export interface RepaymentRow {
  notice_id: string;
  loan_id: string;
  bank_reference: string;
  amount_fen: Fen;
  allocations: Json<unknown>;
  unallocated_fen: Fen;
  /** The day on which it was counted. */
  received_on: string;
  /** The earlier day from which it counts; null where that is the same. */
  value_on: Maybe<string>;
  recorded_at: Moment;
}
