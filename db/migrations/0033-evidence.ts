/** Evidence bundles: who asked for which and where it lies, and the revocation list as it was when a contract was signed. */
import { type Kysely, sql } from 'kysely';
import { allowDocumentKinds } from '../kinds.ts';

const STATEMENTS: readonly string[] = [
  allowDocumentKinds('EVIDENCE'),

  `create table revocation_lists (
    contract_id uuid primary key references contracts,
    list bytea not null,
    fetched_at timestamptz not null default now()
  )`,
  `create trigger revocation_lists_append_only before update or delete on revocation_lists for each row execute function refuse_change()`,
  `create trigger revocation_lists_no_truncate before truncate on revocation_lists for each statement execute function refuse_change()`,

  `create table evidence_bundles (
    id uuid primary key,
    application_id uuid not null references applications,
    contract_id uuid not null references contracts,
    audience text not null check (audience in ('STAFF','APPLICANT')),
    requested_by text not null,
    requested_role text not null,
    requested_at timestamptz not null,
    state text not null default 'BUILDING' check (state in ('BUILDING','READY')),
    document_id uuid references documents,
    built_at timestamptz,
    check ((state = 'READY') = (document_id is not null)),
    check ((state = 'READY') = (built_at is not null))
  )`,
  `create index evidence_bundles_by_contract on evidence_bundles (contract_id, requested_at)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
