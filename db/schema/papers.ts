/** Rows of the offer, contract and sign chapters. */
import type { Fen } from '../../domain/money.ts';
import type { Generated, Json, Maybe, MaybeMoment, Moment } from './columns.ts';

export interface OfferRow {
  id: string;
  application_id: string;
  round: number;
  product_code: string;
  product_version: number;
  amount_fen: Fen;
  term_months: number;
  method: string;
  annual_rate: string;
  annualised_simple: string;
  annualised_compound: string;
  schedule: Json<unknown>;
  cap_rule: Json<unknown>;
  state: 'OPEN' | 'ACCEPTED' | 'DECLINED' | 'EXPIRED' | 'CANCELLED';
  valid_until: Date;
  answered_at: MaybeMoment;
  created_at: Moment;
}

export interface ContractRow {
  id: string;
  application_id: string;
  offer_id: string;
  number: string;
  document_id: string;
  sm3: string;
  state: 'READY' | 'SIGNED' | 'VOID';
  created_at: Moment;
  signed_at: MaybeMoment;
  /** The PDF with seal and signature for readers; null until it is sealed. */
  final_document_id: Maybe<string>;
  /** The cost disclosure that is confirmed before signing; null for contracts from before it was a paper of its own. */
  disclosure_document_id: Maybe<string>;
  disclosure_sm3: Maybe<string>;
  cost_read_seconds: Maybe<number>;
  schedule_document_id: Maybe<string>;
}

/** A cost disclosure on somebody's screen. */
export interface DisclosureShowingRow {
  id: string;
  contract_id: string;
  form_sm3: string;
  min_read_seconds: number;
  shown_to: string;
  shown_at: Date;
  /** Device and address, sealed. */
  sealed_origin: Buffer;
}

/** The same, read to its end and confirmed. */
export interface DisclosureConfirmationRow {
  showing_id: string;
  contract_id: string;
  form_sm3: string;
  confirmed_by: string;
  confirmed_at: Date;
  dwell_ms: number;
  scrolled_to_end: boolean;
  sealed_origin: Buffer;
}

/** A person who signs a contract; the lender's seal stands beside them. */
export type SignerName = 'APPLICANT' | `${'SPOUSE' | 'GUARANTOR'}_${number}`;

/** A signer's one-time key: sealed until the signatures are made, then destroyed. */
export interface SigningKeyRow {
  contract_id: string;
  party: Generated<SignerName>;
  sealed_key: Maybe<Buffer>;
  /** The certificate request, which names the signer. */
  sealed_csr: Buffer;
  created_at: Moment;
  destroyed_at: MaybeMoment;
}

export interface CertificateRow {
  contract_id: string;
  party: Generated<SignerName>;
  serial: string;
  /** The signer's certificate and its issuers, PEM. */
  sealed_chain: Buffer;
  state: 'ISSUED' | 'REVOKED';
  issued_at: Moment;
  revoked_at: MaybeMoment;
}

export interface SignatureRow {
  contract_id: string;
  party: SignerName | 'LENDER';
  public_key: string;
  digest_sm3: string;
  signature: Buffer;
  signed_by: string;
  at: Moment;
}

export interface TimestampRow {
  contract_id: string;
  moment: 'BEFORE' | 'AFTER';
  imprint_sm3: string;
  reply: Buffer;
  generated_at: Date;
}
