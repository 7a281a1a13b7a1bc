/** Pictures of identity cards and business licences, and what was read on them. */
import { type Kysely, sql } from 'kysely';
import { allowDocumentKinds } from '../kinds.ts';

const STATEMENTS: readonly string[] = [
  allowDocumentKinds('ID_FRONT', 'ID_BACK', 'LICENCE'),

  // No evidence of anything: what the person submits is their own statement, and this goes by the clock.
  `create table prefills (
    document_id uuid primary key references documents,
    application_id uuid not null references applications,
    outcome text not null check (outcome in ('READ','UNREADABLE')),
    reason text,
    sealed_readings bytea,
    same_picture integer not null default 0 check (same_picture >= 0),
    read_at timestamptz not null default now(),
    check ((outcome = 'READ') = (sealed_readings is not null)),
    check ((outcome = 'UNREADABLE') = (reason is not null))
  )`,
  `create index prefills_by_application on prefills (application_id)`,
  `create index documents_same_picture on documents (sm3) where kind in ('ID_FRONT','ID_BACK','LICENCE')`,
  `create index documents_pictures_by_age on documents (created_at) where kind in ('ID_FRONT','ID_BACK','LICENCE')`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
