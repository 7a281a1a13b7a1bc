/** What has outlived its retention: persons none of whose clocks runs any more, and copies of bureau reports. */
import { sql } from 'kysely';
import type { HeldFacts } from '../../domain/retention.ts';
import type { Queryable } from '../database.ts';

export interface KeptPerson {
  readonly applicantId: string;
  readonly held: readonly HeldFacts[];
}

/**
 * Persons with live keys, all of whose applications have ended, by id from behind `after`: those whose clocks are worth
 * reading. An application that ended after `endedBefore` keeps its person out.
 */
export async function endedPersons(
  db: Queryable,
  from: { readonly after: string | null; readonly endedBefore: Date; readonly most: number },
): Promise<readonly KeptPerson[]> {
  const { rows } = await sql<KeptPerson>`
    select p.id as "applicantId",
           jsonb_agg(jsonb_build_object(
             'endedOn', (a.ended_at at time zone 'Asia/Shanghai')::date::text,
             'checked', exists (select 1 from verifications v where v.application_id = a.id),
             'lent', l.id is not null,
             'settledOn', (l.settled_at at time zone 'Asia/Shanghai')::date::text)) as held
      from applicants p
      join applications a on a.applicant_id = p.id
      left join loans l on l.application_id = a.id
     where (${from.after}::uuid is null or p.id > ${from.after}::uuid)
       and exists (select 1 from data_keys k where k.wrapped is not null and
             (k.subject_id = p.key_subject_id or k.subject_id in
               (select b.key_subject_id from applications b where b.applicant_id = p.id)))
     group by p.id
    having bool_and(a.ended_at is not null and a.ended_at < ${from.endedBefore})
     order by p.id limit ${from.most}`.execute(db);
  return rows;
}

/**
 * Takes away the copies of bureau reports on which no application under way, no younger refusal and no loan rests any
 * more; their digests stay as the proof of what was received. Gives how many.
 */
export async function dropReports(
  db: Queryable,
  before: { readonly withoutLoan: Date; readonly withLoan: Date },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update bureau_reports r set sealed_report = null
     where r.sealed_report is not null and r.valid_until < ${before.withoutLoan}
       and not exists (
         select 1 from applications a left join loans l on l.application_id = a.id
          where a.applicant_id = r.applicant_id
            and (a.ended_at is null
                 or (l.id is null and a.ended_at >= ${before.withoutLoan})
                 or (l.id is not null and (l.settled_at is null or l.settled_at >= ${before.withLoan}))))`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0n);
}
