/** Entrusted payment: the payee whom two people of finance have registered with evidence, and which payout went to one. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // Name and account are sealed; the evidence is known by the SM3 of its file, so that another file is another evidence.
  `create table entrusted_payees (
    id uuid primary key,
    application_id uuid not null references applications,
    sealed_payee bytea not null,
    evidence_kind text not null check (evidence_kind in ('PURCHASE_CONTRACT','INVOICE','ORDER','OTHER')),
    evidence_sm3 text not null check (evidence_sm3 ~ '^[0-9a-f]{64}$'),
    reason text not null check (reason ~ '^[A-Z][A-Z0-9_]{1,63}$'),
    state text not null default 'PROPOSED' check (state in ('PROPOSED','APPROVED','REJECTED','REPLACED')),
    proposed_by text not null,
    proposed_at timestamptz not null default now(),
    decided_by text,
    decided_at timestamptz,
    constraint entrusted_payees_two_people check (decided_by is null or decided_by <> proposed_by),
    check ((state = 'PROPOSED') = (decided_by is null)),
    check ((decided_by is null) = (decided_at is null))
  )`,
  `create unique index entrusted_payees_one_proposed on entrusted_payees (application_id) where state = 'PROPOSED'`,
  `create unique index entrusted_payees_one_approved on entrusted_payees (application_id) where state = 'APPROVED'`,
  // Written when the payout is sent: whoever asks or sends again finds the same receiver.
  `alter table payouts add column payee_id uuid references entrusted_payees`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
