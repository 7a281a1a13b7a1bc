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
  released_by: Maybe<string>;
  retry_proposed_by: Maybe<string>;
  retry_approved_by: Maybe<string>;
  bank_reference: Maybe<string>;
  failure_code: Maybe<string>;
  created_at: Moment;
  sent_at: MaybeMoment;
  settled_at: MaybeMoment;
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
  state: 'ACTIVE' | 'OVERDUE' | 'SETTLED';
  days_past_due: Generated<number>;
  version: Generated<number>;
  settled_at: MaybeMoment;
  created_at: Moment;
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
}

export interface RepaymentRow {
  notice_id: string;
  loan_id: string;
  bank_reference: string;
  amount_fen: Fen;
  allocations: Json<unknown>;
  unallocated_fen: Fen;
  received_on: string;
  recorded_at: Moment;
}
