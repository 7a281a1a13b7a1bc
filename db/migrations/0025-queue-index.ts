/** What applications wait for, in a view beside them, so that the queue is narrowed by it without a rule per row. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // Names nobody. The applications themselves stay behind their rules, and asking those for every task of the queue was
  // most of a page's time; what a page shows is joined to them afterwards.
  await sql
    .raw(
      `create view waiting_applications as
         select id as application_id, pending from applications where pending is not null`,
    )
    .execute(db);
}
