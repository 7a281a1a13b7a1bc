/** How somebody came to sign: codes for one contract, the intent that was proved, and the sealed form of the contract. */
import { type Kysely, sql } from 'kysely';
import { allowDocumentKinds } from '../kinds.ts';

const STATEMENTS: readonly string[] = [
  allowDocumentKinds('CONTRACT_SEALED'),
  `alter table contracts add column final_document_id uuid references documents`,

  // Newer codes take the place of older ones by being newer; what was tried and used stays for the record.
  `create table signing_codes (
    id uuid primary key,
    contract_id uuid not null references contracts,
    digest_sm3 text not null check (digest_sm3 ~ '^[0-9a-f]{64}$'),
    code_hmac bytea not null,
    tries smallint not null default 0 check (tries between 0 and 5),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    check (expires_at > created_at)
  )`,
  `create index signing_codes_newest on signing_codes (contract_id, created_at desc)`,

  // One code proves one act of signing: the key of the act is the cause under which it is recorded.
  `create table signing_intents (
    act_key text primary key,
    contract_id uuid not null references contracts,
    code_id uuid not null unique references signing_codes,
    digest_sm3 text not null check (digest_sm3 ~ '^[0-9a-f]{64}$'),
    sealed_intent bytea not null,
    at timestamptz not null
  )`,
  `create index signing_intents_by_contract on signing_intents (contract_id, at)`,
  // Where and how somebody signed is sealed anew when their key is renewed; nothing else of it changes.
  `create function keep_intent() returns trigger language plpgsql as $$
   begin
     if tg_op = 'DELETE' or to_jsonb(new) - 'sealed_intent' <> to_jsonb(old) - 'sealed_intent' then
       raise exception 'signing_intents is append-only' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger signing_intents_kept before update or delete on signing_intents for each row execute function keep_intent()`,
  `create trigger signing_intents_no_truncate before truncate on signing_intents for each statement execute function refuse_change()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
