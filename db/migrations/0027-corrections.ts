/** Corrections after an application was weighed: they hang on a proposal to take the approval back, and both are agreed at once. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `alter table case_corrections
     alter column case_id drop not null,
     add column undo_id uuid references approval_undos,
     add constraint case_corrections_of_one check (num_nonnulls(case_id, undo_id) = 1)`,
  `create unique index case_corrections_one_an_undo on case_corrections (undo_id, field) where state = 'PROPOSED'`,
  // Nobody approves what nobody has proposed: two unknown people are not two people.
  `alter table rights_requests add constraint rights_requests_two_people check (
     approved_by is null or (proposed_by is not null and approved_by <> proposed_by))`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
