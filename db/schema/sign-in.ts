/** Rows of sign-in: what is known of those who sign in, with every secret of theirs as a hash. */
import type { Generated, Maybe, MaybeMoment, Moment } from './columns.ts';

/** A staff sign-in under way: sent to the provider and not come back yet. */
export interface SignInAttemptRow {
  /** SM3 of the browser's cookie. */
  id_sm3: string;
  /** State, nonce, code verifier and where to go afterwards. */
  sealed: Buffer;
  expires_at: Date;
  created_at: Moment;
}

export interface StaffSessionRow {
  /** Names the session in the audit trail; opens nothing. */
  id: string;
  /** SM3 of the browser's cookie. */
  secret_sm3: string;
  subject: string;
  roles: string[];
  /** The `acr` or `amr` value that showed the second factor. */
  second_factor: string;
  /** Kept for the sign-out at the provider. */
  sealed_id_token: Buffer;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  ended_at: MaybeMoment;
  end_reason: Maybe<SessionEnd>;
}

export type SessionEnd = 'SIGNED_OUT' | 'IDLE' | 'EXPIRED' | 'REPLACED' | 'REVOKED';

/** The newest one-time code of a mobile number. */
export interface ApplicantCodeRow {
  mobile_index: Buffer;
  id: string;
  /** Keyed hash over the row's id and the code: six digits alone could be tried out. */
  code_hmac: Buffer;
  tries: Generated<number>;
  created_at: Date;
  expires_at: Date;
  used_at: MaybeMoment;
}

/** An integrator's program and the public key it signs with. */
export interface IntegratorClientRow {
  client_id: string;
  name: string;
  alg: 'ES256' | 'SM2SM3';
  public_key_pem: string;
  scopes: string[];
  requests_per_minute: number;
  /** Whether every request must be signed by the client's key, which is an SM2 key then. */
  signs_requests: Generated<boolean>;
  state: Generated<'ACTIVE' | 'DISABLED'>;
  created_at: Moment;
  changed_at: Moment;
}

/** Counters of rate-limiter-flexible, in its own form. */
export interface SignInLimitRow {
  key: string;
  points: Generated<number>;
  expire: Maybe<number>;
}
