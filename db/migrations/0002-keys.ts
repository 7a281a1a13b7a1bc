/** Data keys of persons, wrapped by the key service, and the subjects they belong to. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `create table data_keys (
    id uuid primary key,
    subject_id uuid not null,
    generation integer not null check (generation > 0),
    wrapped bytea,
    kek_id text not null,
    created_at timestamptz not null default now(),
    destroyed_at timestamptz,
    unique (subject_id, generation),
    check ((wrapped is null) = (destroyed_at is not null))
  )`,
  `create index data_keys_by_kek on data_keys (kek_id, id) where wrapped is not null`,
  // A subject without a key is nobody's: its key is made when the first value is sealed for it.
  `alter table applications add column key_subject_id uuid not null unique default gen_random_uuid()`,
  `alter table applicants add column key_subject_id uuid not null unique default gen_random_uuid()`,

  // Request and certificate name the applicant. What stood here in clear is sealed by the next rotation of data keys.
  `alter table signing_keys rename column csr to sealed_csr`,
  `alter table certificates alter column chain_pem type bytea using convert_to(chain_pem, 'UTF8')`,
  `alter table certificates rename column chain_pem to sealed_chain`,

  // What is sealed anew is found by its application.
  `create index contracts_by_application on contracts (application_id)`,
  `create index recordings_by_application on recordings (application_id)`,
  `create index review_actions_by_application on review_actions (application_id, round)`,
  `create index information_requests_by_application on information_requests (application_id)`,

  // A destroyed key never comes back, and a key's row is the proof that it was destroyed.
  `create function keep_destroyed() returns trigger language plpgsql as $$
   begin
     if tg_op = 'DELETE' or old.destroyed_at is not null
        or (new.id, new.subject_id, new.generation) is distinct from (old.id, old.subject_id, old.generation) then
       raise exception 'rows of % stay as they are', tg_table_name using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger data_keys_keep_destroyed before update or delete on data_keys for each row execute function keep_destroyed()`,

  // A comment is sealed anew when its key is renewed; its seal proves that it says the same. Nothing else may change.
  `drop trigger review_actions_append_only on review_actions`,
  `create trigger review_actions_append_only before delete or update of id, task_id, application_id, round, actor,
     actor_role, action, reasons, amount_fen, evidence_version, cause, at
     on review_actions for each row execute function refuse_change()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
