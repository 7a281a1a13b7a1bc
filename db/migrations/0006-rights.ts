/** Clients that sign their requests, the ledger of consents, and what persons ask for by right. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `alter table integrator_clients
     add column signs_requests boolean not null default false,
     add check (not signs_requests or alg = 'SM2SM3')`,

  // Written by the trigger below alone, so that no way of changing an authorisation passes the ledger by.
  `create table consent_entries (
    id bigint generated always as identity primary key,
    application_id uuid not null references applications,
    authorisation_id uuid not null references authorisations,
    purpose text not null,
    act text not null check (act in ('GRANT','WITHDRAW','EXPIRE')),
    text_sm3 text not null,
    actor text not null,
    at timestamptz not null default now(),
    unique (authorisation_id, purpose, act)
  )`,
  `create index consent_entries_by_application on consent_entries (application_id, id)`,
  `create trigger consent_entries_append_only before update or delete on consent_entries for each row execute function refuse_change()`,
  `create trigger consent_entries_no_truncate before truncate on consent_entries for each statement execute function refuse_change()`,
  `create function feed_consents() returns trigger language plpgsql set search_path from current as $$
   begin
     if new.state = old.state or (new.state <> 'AGREED' and old.state <> 'AGREED') then return new; end if;
     insert into consent_entries (application_id, authorisation_id, purpose, act, text_sm3, actor)
       select new.application_id, new.id, purpose,
              case new.state when 'AGREED' then 'GRANT' when 'WITHDRAWN' then 'WITHDRAW' else 'EXPIRE' end,
              new.text_sm3,
              coalesce(nullif(current_setting('xindai.subject', true), ''), 'system')
         from jsonb_array_elements_text(new.terms -> 'acts') as purpose;
     return new;
   end $$`,
  `create trigger authorisations_feed_consents after update of state on authorisations for each row execute function feed_consents()`,

  `create table rights_requests (
    id uuid primary key,
    application_id uuid not null references applications,
    owner_subject text not null,
    kind text not null check (kind in ('EXPORT','CORRECTION','ERASURE')),
    items text[] not null default '{}',
    state text not null default 'OPEN' check (state in ('OPEN','PROPOSED','ANSWERED')),
    due_on date not null,
    outcome text check (outcome in ('DONE','REFUSED')),
    reason text,
    proposed_by text,
    approved_by text,
    received_at timestamptz not null,
    reminded_at timestamptz,
    overdue_at timestamptz,
    answered_at timestamptz,
    concluded_at timestamptz,
    check (approved_by is null or approved_by <> proposed_by),
    check ((state = 'OPEN') = (outcome is null)),
    check ((state = 'ANSWERED') = (answered_at is not null)),
    check (kind = 'EXPORT' or state <> 'ANSWERED' or approved_by is not null)
  )`,
  `create index rights_requests_by_application on rights_requests (application_id, received_at)`,
  `create index rights_requests_open on rights_requests (due_on) where state <> 'ANSWERED'`,
  `alter table documents drop constraint documents_kind_check,
     add constraint documents_kind_check check (kind in ('FACE','AUTHORISATION','CONTRACT','DATA_EXPORT'))`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
