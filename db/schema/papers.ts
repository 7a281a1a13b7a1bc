/** Rows of the offer, contract and sign chapters. */
import type { Fen } from '../../domain/money.ts';
import type { Json, Maybe, MaybeMoment, Moment } from './columns.ts';

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
}

/** The applicant's one-time key: sealed until the signature is made, then destroyed. */
export interface SigningKeyRow {
  contract_id: string;
  sealed_key: Maybe<Buffer>;
  /** The certificate request, which names the applicant. */
  sealed_csr: Buffer;
  created_at: Moment;
  destroyed_at: MaybeMoment;
}

export interface CertificateRow {
  contract_id: string;
  serial: string;
  /** The applicant's certificate and its issuers, PEM. */
  sealed_chain: Buffer;
  state: 'ISSUED' | 'REVOKED';
  issued_at: Moment;
  revoked_at: MaybeMoment;
}

export interface SignatureRow {
  contract_id: string;
  party: 'APPLICANT' | 'LENDER';
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
