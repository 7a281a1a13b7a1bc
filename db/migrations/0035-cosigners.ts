/** Several people sign one contract: who was named beside the borrower, their turns, and keys, certificates and codes of each. */
import { type Kysely, sql } from 'kysely';

const PARTY = `party ~ '^(APPLICANT|(SPOUSE|GUARANTOR)_[1-4])$'`;

/** One-time keys and certificates are a party's own; those that are there are the applicant's. */
const ofParty = (table: string): readonly string[] => [
  `alter table ${table} add column party text not null default 'APPLICANT' check (${PARTY})`,
  `alter table ${table} drop constraint ${table}_pkey`,
  `alter table ${table} add primary key (contract_id, party)`,
];

const STATEMENTS: readonly string[] = [
  `create table co_signers (
    id uuid primary key,
    application_id uuid not null references applications,
    owner_subject text not null,
    position smallint not null check (position between 1 and 4),
    role text not null check (role in ('SPOUSE','GUARANTOR')),
    subject text not null,
    sealed_person bytea not null,
    named_at timestamptz not null,
    dropped_at timestamptz
  )`,
  `create unique index co_signers_position on co_signers (application_id, position) where dropped_at is null`,
  `create unique index co_signers_subject on co_signers (application_id, subject) where dropped_at is null`,
  `create index co_signers_by_subject on co_signers (subject)`,
  // The list is part of the contract: it changes only before the offer is accepted. The lock keeps the stage until then.
  `create function keep_co_signers() returns trigger language plpgsql as $$
   begin
     if tg_op = 'DELETE' then
       raise exception 'co_signers is append-only' using errcode = 'restrict_violation';
     end if;
     if tg_op = 'UPDATE' and (to_jsonb(new) - 'sealed_person' - 'dropped_at' <> to_jsonb(old) - 'sealed_person' - 'dropped_at'
        or (old.dropped_at is not null and new.dropped_at is distinct from old.dropped_at)) then
       raise exception 'co_signers is append-only' using errcode = 'restrict_violation';
     end if;
     if tg_op = 'UPDATE' and new.dropped_at is not distinct from old.dropped_at then
       return new;
     end if;
     perform 1 from applications a where a.id = new.application_id
       and a.stage in ('APPLY','VERIFY','BUREAU','FRAUD','SCORE','DECIDE','REVIEW','OFFER') for share;
     if not found then
       raise exception 'the list of co-signers stands' using errcode = 'check_violation', constraint = 'co_signers_before_contract';
     end if;
     return new;
   end $$`,
  `create trigger co_signers_kept before insert or update or delete on co_signers for each row execute function keep_co_signers()`,
  `create trigger co_signers_no_truncate before truncate on co_signers for each statement execute function refuse_change()`,

  `create table contract_parties (
    id uuid primary key,
    contract_id uuid not null references contracts,
    co_signer_id uuid not null references co_signers,
    position smallint not null check (position between 1 and 4),
    role text not null check (role in ('SPOUSE','GUARANTOR')),
    state text not null default 'WAITING' check (state in ('WAITING','INVITED','SIGNED','DECLINED','EXPIRED')),
    invited_at timestamptz,
    reminded_at timestamptz,
    proof_tries smallint not null default 0 check (proof_tries between 0 and 5),
    proved_at timestamptz,
    answered_at timestamptz,
    answered_cause text,
    unique (contract_id, position),
    unique (contract_id, co_signer_id),
    unique (id, contract_id),
    check ((state in ('SIGNED','DECLINED')) = (answered_at is not null and answered_cause is not null)),
    check (state <> 'SIGNED' or proved_at is not null)
  )`,
  // One turn at a time, and what was answered stands.
  `create unique index contract_parties_turn on contract_parties (contract_id) where state = 'INVITED'`,
  `create function keep_party() returns trigger language plpgsql as $$
   begin
     if tg_op = 'DELETE' or old.state in ('SIGNED','DECLINED','EXPIRED') then
       raise exception 'contract_parties keeps what was answered' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger contract_parties_kept before update or delete on contract_parties for each row execute function keep_party()`,
  `create trigger contract_parties_no_truncate before truncate on contract_parties for each statement execute function refuse_change()`,

  ...ofParty('signing_keys'),
  ...ofParty('certificates'),
  `alter table signatures drop constraint signatures_party_check`,
  `alter table signatures add constraint signatures_party_check check (party = 'LENDER' or ${PARTY})`,
  // Null: the applicant's own.
  ...['signing_codes', 'signing_intents'].map(
    (table) =>
      `alter table ${table} add column party_id uuid,
         add foreign key (party_id, contract_id) references contract_parties (id, contract_id)`,
  ),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
