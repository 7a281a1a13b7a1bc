/** Rows of signing: codes and intents, and those who sign beside the borrower. */
import type { CoSignerRole, PartyState } from '../../domain/co-signing.ts';
import type { Generated, Maybe, MaybeMoment } from './columns.ts';

/** Who was named to sign beside the borrower. */
export interface CoSignerRow {
  id: string;
  application_id: string;
  /** The application's owner: a co-signer reads the contract through it, whose own sight ends at this row. */
  owner_subject: string;
  position: number;
  role: CoSignerRole;
  /** Of the token that the mobile's code gives. */
  subject: string;
  /** Name, number of identity card, mobile. */
  sealed_person: Buffer;
  named_at: Date;
  /** Another list was named in place of theirs. */
  dropped_at: MaybeMoment;
}

/** A co-signer's turn under one contract. */
export interface ContractPartyRow {
  id: string;
  contract_id: string;
  co_signer_id: string;
  position: number;
  role: CoSignerRole;
  state: Generated<PartyState>;
  invited_at: MaybeMoment;
  reminded_at: MaybeMoment;
  proof_tries: Generated<number>;
  /** Name and number of identity card were given, with consent to have them checked. */
  proved_at: MaybeMoment;
  answered_at: MaybeMoment;
  /** Key of the act. */
  answered_cause: Maybe<string>;
}

/** A code that was sent for one contract as it was shown. */
export interface SigningCodeRow {
  id: string;
  contract_id: string;
  /** Null: the borrower's. */
  party_id: Maybe<string>;
  digest_sm3: string;
  code_hmac: Buffer;
  tries: Generated<number>;
  created_at: Date;
  expires_at: Date;
  used_at: MaybeMoment;
}

/** What is on record of the moment in which somebody said that they sign. */
export interface SigningIntentRow {
  /** Key of the act of signing. */
  act_key: string;
  contract_id: string;
  party_id: Maybe<string>;
  code_id: string;
  digest_sm3: string;
  /** Pages with their dwell, device, address, user agent. */
  sealed_intent: Buffer;
  at: Date;
}
