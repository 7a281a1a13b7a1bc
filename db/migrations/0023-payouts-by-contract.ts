/** Attempts of paying count within a contract: an approval that was taken back leaves a cancelled payout, and a new contract begins anew. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `alter table payouts drop constraint payouts_application_id_attempt_key,
     add constraint payouts_one_attempt unique (contract_id, attempt)`,
  `create index payouts_of_application on payouts (application_id, created_at)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
