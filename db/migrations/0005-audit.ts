/** The audit trail as proof: who and from where on every entry, a hash chain over the entries, and seals over the chain. */
import { type Kysely, sql } from 'kysely';

const KEPT = ['audit_entries', 'audit_chain', 'audit_seals'];
const APPEND_ONLY_BEFORE = [
  'journey_events',
  'audit_entries',
  'review_actions',
  'signatures',
  'timestamps',
  'repayments',
  'rulebooks',
];

const STATEMENTS: readonly string[] = [
  // The transaction's own number orders entries so that none can appear before one that was already chained.
  `alter table audit_entries
     add column via text check (via in ('token','session','client','worker')),
     add column reason text,
     add column origin text,
     add column request_id text,
     add column xid xid8 not null default pg_current_xact_id()`,
  `create index audit_entries_by_transaction on audit_entries (xid, id)`,
  `create table audit_chain (
    position bigint primary key check (position > 0),
    day date not null,
    entry_id bigint not null unique references audit_entries,
    entry_xid xid8 not null,
    value_sm3 text not null check (value_sm3 ~ '^[0-9a-f]{64}$'),
    chained_at timestamptz not null default now()
  )`,
  `create table audit_seals (
    number bigint primary key check (number > 0),
    day date not null,
    position bigint not null unique references audit_chain,
    value_sm3 text not null,
    previous_sm3 text not null,
    key_id text not null,
    signature bytea not null,
    reply bytea not null,
    generated_at timestamptz not null,
    sealed_at timestamptz not null default now()
  )`,
  ...['audit_chain', 'audit_seals'].map(
    (table) =>
      `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
  ),
  // A truncate fires no row trigger, so it needs one of its own.
  ...[...APPEND_ONLY_BEFORE, 'audit_chain', 'audit_seals'].map(
    (table) =>
      `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
  ),
  // ALWAYS: not even a session that plays a replica passes by; only dropping or disabling the trigger does.
  ...KEPT.flatMap((table) => [
    `alter table ${table} enable always trigger ${table}_append_only`,
    `alter table ${table} enable always trigger ${table}_no_truncate`,
  ]),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
