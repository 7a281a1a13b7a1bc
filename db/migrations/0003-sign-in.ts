/** The tables of sign-in: attempts and sessions of staff, one-time codes of applicants, keys of integrators. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // Every secret that a browser, a person or a client holds is here as a hash only.
  `create table sign_in_attempts (
    id_sm3 text primary key,
    sealed bytea not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now()
  )`,
  `create index sign_in_attempts_expired on sign_in_attempts (expires_at)`,
  `create table staff_sessions (
    id uuid primary key,
    secret_sm3 text not null unique,
    subject text not null,
    roles text[] not null check (cardinality(roles) > 0),
    second_factor text not null,
    sealed_id_token bytea not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text check (end_reason in ('SIGNED_OUT','IDLE','EXPIRED','REPLACED','REVOKED')),
    check ((ended_at is null) = (end_reason is null))
  )`,
  `create index staff_sessions_open on staff_sessions (subject) where ended_at is null`,

  // One row for a number: a newer code takes the place of the one before.
  `create table applicant_codes (
    mobile_index bytea primary key,
    id uuid not null unique,
    code_hmac bytea not null,
    tries smallint not null default 0 check (tries between 0 and 5),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
  )`,

  `create table integrator_clients (
    client_id text primary key,
    name text not null,
    alg text not null check (alg in ('ES256','SM2SM3')),
    public_key_pem text not null,
    scopes text[] not null check (cardinality(scopes) > 0),
    requests_per_minute integer not null check (requests_per_minute > 0),
    state text not null default 'ACTIVE' check (state in ('ACTIVE','DISABLED')),
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
  )`,

  // The columns and their order are those that rate-limiter-flexible writes; keys are hashes, never numbers or addresses.
  `create table sign_in_limits (
    key varchar(255) primary key,
    points integer not null default 0,
    expire bigint
  )`,

  // A code is owed to a mobile number before there is any application.
  `alter table outbox alter column application_id drop not null`,
  `alter table outbox add check (application_id is not null or topic = 'applicant.code')`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
