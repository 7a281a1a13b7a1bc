/** Row of the entrusted payees. */
import type { Generated } from 'kysely';
import type { Maybe, MaybeMoment, Moment } from './columns.ts';

/** Somebody who is paid in the borrower's place, registered by two people of finance. */
export interface EntrustedPayeeRow {
  id: string;
  application_id: string;
  /** Name and account. */
  sealed_payee: Buffer;
  evidence_kind: 'PURCHASE_CONTRACT' | 'INVOICE' | 'ORDER' | 'OTHER';
  /** SM3 of the evidence's file, hex. */
  evidence_sm3: string;
  reason: string;
  state: Generated<'PROPOSED' | 'APPROVED' | 'REJECTED' | 'REPLACED'>;
  proposed_by: string;
  proposed_at: Moment;
  decided_by: Maybe<string>;
  decided_at: MaybeMoment;
}
