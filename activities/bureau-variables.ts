/** Opens the bureau evidence of an application and derives its variables; a missing report stays missing. */
import {
  type BureauVariables,
  deriveBureauVariables,
  parseBaihangReport,
  parsePbocReport,
} from '../domain/bureau.ts';
import type { BaihangReport } from '../domain/baihang-report.ts';
import type { PbocReport } from '../domain/bureau-report.ts';
import type { IdentityPage } from '../domain/apply.ts';
import type { GapCode } from '../domain/reasons.ts';
import type { Queryable } from '../db/database.ts';
import { type BureauEvidence, readBureauEvidence } from '../db/queries/bureau.ts';
import type { FieldCipher } from '../platform/crypto/field-cipher.ts';
import { finalFailure } from './failures.ts';

const REPORT_COLUMN = 'bureau_reports.sealed_report';

export interface OpenedBureaus {
  readonly pboc: PbocReport | null;
  readonly baihang: BaihangReport | null;
  readonly variables: BureauVariables;
  readonly gaps: readonly GapCode[];
}

/** A stored report was accepted when it came; one that no longer parses means damage, and damage never decides. */
function opened<T>(
  cipher: FieldCipher,
  evidence: BureauEvidence | undefined,
  parse: (value: unknown) => { ok: true; report: T } | { ok: false },
): T | null {
  if (
    evidence?.sealedReport === null ||
    evidence?.sealedReport === undefined ||
    evidence.requestNo === null
  )
    return null;
  return cipher.openJson(REPORT_COLUMN, evidence.requestNo, evidence.sealedReport, (value) => {
    const parsed = parse(value);
    if (!parsed.ok) throw finalFailure('STORED_REPORT_UNREADABLE');
    return parsed.report;
  });
}

/**
 * A bureau that answered "no record" is no gap: the person has no file there, and the variables say so by being absent.
 * A bureau that gave no answer is a gap.
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
  if (of('PBOC')?.reportId == null) gaps.push('GAP_PBOC_REPORT');
  if (of('BAIHANG')?.reportId == null) gaps.push('GAP_BAIHANG_REPORT');
  return { pboc, baihang, variables: deriveBureauVariables(pboc, baihang, asOf), gaps };
}
