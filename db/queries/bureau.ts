/** Reads and writes of the bureau chapter: reports, their reuse, and the evidence or gap of each round. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { Bureau } from '../schema/evidence.ts';

export interface StoredReport {
  readonly id: string;
  readonly outcome: 'REPORT' | 'NO_RECORD';
  readonly sealed_report: Buffer | null;
  readonly received_at: Date;
}

/**
 * A report of this person for the same purpose that is still valid, or undefined: paid once, used for as long as it may be.
 * One whose authorisation was taken back is used no more, nor one that the bureau corrected since; the caller holds the consent that covers using it now.
 */
export async function reusableReport(
  db: Queryable,
  wanted: { readonly applicantId: string; readonly bureau: Bureau; readonly purpose: string },
): Promise<StoredReport | undefined> {
  return await db
    .selectFrom('bureau_reports as r')
    .innerJoin('authorisations as z', 'z.id', 'r.authorisation_id')
    .select(['r.id', 'r.outcome', 'r.sealed_report', 'r.received_at'])
    .where('r.applicant_id', '=', wanted.applicantId)
    .where('r.bureau', '=', wanted.bureau)
    .where('r.purpose', '=', wanted.purpose)
    .where('r.valid_until', '>', sql<Date>`now()`)
    .where('z.state', '<>', 'WITHDRAWN')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('objections as o')
            .select('o.id')
            .whereRef('o.applicant_id', '=', 'r.applicant_id')
            .whereRef('o.bureau', '=', 'r.bureau')
            .where('o.outcome', '=', 'CORRECTED')
            .whereRef('o.decided_at', '>', 'r.received_at'),
        ),
      ),
    )
    .orderBy('r.valid_until', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export interface NewReport {
  readonly id: string;
  readonly applicantId: string;
  readonly authorisationId: string;
  readonly bureau: Bureau;
  /** Query reason it was asked for. */
  readonly purpose: string;
  readonly requestNo: string;
  readonly outcome: 'REPORT' | 'NO_RECORD';
  readonly sealedReport: Buffer | null;
  readonly reportSm3: string;
  readonly validUntil: Date;
}

/** Stores a report; the first of a request number stands. */
export async function storeReport(tx: Tx, report: NewReport): Promise<void> {
  await tx
    .insertInto('bureau_reports')
    .values({
      id: report.id,
      applicant_id: report.applicantId,
      authorisation_id: report.authorisationId,
      bureau: report.bureau,
      purpose: report.purpose,
      request_no: report.requestNo,
      outcome: report.outcome,
      sealed_report: report.sealedReport,
      report_sm3: report.reportSm3,
      valid_until: report.validUntil,
    })
    .onConflict((oc) => oc.column('request_no').doNothing())
    .execute();
}

/** Says which report a round of the application rests on. A gap noted earlier in the round is filled. */
export async function useReport(
  tx: Queryable,
  evidence: {
    readonly applicationId: string;
    readonly round: number;
    readonly bureau: Bureau;
    readonly reportId: string;
  },
): Promise<void> {
  await tx
    .insertInto('bureau_evidence')
    .values({
      application_id: evidence.applicationId,
      round: evidence.round,
      bureau: evidence.bureau,
      report_id: evidence.reportId,
    })
    .onConflict((oc) =>
      oc
        .columns(['application_id', 'round', 'bureau'])
        .doUpdateSet({ report_id: evidence.reportId, gap: null }),
    )
    .execute();
}

/** States a gap where a round has no report of that bureau. */
export async function noteGap(
  tx: Tx,
  gap: {
    readonly applicationId: string;
    readonly round: number;
    readonly bureau: Bureau;
    readonly gap: string;
  },
): Promise<void> {
  await tx
    .insertInto('bureau_evidence')
    .values({
      application_id: gap.applicationId,
      round: gap.round,
      bureau: gap.bureau,
      gap: gap.gap,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

export interface BureauEvidence {
  readonly bureau: Bureau;
  readonly reportId: string | null;
  readonly requestNo: string | null;
  readonly outcome: 'REPORT' | 'NO_RECORD' | null;
  readonly sealedReport: Buffer | null;
}

/** What each bureau gave, from the newest round that asked it. */
export async function readBureauEvidence(
  db: Queryable,
  applicationId: string,
): Promise<readonly BureauEvidence[]> {
  return await db
    .selectFrom('bureau_evidence as e')
    .leftJoin('bureau_reports as r', 'r.id', 'e.report_id')
    .distinctOn('e.bureau')
    .select([
      'e.bureau',
      'e.report_id as reportId',
      'r.request_no as requestNo',
      'r.outcome',
      'r.sealed_report as sealedReport',
    ])
    .where('e.application_id', '=', applicationId)
    .orderBy('e.bureau')
    .orderBy('e.round', 'desc')
    .execute();
}

export interface Screening {
  readonly sanctionsHit: boolean | null;
  readonly courtOpenCases: number | null;
}

/** Records what the public registers said in a round. */
export async function recordScreening(
  db: Queryable,
  screening: Screening & {
    readonly applicationId: string;
    readonly round: number;
    readonly detail: unknown;
  },
): Promise<void> {
  const found = {
    sanctions_hit: screening.sanctionsHit,
    court_open_cases: screening.courtOpenCases,
  };
  await db
    .insertInto('registry_screenings')
    .values({
      application_id: screening.applicationId,
      round: screening.round,
      detail: JSON.stringify(screening.detail),
      ...found,
    })
    .onConflict((oc) => oc.columns(['application_id', 'round']).doUpdateSet(found))
    .execute();
}

/** The newest screening; both null while no register has answered. */
export async function readScreening(db: Queryable, applicationId: string): Promise<Screening> {
  const row = await db
    .selectFrom('registry_screenings')
    .select(['sanctions_hit as sanctionsHit', 'court_open_cases as courtOpenCases'])
    .where('application_id', '=', applicationId)
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? { sanctionsHit: null, courtOpenCases: null };
}
