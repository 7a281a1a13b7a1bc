/** Tables of the sandbox's own books. Every statement may be run again on an existing database. */

export const SCHEMA = `
create table if not exists requests (
  app_id text not null,
  service text not null,
  request_no text not null,
  operation text not null,
  body_sm3 text not null,
  state text not null check (state in ('PENDING', 'FINAL')),
  answer json not null,
  charged_fen bigint not null default 0,
  times_asked integer not null default 1,
  first_asked_at timestamptz not null,
  answered_at timestamptz not null,
  primary key (app_id, service, request_no)
);
create table if not exists nonces (
  app_id text not null,
  nonce text not null,
  seen_at timestamptz not null,
  primary key (app_id, nonce)
);
create table if not exists accounts (
  number text primary key,
  kind text not null check (kind in ('CAPITAL', 'CLEARING', 'SUSPENSE', 'LENDER', 'CARD', 'COMPANY')),
  holder_name text not null,
  holder_id text,
  status text not null check (status in ('OPEN', 'CLOSED', 'FROZEN')),
  opened_at timestamptz not null
);
create table if not exists postings (
  id bigserial primary key,
  reason text not null,
  reference text not null,
  business_day date not null,
  posted_at timestamptz not null
);
create table if not exists entries (
  posting_id bigint not null references postings (id),
  account text not null references accounts (number),
  amount_fen bigint not null check (amount_fen <> 0)
);
create index if not exists entries_account on entries (account);
create table if not exists payments (
  app_id text not null,
  request_no text not null,
  kind text not null check (kind in ('TRANSFER', 'DEBIT', 'MICRO_DEPOSIT', 'REPAYMENT')),
  payer text not null,
  payee text not null,
  amount_fen bigint not null check (amount_fen > 0),
  status text not null check (status in ('ACCEPTED', 'PAID', 'REFUSED', 'RETURNED')),
  reason text,
  bank_reference text not null unique,
  loan_reference text,
  will_be text check (will_be in ('PAID', 'REFUSED')),
  settle_at timestamptz,
  callback text not null default 'PLAIN',
  callback_delay_ms integer,
  received_at timestamptz not null,
  settled_at timestamptz,
  primary key (app_id, request_no)
);
create index if not exists payments_waiting on payments (settle_at) where status = 'ACCEPTED';
create table if not exists callbacks (
  id bigserial primary key,
  notice_id text not null unique,
  body json not null,
  state text not null check (state in ('WAITING', 'DELIVERED', 'GIVEN_UP')),
  copies_left integer not null,
  hold_until timestamptz,
  attempts integer not null default 0,
  last_status text,
  created_at timestamptz not null,
  next_at timestamptz not null,
  delivered_at timestamptz
);
create table if not exists messages (
  id bigserial primary key,
  mobile text not null,
  template text not null,
  body text not null,
  sent_at timestamptz not null
);
create table if not exists face_images (
  image_sm3 text primary key,
  request_no text not null,
  seen_at timestamptz not null
);
create table if not exists certificates (
  serial text primary key,
  request_no text not null,
  kind text not null,
  pem text not null,
  issued_at timestamptz not null,
  revoked_at timestamptz,
  revocation_reason text
);
`;
