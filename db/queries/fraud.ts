/** Reads of the fraud chapter: who else shares a device or number, and the lender's lists; writes of the assessment. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { LinkKind, WatchListRow } from '../schema/evidence.ts';

export interface SharedBy {
  readonly kind: LinkKind;
  readonly day1: number;
  readonly day7: number;
  readonly day30: number;
}

/** Counts, for each kind of link, the other people whose applications share it within 1, 7 and 30 days. */
export async function countShared(
  db: Queryable,
  applicationId: string,
): Promise<readonly SharedBy[]> {
  const { rows } = await sql<SharedBy>`
    select own.kind,
           count(distinct other.applicant_id) filter (where other.created_at > now() - interval '1 day')::int as day1,
           count(distinct other.applicant_id) filter (where other.created_at > now() - interval '7 days')::int as day7,
           count(distinct other.applicant_id)::int as day30
      from fraud_links own
      join fraud_links other
        on other.kind = own.kind and other.value_index = own.value_index
       and other.applicant_id <> own.applicant_id and other.created_at > now() - interval '30 days'
     where own.application_id = ${applicationId}
     group by own.kind`.execute(db);
  return rows;
}

/** Which of the given values stand on the black list, by subject. */
export async function listed(
  db: Queryable,
  values: readonly { readonly subject: WatchListRow['subject']; readonly valueIndex: Buffer }[],
): Promise<ReadonlySet<WatchListRow['subject']>> {
  if (values.length === 0) return new Set();
  const rows = await db
    .selectFrom('watch_list')
    .select('subject')
    .where('kind', '=', 'BLACK')
    .where((eb) =>
      eb.or(
        values.map((v) =>
          eb.and([eb('subject', '=', v.subject), eb('value_index', '=', v.valueIndex)]),
        ),
      ),
    )
    .execute();
  return new Set(rows.map((row) => row.subject));
}

/** True when a contact's number is the number of somebody whose loan is overdue. */
export async function contactInDefault(
  db: Queryable,
  contactIndexes: readonly Buffer[],
): Promise<boolean> {
  if (contactIndexes.length === 0) return false;
  const row = await db
    .selectFrom('fraud_links as link')
    .innerJoin('loans', 'loans.application_id', 'link.application_id')
    .select('link.application_id')
    .where('link.kind', '=', 'MOBILE')
    .where('link.value_index', 'in', [...contactIndexes])
    .where('loans.state', '=', 'OVERDUE')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export interface Assessment {
  readonly level: 'LOW' | 'MEDIUM' | 'HIGH';
  readonly points: number;
  readonly signals: readonly unknown[];
}

/** Records the assessment of a round; the first stands. */
export async function recordAssessment(
  tx: Tx,
  row: Assessment & {
    readonly applicationId: string;
    readonly round: number;
    readonly evidenceVersion: number;
  },
): Promise<void> {
  await tx
    .insertInto('fraud_assessments')
    .values({
      application_id: row.applicationId,
      round: row.round,
      evidence_version: row.evidenceVersion,
      level: row.level,
      signals: JSON.stringify({ points: row.points, signals: row.signals }),
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** The newest assessment, or undefined. */
export async function readAssessment(
  db: Queryable,
  applicationId: string,
): Promise<{ readonly level: Assessment['level']; readonly signals: unknown } | undefined> {
  return await db
    .selectFrom('fraud_assessments')
    .select(['level', 'signals'])
    .where('application_id', '=', applicationId)
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst();
}
