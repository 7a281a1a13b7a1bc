/** Opens the bureau evidence of an application and derives its variables; a missing report stays missing. */
import type { BaihangReport, MobileFacts, WatchHits } from '../domain/baihang-report.ts';
import {
  type BureauVariables,
  deriveBureauVariables,
  parseBaihangReport,
  type Parsed,
  parsePbocReport,
  parseVerification,
  parseWatchList,
  type ReportSubject,
} from '../domain/bureau.ts';
import type { PbocReport } from '../domain/bureau-report.ts';
import type { IdentityPage } from '../domain/apply.ts';
import type { GapCode } from '../domain/reasons.ts';
import type { Queryable } from '../db/database.ts';
import { readApplication } from '../db/queries/apply.ts';
import { type BureauEvidence, readBureauEvidence } from '../db/queries/bureau.ts';
import { openDisputes } from '../db/queries/objections.ts';
import { readOutsideRequest } from '../db/queries/outside-requests.ts';
import type { FieldCipher } from '../platform/crypto/field-cipher.ts';
import { openedAnswer, requestNumber } from './outside.ts';

const REPORT_COLUMN = 'bureau_reports.sealed_report';

/** Steps of the questions asked of Baihang where it has no report. */
export const BESIDE_STEPS = {
  watchlist: 'bureau:BAIHANG:watchlist',
  verify: 'bureau:BAIHANG:verify',
} as const;

export interface OpenedBureaus {
  readonly pboc: PbocReport | null;
  readonly baihang: BaihangReport | null;
  readonly variables: BureauVariables;
  readonly gaps: readonly GapCode[];
}

type Opened<T> = { readonly report: T | null; readonly missing: boolean };

/**
 * A report was accepted when it came. One that no longer parses was stored in another form of it, or is damaged: it is
 * missing then, so that a person looks and the story goes on. No record is an answer and no gap.
 */
function opened<T>(
  cipher: FieldCipher,
  evidence: BureauEvidence | undefined,
  parse: (value: unknown) => Parsed<T>,
): Opened<T> {
  if (evidence?.reportId == null) return { report: null, missing: true };
  const { sealedReport, requestNo } = evidence;
  if (sealedReport === null || requestNo === null) return { report: null, missing: false };
  const parsed = cipher.openJson(REPORT_COLUMN, requestNo, sealedReport, parse);
  return parsed.ok ? { report: parsed.report, missing: false } : { report: null, missing: true };
}

/** What Baihang told by itself; null where it was not asked or did not answer. */
async function beside<T>(
  db: Queryable,
  cipher: FieldCipher,
  applicationId: string,
  operation: keyof typeof BESIDE_STEPS,
  read: (data: unknown) => T | null,
  none: T | null,
): Promise<T | null> {
  const requestNo = requestNumber(applicationId, BESIDE_STEPS[operation]);
  const stored = await readOutsideRequest(db, requestNo);
  if (stored?.state !== 'ANSWERED') return null;
  const answer = openedAnswer(cipher, requestNo, stored, { parse: read });
  return answer.kind === 'FOUND' ? answer.data : none;
}

async function besideBaihang(
  db: Queryable,
  cipher: FieldCipher,
  applicationId: string,
  subject: ReportSubject,
) {
  const watchList = await beside<WatchHits>(
    db,
    cipher,
    applicationId,
    'watchlist',
    (data) => {
      const parsed = parseWatchList(data, subject);
      return parsed.ok ? parsed.report : null;
    },
    [],
  );
  const mobile = await beside<MobileFacts>(
    db,
    cipher,
    applicationId,
    'verify',
    (data) => {
      const parsed = parseVerification(data, subject);
      return parsed.ok ? parsed.report : null;
    },
    null,
  );
  return { watchList, mobile };
}

/**
 * A bureau that answered "no record" is no gap: the person has no file there, and the variables say so by being absent.
 * A bureau that gave no answer is a gap. What the person disputes at our desk counts as disputed from the first day.
 */
export async function openBureaus(
  db: Queryable,
  cipher: FieldCipher,
  applicationId: string,
  person: IdentityPage,
  asOf: string,
): Promise<OpenedBureaus> {
  const evidence = await readBureauEvidence(db, applicationId);
  const of = (bureau: BureauEvidence['bureau']) => evidence.find((row) => row.bureau === bureau);
  const subject = { name: person.name, idNumber: person.idNumber };
  const pboc = opened(cipher, of('PBOC'), (value) => parsePbocReport(value, subject));
  const baihang = opened(cipher, of('BAIHANG'), (value) => parseBaihangReport(value, subject));
  const gaps: GapCode[] = [];
  if (pboc.missing) gaps.push('GAP_PBOC_REPORT');
  if (baihang.missing) gaps.push('GAP_BAIHANG_REPORT');
  const applicant = (await readApplication(db, applicationId))?.applicant_id ?? null;
  const disputes = applicant === null ? [] : await openDisputes(db, cipher, applicant);
  const more =
    baihang.report === null && !baihang.missing
      ? await besideBaihang(db, cipher, applicationId, subject)
      : {};
  const variables = deriveBureauVariables(pboc.report, baihang.report, asOf, {
    disputes,
    ...more,
  });
  return { pboc: pboc.report, baihang: baihang.report, variables, gaps };
}
