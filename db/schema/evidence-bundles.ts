/** Rows of evidence bundles and of what is kept for them when a contract is signed. */
import type { EvidenceAudience } from '../../domain/evidence.ts';
import type { Generated, Maybe, MaybeMoment, Moment } from './columns.ts';

/** The certificate authority's revocation list at the signing of a contract; append-only. */
export interface RevocationListRow {
  contract_id: string;
  /** DER, signed by the authority. */
  list: Buffer;
  fetched_at: Moment;
}

export interface EvidenceBundleRow {
  id: string;
  application_id: string;
  contract_id: string;
  audience: EvidenceAudience;
  requested_by: string;
  requested_role: string;
  requested_at: Date;
  state: Generated<'BUILDING' | 'READY'>;
  document_id: Maybe<string>;
  built_at: MaybeMoment;
}
