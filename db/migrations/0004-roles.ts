/** The table of unmasking: who saw which fields of whose application in clear, why, and until when. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `create table unmask_grants (
    id uuid primary key,
    application_id uuid not null references applications,
    subject text not null,
    role text not null,
    fields text[] not null check (cardinality(fields) > 0),
    purpose text not null,
    granted_at timestamptz not null,
    expires_at timestamptz not null,
    check (expires_at > granted_at and expires_at <= granted_at + interval '1 hour')
  )`,
  `create index unmask_grants_live on unmask_grants (application_id, subject, expires_at)`,
  `create trigger unmask_grants_append_only before update or delete on unmask_grants
    for each row execute function refuse_change()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
