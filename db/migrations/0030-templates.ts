/** Papers from templates, and the cost disclosure as a gate: shown, read, confirmed, and no signature without it. */
import { type Kysely, sql } from 'kysely';
import { allowDocumentKinds, allowRuleKind } from '../kinds.ts';

/** Rows stay as they are, but for the sealed column, which is sealed anew when its key is renewed. */
const sealedButKept = (table: string): readonly string[] => [
  `create trigger ${table}_kept before update or delete on ${table} for each row execute function keep_reading()`,
  `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
];

const STATEMENTS: readonly string[] = [
  allowRuleKind('rulebooks', 'TEMPLATE'),
  allowRuleKind('rule_drafts', 'TEMPLATE'),
  allowDocumentKinds(
    'DISCLOSURE',
    'REPAYMENT_SCHEDULE',
    'DECLINE_NOTICE',
    'SETTLEMENT_CERTIFICATE',
  ),
  // What a paper was drawn from, as CODE@version; the same version draws the same bytes again.
  `alter table documents add column template text`,

  `alter table contracts
     add column disclosure_document_id uuid references documents,
     add column disclosure_sm3 text,
     add column cost_read_seconds integer check (cost_read_seconds >= 0),
     add column schedule_document_id uuid references documents,
     add constraint contracts_disclosure check ((disclosure_document_id is null) = (disclosure_sm3 is null)
       and (disclosure_document_id is null) = (cost_read_seconds is null))`,

  `create table disclosure_showings (
    id uuid primary key,
    contract_id uuid not null references contracts,
    form_sm3 text not null,
    min_read_seconds integer not null check (min_read_seconds >= 0),
    shown_to text not null,
    shown_at timestamptz not null,
    sealed_origin bytea not null
  )`,
  `create index disclosure_showings_by_contract on disclosure_showings (contract_id)`,
  `create table disclosure_confirmations (
    showing_id uuid primary key references disclosure_showings,
    contract_id uuid not null references contracts,
    form_sm3 text not null,
    confirmed_by text not null,
    confirmed_at timestamptz not null,
    dwell_ms integer not null check (dwell_ms >= 0),
    scrolled_to_end boolean not null check (scrolled_to_end),
    sealed_origin bytea not null
  )`,
  `create index disclosure_confirmations_by_contract on disclosure_confirmations (contract_id)`,

  `create function keep_reading() returns trigger language plpgsql as $$
   begin
     if tg_op = 'UPDATE' and to_jsonb(new) - 'sealed_origin' = to_jsonb(old) - 'sealed_origin' then return new; end if;
     raise exception 'rows of % are append-only', tg_table_name using errcode = 'restrict_violation';
   end $$`,
  ...sealedButKept('disclosure_showings'),
  ...sealedButKept('disclosure_confirmations'),

  // A confirmation is of the form that was shown, by whom it was shown to, and not before the reading time is over.
  `create function check_reading() returns trigger language plpgsql set search_path from current as $$
   declare
     shown disclosure_showings;
   begin
     select * into shown from disclosure_showings where id = new.showing_id;
     if shown.contract_id is distinct from new.contract_id or shown.form_sm3 is distinct from new.form_sm3
        or shown.shown_to is distinct from new.confirmed_by then
       raise exception 'a confirmation is of what was shown' using errcode = 'restrict_violation';
     end if;
     if new.confirmed_at < shown.shown_at + make_interval(secs => shown.min_read_seconds)
        or new.dwell_ms < shown.min_read_seconds * 1000 then
       raise exception 'the form was not read for its time' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger disclosure_confirmations_read before insert on disclosure_confirmations
     for each row execute function check_reading()`,

  // 金规〔2026〕2号: the borrower confirms the form before signing. Whatever writes, there is no signature without it.
  `create function require_disclosure() returns trigger language plpgsql set search_path from current as $$
   begin
     if new.party = 'APPLICANT' and not exists (
       select from contracts c join disclosure_confirmations d on d.contract_id = c.id and d.form_sm3 = c.disclosure_sm3
        where c.id = new.contract_id) then
       raise exception 'the cost disclosure is not confirmed' using errcode = 'restrict_violation',
         constraint = 'signatures_after_disclosure';
     end if;
     return new;
   end $$`,
  `create trigger signatures_after_disclosure before insert on signatures for each row execute function require_disclosure()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
