/** Rows of servicing: schedule versions, penalty accruals, prepayments, reschedules, orders to the bank, unmatched money. */
import type { Fen } from '../../domain/money.ts';
import type { Generated, Maybe, MaybeMoment, Moment } from './columns.ts';

export interface ScheduleVersionRow {
  loan_id: string;
  version: number;
  reason: 'ORIGINATED' | 'PREPAID' | 'SETTLED_EARLY' | 'COOLING_OFF' | 'RESCHEDULED';
  state: 'ACTIVE' | 'REPLACED';
  effective_on: string;
  cause: string;
  recorded_at: Moment;
}

/** What a version of the schedule promised; never changed. */
export interface ScheduleLineRow {
  loan_id: string;
  version: number;
  number: number;
  due_date: string;
  principal_fen: Fen;
  interest_fen: Fen;
  fee_fen: Fen;
}

/** Penalty interest of one instalment for the days from `from_day` to before `until_day`, with its base; never changed. */
export interface PenaltyAccrualRow {
  loan_id: string;
  number: number;
  from_day: string;
  until_day: string;
  principal_fen: Fen;
  interest_fen: Fen;
  annual_rate: string;
  charged_fen: Fen;
  recorded_at: Moment;
}

export interface PenaltyRecountRow {
  loan_id: string;
  number: number;
  notice_id: string;
  from_day: string;
  until_day: string;
  taken_back_fen: Fen;
  recorded_at: Moment;
}

export interface PrepaymentRow {
  id: string;
  loan_id: string;
  kind: 'SETTLE' | 'PARTIAL' | 'COOLING_OFF';
  amount_fen: Maybe<Fen>;
  choice: Maybe<'LOWER_PAYMENT' | 'SHORTER_TERM'>;
  state: Generated<'OPEN' | 'DONE' | 'EXPIRED' | 'REPLACED'>;
  asked_by: string;
  cause: string;
  asked_on: string;
  valid_until: string;
  schedule_version: Maybe<number>;
  recorded_at: Moment;
  closed_at: MaybeMoment;
}

export interface RescheduleRow {
  id: string;
  loan_id: string;
  kind: 'DEFER' | 'RESTRUCTURE';
  months: number;
  reason: string;
  state: Generated<'PROPOSED' | 'APPLIED' | 'REJECTED'>;
  proposed_by: string;
  decided_by: Maybe<string>;
  cause: string;
  schedule_version: Maybe<number>;
  proposed_at: Moment;
  decided_at: MaybeMoment;
}

/** Money that we ask the bank to move in servicing: a debit of the borrower's card, or a refund to it. */
export interface BankOrderRow {
  request_no: string;
  loan_id: string;
  kind: 'DEBIT' | 'REFUND';
  /** What the order is for; a loan has one order for each step. */
  step: string;
  amount_fen: Fen;
  state: 'PROPOSED' | 'READY' | 'SENT' | 'UNKNOWN' | 'PAID' | 'REFUSED' | 'REJECTED';
  reason: Maybe<string>;
  proposed_by: Maybe<string>;
  decided_by: Maybe<string>;
  bank_reference: Maybe<string>;
  failure_code: Maybe<string>;
  ordered_on: string;
  recorded_at: Moment;
  sent_at: MaybeMoment;
  settled_at: MaybeMoment;
}

/** Money of the bank's notices that no open loan is there for: a case of finance until it is closed. */
export interface UnmatchedMoneyRow {
  notice_id: string;
  loan_id: Maybe<string>;
  cause: 'NO_SUCH_LOAN' | 'LOAN_CLOSED';
  amount_fen: Fen;
  bank_reference: string;
  state: Generated<'OPEN' | 'PROPOSED' | 'APPROVED' | 'SENT' | 'CLOSED'>;
  recorded_at: Moment;
  /** What two people make of it: a loan's, or to be sent back. */
  action: Maybe<'ASSIGN' | 'REFUND'>;
  assigned_loan_id: Maybe<string>;
  /** Name and account that it goes back to. */
  sealed_payee: Maybe<Buffer>;
  request_no: Maybe<string>;
  reason: Maybe<string>;
  proposed_by: Maybe<string>;
  proposed_at: MaybeMoment;
  decided_by: Maybe<string>;
  decided_at: MaybeMoment;
  sent_at: MaybeMoment;
  refund_reference: Maybe<string>;
  /** Why what was agreed on last came to nothing. */
  failure_code: Maybe<string>;
  closed_at: MaybeMoment;
}
