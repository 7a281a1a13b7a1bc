/** Rows of the audit trail: what was done, its place in the hash chain, and the seals over the chain. */
import type { GeneratedAlways, Json, Maybe, Moment } from './columns.ts';

export interface AuditEntryRow {
  id: GeneratedAlways<number>;
  at: Moment;
  actor: string;
  actor_role: Maybe<string>;
  /** How the actor was known: a token, a session, a client of ours, or the worker itself. */
  via: Maybe<'token' | 'session' | 'client' | 'worker'>;
  action: string;
  subject_kind: string;
  subject_id: string;
  result: string;
  /** Coded reason of a refusal or of an act that needs one. */
  reason: Maybe<string>;
  /** Network prefix of the caller's address. */
  origin: Maybe<string>;
  request_id: Maybe<string>;
  detail: Json<unknown>;
  /** Number of the transaction that wrote the entry (xid8 as text); the database sets it. */
  xid: GeneratedAlways<string>;
}

export interface AuditLinkRow {
  /** 1, 2, 3 … without a gap. */
  position: number;
  /** Business day of the entry, ISO; never earlier than the day of the link before it. */
  day: string;
  entry_id: number;
  entry_xid: string;
  /** SM3 over the link before and this entry, 64 hexadecimal digits. */
  value_sm3: string;
  chained_at: Moment;
}

export interface AuditSealRow {
  /** 1, 2, 3 … without a gap. */
  number: number;
  day: string;
  /** The last link under the seal. */
  position: number;
  value_sm3: string;
  /** SM3 over the seal before, 64 zeros for the first. */
  previous_sm3: string;
  key_id: string;
  /** SM2 signature over the seal's text, DER. */
  signature: Buffer;
  /** The whole RFC 3161 reply over text and signature, DER. */
  reply: Buffer;
  generated_at: Date;
  sealed_at: Moment;
}
