/** The decision's whole record, sealed, beside its hash: rules with the values they saw, score, reasons. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // A refusal at verification ran no strategy and has no such record.
  `alter table decisions
     add column sealed_record bytea,
     add column record_sm3 text,
     add column input_sm3 text,
     add constraint decisions_record_whole check (
       (sealed_record is null) = (record_sm3 is null) and (record_sm3 is null) = (input_sm3 is null))`,
  // What a rule saw are figures of the person, sealed with the score they come from; a trace keeps who hit and who missed.
  `update decisions set trace = jsonb_set(trace, '{rules}',
      (select coalesce(jsonb_agg(rule - 'values' order by n), '[]'::jsonb)
         from jsonb_array_elements(trace -> 'rules') with ordinality as rules(rule, n)))
    where jsonb_typeof(trace -> 'rules') = 'array'`,
  // A decision is evidence. Its record is sealed anew when a key is renewed; nothing else ever changes.
  `create trigger decisions_append_only before delete or update of id, application_id, round, evidence_version, outcome,
     reasons, gaps, grade, amount_fen, annual_rate, approvals, trace, versions, record_sm3, input_sm3, at
     on decisions for each row execute function refuse_change()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
