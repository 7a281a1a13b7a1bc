/** What the activities give back to the story: where the application stands, or why nothing was done. */
import type { Stage } from '../domain/journey.ts';

/** Where an application stands after a step. */
export interface Placed {
  readonly stage: Stage;
  readonly version: number;
  readonly pending: string | null;
}

/** Why an act of a person was not recorded; also the `type` of the failure that the API maps to a problem. */
export type RefusalCode =
  | 'ACT_NOT_SEALED'
  | 'NOT_FOUND'
  | 'STAGE_DOES_NOT_FIT'
  | 'STALE_EVIDENCE'
  | 'STALE_VERSION'
  | 'HUMAN_ONLY'
  | 'FORM_INCOMPLETE'
  | 'FORM_INVALID'
  | 'FACE_MISSING'
  | 'AUTHORISATION_MISSING'
  | 'PRODUCT_UNKNOWN'
  | 'NO_SUCH_TASK'
  | 'ALREADY_CLAIMED'
  | 'NOT_YOUR_TASK'
  | 'ALREADY_DECIDED'
  | 'SELF_APPROVAL'
  | 'CONFLICT_OF_INTEREST'
  | 'DELEGATION_NOT_IN_FORCE'
  | 'NOBODY_MAY_APPROVE'
  | 'NOBODY_HOLDS_IT'
  | 'OWN_TASK'
  | 'COMMENT_MISSING'
  | 'TERMS_DIFFER'
  | 'TERMS_OUT_OF_POLICY'
  | 'CONDITION_UNKNOWN'
  | 'NO_SUCH_CONDITION'
  | 'CONDITION_CLOSED'
  | 'CONDITION_NOT_ANSWERED'
  | 'CONDITION_OPEN'
  | 'TOO_LATE_TO_UNDO'
  | 'SAME_PERSON_TWICE'
  | 'ABOVE_AUTHORITY'
  | 'ABOVE_DECIDED_AMOUNT'
  | 'ROLE_DOES_NOT_FIT'
  | 'REASON_MISSING'
  | 'NO_OPEN_REQUEST'
  | 'INFORMATION_PENDING'
  | 'LIST_HIT_STANDS'
  | 'NO_SUCH_OFFER'
  | 'OFFER_EXPIRED'
  | 'NO_SUCH_CONTRACT'
  | 'DIGEST_DIFFERS'
  | 'COST_NOT_DISCLOSED'
  | 'DISCLOSURE_UNCONFIRMED'
  | 'SIGNING_CODE_MISSING'
  | 'SIGNING_OVER'
  | 'PARTY_ANSWERED'
  | 'NOT_YOUR_TURN'
  | 'CO_SIGNER_UNPROVED'
  | 'RECORDING_MISSING'
  | 'RECORDING_UNREVIEWED'
  | 'NO_SUCH_PAYOUT'
  | 'PAYOUT_STATE_DOES_NOT_FIT'
  | 'FOUR_EYES'
  | 'NO_PROPOSAL'
  | 'ACTION_DIFFERS'
  | 'ALREADY_PROPOSED'
  | 'NOTHING_UNDRAWN'
  | 'NOTHING_OWED'
  | 'AMOUNT_TOO_SMALL'
  | 'AMOUNT_PAYS_ALL'
  | 'NO_COOLING_OFF'
  | 'COOLING_OFF_OVER'
  | 'RESCHEDULE_BEYOND_POLICY'
  | 'NO_SCHEDULE'
  | 'NO_SUCH_RESCHEDULE'
  | 'NO_SUCH_REFUND'
  | 'NOT_HELD'
  | 'LOAN_SETTLED'
  | 'NO_SUCH_CASE'
  | 'ACTION_NOT_ALLOWED'
  | 'AFTER_ENDING'
  | 'TOO_LATE_TO_WITHDRAW'
  | 'ALREADY_WITHDRAWING';

/** The outcome of recording what a person said. */
export type Recorded<T = unknown> =
  | ({ readonly ok: true } & Placed & T)
  | {
      readonly ok: false;
      readonly code: RefusalCode;
      /** What has changed in the evidence since, or which part of the terms does not fit; codes. */
      readonly changed?: readonly string[];
    };
