/** Reads of the fraud chapter: who else shares a device or number; writes of the assessment. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { LinkKind } from '../schema/evidence.ts';

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
  readonly waived?: readonly string[];
  /** The graph around the application, as it was then. */
  readonly graph?: unknown;
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
      signals: JSON.stringify({
        points: row.points,
        signals: row.signals,
        waived: row.waived ?? [],
        graph: row.graph ?? null,
      }),
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

export interface StoredAssessment {
  readonly round: number;
  readonly level: Assessment['level'];
  readonly signals: unknown;
  readonly at: Date;
}

/** The newest assessment, or undefined. */
export async function readAssessment(
  db: Queryable,
  applicationId: string,
): Promise<StoredAssessment | undefined> {
  return await db
    .selectFrom('fraud_assessments')
    .select(['round', 'level', 'signals', 'at'])
    .where('application_id', '=', applicationId)
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst();
}
