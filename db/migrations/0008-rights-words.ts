/** Requests by right in people's own words, sealed, and the outcome of an erasure that the law forbade after its approval. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `alter table rights_requests
     add column sealed_words bytea,
     add column sealed_answer bytea,
     drop constraint rights_requests_outcome_check,
     add constraint rights_requests_outcome_check check (outcome in ('DONE','REFUSED','HELD')),
     add constraint rights_requests_held check (outcome <> 'HELD' or (kind = 'ERASURE' and state = 'ANSWERED'))`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
