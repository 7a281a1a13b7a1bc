/** What a reviewer asks an applicant for is sealed: the words are a person's and may name somebody. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // No key is at hand here. What stood in clear keeps its JSON as bytes, is read as such, and is sealed by the next
  // rotation of data keys.
  `alter table information_requests alter column items type bytea using convert_to(items::text, 'UTF8')`,
  `alter table information_requests rename column items to sealed_items`,
];

export async function up<T>(db: Kysely<T>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
