/** An operator case is approved by a second person only: the first check passed when nobody had proposed anything. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table operator_cases
      drop constraint operator_cases_check,
      add constraint operator_cases_two_people
        check (approved_by is null or (proposed_by is not null and approved_by <> proposed_by))`.execute(
    db,
  );
}
