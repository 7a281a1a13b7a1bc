/** Rows of codes and intents of signing. */
import type { Generated, MaybeMoment } from './columns.ts';

/** A code that was sent for one contract as it was shown. */
export interface SigningCodeRow {
  id: string;
  contract_id: string;
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
  code_id: string;
  digest_sm3: string;
  /** Pages with their dwell, device, address, user agent. */
  sealed_intent: Buffer;
  at: Date;
}
