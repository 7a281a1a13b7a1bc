/** Rows of the apply chapter: applicants, applications, the pages of the form and uploaded documents. */
import type { ApplicantKind } from '../../domain/apply.ts';
import type { PinnedArm } from '../../domain/experiment.ts';
import type { Stage } from '../../domain/journey.ts';
import type { Fen } from '../../domain/money.ts';
import type { Generated, Maybe, MaybeJson, MaybeMoment, Moment } from './columns.ts';

/** The versions of the rules a loan was admitted under; a hot update never changes them for this loan. */
export interface PinnedVersions {
  readonly product: { readonly code: string; readonly version: number };
  readonly policy: { readonly code: string; readonly version: number };
  readonly scorecard: { readonly code: string; readonly version: number };
  readonly strategy: { readonly code: string; readonly version: number };
  /** The experiment and arm that chose the strategy's version; absent where no experiment was running. */
  readonly arm?: PinnedArm;
}

/** What an application waits for, shown on the record itself. */
export type Pending =
  | 'OPERATOR'
  | 'REVIEW'
  | 'SECOND_REVIEW'
  | 'INFORMATION'
  | 'CONDITIONS'
  | 'OFFER_ANSWER'
  | 'SIGNATURE'
  | 'CO_SIGNERS'
  | 'PAYOUT_RELEASE'
  | 'PAYOUT_CONFIRMATION'
  | 'PAYOUT_RETRY'
  | 'PAYOUT_RETRY_APPROVAL'
  | 'BANK';

export interface ApplicantRow {
  id: string;
  kind: ApplicantKind;
  identity_index: Buffer;
  /** Whose data keys seal the person's data; no other row has the same. */
  key_subject_id: Generated<string>;
  created_at: Moment;
}

export interface ApplicationRow {
  id: string;
  external_id: Maybe<string>;
  owner_subject: string;
  applicant_kind: ApplicantKind;
  applicant_id: Maybe<string>;
  product_code: Maybe<string>;
  stage: Stage;
  version: Generated<number>;
  /** Grows whenever what a decision rests on changes: a page, a document, a supplement. */
  evidence_version: Generated<number>;
  /** Whose data keys seal the draft, until it is submitted. */
  key_subject_id: Generated<string>;
  /** Grows each time a person sends the application back; evidence and decisions are kept per round. */
  round: Generated<number>;
  amount_fen: Maybe<Fen>;
  term_months: Maybe<number>;
  pinned: MaybeJson<PinnedVersions>;
  pending: Maybe<Pending>;
  end_reason: Maybe<string>;
  /** Reason code for which people must decide, whatever the strategy says. */
  referral: Maybe<string>;
  reminded_at: MaybeMoment;
  submitted_at: MaybeMoment;
  ended_at: MaybeMoment;
  created_at: Moment;
  updated_at: Moment;
}

export interface ApplicationPageRow {
  application_id: string;
  page: number;
  revision: number;
  sealed: Buffer;
  created_at: Moment;
}

export interface DeviceTrailRow {
  application_id: string;
  sealed: Buffer;
  created_at: Moment;
}

export interface DocumentRow {
  id: string;
  application_id: string;
  kind:
    | 'FACE'
    | 'AUTHORISATION'
    | 'CONTRACT'
    | 'DATA_EXPORT'
    | 'CONTRACT_SEALED'
    | 'EVIDENCE'
    | 'ID_FRONT'
    | 'ID_BACK'
    | 'LICENCE'
    | 'DISCLOSURE'
    | 'REPAYMENT_SCHEDULE'
    | 'DECLINE_NOTICE'
    | 'SETTLEMENT_CERTIFICATE';
  object_key: string;
  sm3: string;
  size_bytes: number;
  media_type: string;
  created_at: Moment;
  /** What it was drawn from, `CODE@version`; null for what was not drawn from a template. */
  template: Maybe<string>;
}

/** What was read on a picture of a card or licence; goes with the picture. */
export interface PrefillRow {
  document_id: string;
  application_id: string;
  outcome: 'READ' | 'UNREADABLE';
  reason: string | null;
  sealed_readings: Buffer | null;
  /** Applications of other owners with the same picture, when it was read. */
  same_picture: number;
  read_at: Moment;
}
