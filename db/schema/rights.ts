/** Rows of persons' rights: the ledger of consents and what was asked for. */
import type { Right, RightsOutcome } from '../../domain/rights.ts';
import type { Generated, GeneratedAlways, Maybe, MaybeMoment, Moment } from './columns.ts';

/** Append-only; written by a trigger on authorisations. */
export interface ConsentEntryRow {
  id: GeneratedAlways<string>;
  application_id: string;
  authorisation_id: string;
  /** The act that was consented to. */
  purpose: string;
  act: 'GRANT' | 'WITHDRAW' | 'EXPIRE';
  text_sm3: string;
  actor: string;
  at: Moment;
}

export interface RightsRequestRow {
  id: string;
  application_id: string;
  owner_subject: string;
  kind: Right;
  items: Generated<string[]>;
  state: Generated<'OPEN' | 'PROPOSED' | 'ANSWERED'>;
  due_on: string;
  outcome: Maybe<RightsOutcome>;
  /** Coded. */
  reason: Maybe<string>;
  proposed_by: Maybe<string>;
  approved_by: Maybe<string>;
  received_at: Date;
  reminded_at: MaybeMoment;
  overdue_at: MaybeMoment;
  answered_at: MaybeMoment;
  concluded_at: MaybeMoment;
  /** What the person says of it. */
  sealed_words: Maybe<Buffer>;
  /** What the lender's people say to the person. */
  sealed_answer: Maybe<Buffer>;
}
