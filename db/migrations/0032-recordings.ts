/** Dual recordings as evidence: segments, times, a chain that grows with the chunks, manifests, and the look of a person. */
import { type Kysely, sql } from 'kysely';
import { allowRuleKind } from '../kinds.ts';

const appendOnly = (table: string): readonly string[] => [
  `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
  `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
];

const STATEMENTS: readonly string[] = [
  allowRuleKind('rulebooks', 'RECORDING_SCRIPT'),
  allowRuleKind('rule_drafts', 'RECORDING_SCRIPT'),

  `alter table recordings
     drop constraint recordings_state_check,
     add constraint recordings_state_check check (state in ('OPEN','COMPLETE','PASSED','REJECTED','EXPIRED')),
     add column kind text not null default 'SELF' check (kind in ('SELF','ATTENDED')),
     add column consent_at timestamptz,
     add column script_code text,
     add column script_version integer,
     add column script jsonb,
     add column attended_by text,
     add column attended_at timestamptz,
     add column sealed_attendant bytea,
     add column chained_count integer not null default 0,
     add column chained_sm3 text not null default repeat('0', 64),
     add column size_bytes bigint not null default 0,
     add column sealed_marks bytea,
     add column reminded_at timestamptz,
     add column expired_at timestamptz,
     add column qc jsonb,
     add column manifest text,
     add column manifest_sm3 text,
     add column manifest_signature bytea,
     add column manifest_public_key text,
     add column manifest_token bytea,
     add column manifest_stamped_at timestamptz,
     add column emptied_at timestamptz,
     add constraint recordings_script check ((script_code is null) = (script is null) and (script_code is null) = (script_version is null)),
     add constraint recordings_attended check (state not in ('COMPLETE','PASSED') or kind = 'SELF' or (attended_by is not null and consent_at is not null)),
     add constraint recordings_manifest check ((manifest is null) = (manifest_sm3 is null) and (manifest is null) = (manifest_signature is null) and (manifest is null) = (manifest_token is null)),
     add constraint recordings_looked_at check (state not in ('PASSED','REJECTED') or manifest is not null),
     add constraint recordings_retained check (emptied_at is null or state = 'EXPIRED')`,
  `drop index recordings_one_complete`,
  `create unique index recordings_one_complete on recordings (contract_id) where state in ('COMPLETE','PASSED')`,
  `create index recordings_to_review on recordings (completed_at) where state = 'COMPLETE' and kind = 'ATTENDED'`,
  `create index recordings_to_empty on recordings (expired_at) where state = 'EXPIRED' and emptied_at is null`,
  // Whatever writes, evidence is not taken back: no session goes, none is opened again, and what was sealed stays.
  `create function guard_recording() returns trigger language plpgsql set search_path from current as $$
   begin
     if tg_op = 'DELETE' then
       raise exception 'a recording is kept' using errcode = 'restrict_violation';
     end if;
     if new.state <> old.state and (old.state, new.state) not in (
       ('OPEN','COMPLETE'), ('OPEN','EXPIRED'), ('COMPLETE','PASSED'), ('COMPLETE','REJECTED')) then
       raise exception 'a recording does not go from % to %', old.state, new.state using errcode = 'restrict_violation';
     end if;
     if old.state <> 'OPEN' and (new.chunk_count, new.chain_sm3, new.chained_count, new.chained_sm3, new.size_bytes, new.attended_by, new.script)
        is distinct from (old.chunk_count, old.chain_sm3, old.chained_count, old.chained_sm3, old.size_bytes, old.attended_by, old.script) then
       raise exception 'a closed recording does not change' using errcode = 'restrict_violation';
     end if;
     if old.manifest is not null and (new.manifest, new.manifest_signature, new.manifest_token)
        is distinct from (old.manifest, old.manifest_signature, old.manifest_token) then
       raise exception 'a signed manifest does not change' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger recordings_guard before update or delete on recordings for each row execute function guard_recording()`,

  `alter table recording_chunks
     add column segment integer not null default 0 check (segment >= 0),
     add column from_ms integer check (from_ms >= 0),
     add column to_ms integer,
     add constraint recording_chunks_times check ((from_ms is null) = (to_ms is null) and (to_ms is null or to_ms > from_ms))`,
  ...appendOnly('recording_chunks'),

  `create table recording_segments (
    recording_id uuid not null references recordings,
    number integer not null check (number > 0),
    first_chunk integer not null check (first_chunk > 0),
    reason text not null check (reason in ('CONNECTION_LOST','DEVICE','PERSON_LEFT','CALL','OTHER')),
    opened_at timestamptz not null default now(),
    primary key (recording_id, number),
    unique (recording_id, first_chunk)
  )`,
  ...appendOnly('recording_segments'),

  `create table recording_reviews (
    recording_id uuid primary key references recordings,
    verdict text not null check (verdict in ('PASS','RERECORD')),
    reasons jsonb not null,
    attended_by text,
    opened_by text not null,
    reviewed_by text not null,
    reviewed_role text not null,
    reviewed_at timestamptz not null,
    constraint recording_reviews_two_people check (reviewed_by is distinct from attended_by and reviewed_by <> opened_by)
  )`,
  ...appendOnly('recording_reviews'),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
