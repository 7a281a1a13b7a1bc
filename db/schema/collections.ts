/** Rows of loans that go bad: class, acts of people, write-offs, attempts to reach a borrower, and figures of month ends. */
import type { Tier } from '../../domain/classification.ts';
import type {
  ContactChannel,
  ContactLine,
  ContactTarget,
  StopCause,
} from '../../domain/contact.ts';
import type { ContactOutcome } from '../../domain/desk-kinds.ts';
import type { AccountCode } from '../../domain/ledger-chart.ts';
import type { EventKind } from '../../domain/ledger.ts';
import type { Fen } from '../../domain/money.ts';
import type { Generated, GeneratedAlways, Maybe, MaybeMoment, Moment } from './columns.ts';

/** What a loan is at the end of the day that was closed last. */
export interface LoanStandingRow {
  loan_id: string;
  tier: Generated<Tier>;
  tier_since: string;
  days_past_due: Generated<number>;
  worst_days_past_due: Generated<number>;
  /** The most days that the first instalment of the first schedule was past due. */
  first_days_past_due: Generated<number>;
  first_due: Maybe<string>;
  /** Last day on which the loan was seen past due. */
  arrears_seen_on: Maybe<string>;
  closed_on: string;
  written_off_on: Maybe<string>;
  /** What left the books, and the principal of it. */
  written_off_fen: Maybe<Fen>;
  written_off_principal_fen: Maybe<Fen>;
}

/** What people decided about a loan's class or its write-off; a worker carries it out. */
export interface LoanActRow {
  id: string;
  loan_id: string;
  kind: 'WORSEN' | 'LIFT' | 'WRITE_OFF';
  event: Maybe<'MANUAL' | 'IMPAIRED' | 'FRAUD'>;
  to_tier: Maybe<Tier>;
  reason: string;
  state: Generated<'PROPOSED' | 'APPROVED' | 'REJECTED' | 'APPLIED' | 'REFUSED'>;
  refusal: Maybe<string>;
  proposed_by: string;
  decided_by: Maybe<string>;
  proposed_at: Moment;
  decided_at: MaybeMoment;
  carried_out_at: MaybeMoment;
}

export interface LoanClassChangeRow {
  id: GeneratedAlways<number>;
  loan_id: string;
  from_tier: Tier;
  to_tier: Tier;
  /** Null when the facts alone asked for it. */
  act_id: Maybe<string>;
  on_day: string;
  recorded_at: Moment;
}

/** An attempt, written before it is made; never changed. */
export interface ContactAttemptRow {
  id: string;
  loan_id: string;
  channel: ContactChannel;
  target: Exclude<ContactTarget, 'UNRELATED'>;
  line: ContactLine;
  purpose: 'COLLECT' | 'RELAY';
  people: number;
  recorded: boolean;
  night_consent: boolean;
  begun_by: string;
  begun_at: Moment;
}

export interface ContactOutcomeRow {
  attempt_id: string;
  outcome: ContactOutcome;
  told_by: string;
  told_at: Moment;
}

export interface ContactStopRow {
  id: string;
  loan_id: string;
  cause: StopCause;
  reason: string;
  stopped_by: string;
  stopped_at: Moment;
  lifted_by: Maybe<string>;
  lifted_reason: Maybe<string>;
  lifted_at: MaybeMoment;
}

/** A view: contacts of a person over all their loans. */
export interface ContactHistoryRow {
  person_id: string;
  id: string;
  loan_id: string;
  channel: ContactChannel;
  target: ContactTarget;
  line: ContactLine;
  begun_at: Date;
  outcome: ContactOutcome | null;
}

/** A view: what stops contacts now. */
export interface ContactStopOpenRow {
  person_id: string;
  loan_id: string;
  cause: StopCause;
}

/** A day that was closed, and how its principal agreed with the ledger's. */
export interface BookCloseRow {
  day: string;
  month_end: boolean;
  loans: number;
  principal_fen: Fen;
  ledger_principal_fen: Fen;
  /** Loans whose principal by the record was not the books'. */
  differing: number;
  /** Names of the buckets of a month's end, in their order. */
  buckets: readonly string[] | null;
  times: Generated<number>;
  taken_at: Moment;
}

export interface LoanMonthEndRow {
  month_end: string;
  loan_id: string;
  /** First day of the month of the payout. */
  cohort: string;
  mob: number;
  disbursed_fen: Fen;
  /** On the books. */
  principal_fen: Fen;
  overdue_fen: Fen;
  days_past_due: number;
  bucket: string;
  tier: Tier;
  first_due: Maybe<string>;
  first_days_past_due: number;
  written_off_on: Maybe<string>;
  written_off_fen: Fen;
  /** Principal when the loan was seen more than 30 (90) days past due or written off for the first time. */
  ever30_fen: Maybe<Fen>;
  ever90_fen: Maybe<Fen>;
}

/** A view: turnover of a day by event and account. */
export interface LedgerDayRow {
  day: string;
  event: EventKind;
  account: AccountCode;
  amount_fen: Fen;
  journals: number;
}

/** A view: loans that were not taken back, by the day of their payout. */
export interface LoanDayRow {
  day: string;
  loans: number;
  principal_fen: Fen;
}
