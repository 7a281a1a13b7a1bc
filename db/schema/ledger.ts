/** Rows of the ledger: accounts, journals, their lines, months that are closed, and differences that were found. */
import type { EventKind } from '../../domain/ledger.ts';
import type { AccountCode, AccountKind, NormalSide } from '../../domain/ledger-chart.ts';
import type { Fen } from '../../domain/money.ts';
import type { Generated, GeneratedAlways, Json, Maybe, MaybeMoment, Moment } from './columns.ts';

export interface LedgerAccountRow {
  code: AccountCode;
  name_zh: string;
  name_en: string;
  kind: AccountKind;
  normal_side: NormalSide;
}

export interface LedgerJournalRow {
  id: GeneratedAlways<number>;
  event: EventKind;
  event_key: string;
  loan_id: Maybe<string>;
  /** The journal that this one takes back. */
  reverses_id: Maybe<number>;
  /** Business date of the event. */
  occurred_on: string;
  /** Day of the books: the event's, or the first open one after it. */
  posted_on: string;
  /** First day of the month of `posted_on`. */
  period: GeneratedAlways<string>;
  recorded_at: Moment;
  xid: Generated<string>;
}

export interface LedgerLineRow {
  journal_id: number;
  line: number;
  account: AccountCode;
  /** Debit positive, credit negative, never zero. */
  amount_fen: Fen;
}

/** A month that people close: one proposes, another closes; then nothing more is posted into it. */
export interface LedgerPeriodRow {
  /** First day of the month. */
  month: string;
  proposed_by: string;
  proposed_at: Moment;
  closed_by: Maybe<string>;
  closed_at: MaybeMoment;
}

/** A view: what each loan owes by its schedule and repayments. */
export interface LoanBalanceRow {
  loan_id: string;
  fee_fen: Fen;
  penalty_fen: Fen;
  interest_fen: Fen;
  principal_fen: Fen;
  unapplied_fen: Fen;
}

export const FINDING_KINDS = [
  'LOAN_DIFFERS',
  'LOAN_NOT_POSTED',
  'PAYOUT_NOT_POSTED',
  'JOURNAL_UNBALANCED',
  'ACCRUAL_LATE',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A difference between the books and what they stand for; open until a later look no longer finds it. */
export interface LedgerFindingRow {
  id: string;
  kind: FindingKind;
  /** Loan, payout or journal. */
  subject_id: string;
  loan_id: Maybe<string>;
  /** The figures that differ, in fen. */
  figures: Json<Readonly<Record<string, number>>>;
  found_at: Moment;
  seen_at: Moment;
  gone_at: MaybeMoment;
}
