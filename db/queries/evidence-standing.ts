/** What the bureau evidence of an application rests on right now, in one question: consent, reports, disputes, answers beside. */
import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

/** What was derived from evidence may be kept while this stands, and is worth nothing once any of it differs. */
export interface EvidenceStanding {
  readonly applicantId: string;
  readonly authorisationId: string;
  /** Milliseconds until the first of the consent and the reports is not valid any more; above zero. */
  readonly validMs: number;
  /** Digests and ids of everything that the bureau variables are derived from, in one order. */
  readonly evidence: readonly string[];
}

interface StandingRow {
  readonly applicant_id: string;
  readonly authorisation_id: string;
  readonly valid_ms: number;
  readonly withdrawn: boolean;
  readonly evidence: readonly string[];
}

/**
 * Null where nothing may be kept or taken from what was kept: nobody has agreed, the consent was withdrawn or has ended,
 * a bureau gave no report or one that is not valid any more, or a report was asked for under a letter withdrawn since.
 * @param besideNumbers numbers of the requests whose answers count where Baihang has no report
 */
export async function readEvidenceStanding(
  db: Queryable,
  applicationId: string,
  besideNumbers: readonly string[],
): Promise<EvidenceStanding | null> {
  const { rows } = await sql<StandingRow>`
    with used as (
      select distinct on (e.bureau) e.bureau, r.id, r.outcome, r.report_sm3, r.valid_until, z.state
        from bureau_evidence e
        left join bureau_reports r on r.id = e.report_id
        left join authorisations z on z.id = r.authorisation_id
       where e.application_id = ${applicationId}
       order by e.bureau, e.round desc
    )
    select z.applicant_id, z.id as authorisation_id,
           (extract(epoch from least(z.valid_until, u.valid_until) - clock_timestamp()) * 1000)::float8 as valid_ms,
           u.withdrawn,
           u.digests
             || array(select 'dispute:' || o.id from objections o
                       where o.applicant_id = z.applicant_id and o.outcome is null order by o.id)
             || array(select 'beside:' || q.request_no || ':' || q.state || ':' || coalesce(q.code, '')
                        from outside_requests q
                       where q.request_no = any(${besideNumbers}::text[]) order by q.request_no) as evidence
      from authorisations z
      cross join (
        select min(valid_until) as valid_until, bool_or(state = 'WITHDRAWN') as withdrawn,
               array_agg(bureau || ':' || id || ':' || outcome || ':' || report_sm3 order by bureau) as digests
          from used having count(*) = 2 and count(id) = 2
      ) u
     where z.application_id = ${applicationId} and z.state = 'AGREED'`.execute(db);
  const [row] = rows;
  if (row === undefined || row.withdrawn || !(row.valid_ms > 0)) return null;
  return {
    applicantId: row.applicant_id,
    authorisationId: row.authorisation_id,
    validMs: row.valid_ms,
    evidence: row.evidence,
  };
}
