/** Clients that sign their requests, the ledger of consents, and what persons ask for by right. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `alter table integrator_clients
     add column signs_requests boolean not null default false,
     add check (not signs_requests or alg = 'SM2SM3')`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
