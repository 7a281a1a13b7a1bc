/** Pulls one credit report: only under a valid consent, never paid for twice while it is valid, stored sealed. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { mayQuery } from '../../domain/authorisation.ts';
import { parseBaihangReport, parsePbocReport } from '../../domain/bureau.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { reusableReport, storeReport, useReport } from '../../db/queries/bureau.ts';
import { readAgreedAuthorisation } from '../../db/queries/verify.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { askOnce, requestNumber } from '../outside.ts';
import { pinnedOf } from '../pinned.ts';
import { policyFor } from '../rulebooks.ts';
import { type OutsideAnswer, OutsideFailure } from '../ports/answers.ts';
import type { ReportRequest } from '../ports/bureaus.ts';
import { cancellationSignal } from '../signal.ts';

export interface PullInput {
  readonly applicationId: string;
  readonly round: number;
}

type BureauName = 'PBOC' | 'BAIHANG';

/** Query reason of a loan application (regulation.md §2.5). */
const LOAN_APPROVAL = '02';
const DAY_MS = 86_400_000;
const REPORT_COLUMN = 'bureau_reports.sealed_report';

interface Consent {
  readonly applicantId: string;
  readonly authorisationId: string;
  readonly sm3: string;
  readonly validityMs: number;
}

/** The consent of this application, or a refusal: without it no question leaves the house. */
async function consentFor(
  deps: ActivityDeps,
  applicationId: string,
  bureau: BureauName,
): Promise<Consent> {
  const { application, rules, day } = await pinnedOf(deps, deps.db, applicationId);
  const authorisation = await readAgreedAuthorisation(deps.db, applicationId);
  if (authorisation === null) throw finalFailure('AUTHORISATION_MISSING');
  const allowed = mayQuery(authorisation, {
    now: new Date().toISOString(),
    purpose: LOAN_APPROVAL,
    subjectId: application.applicant_id,
    bureau,
  });
  if (!allowed.ok) throw finalFailure(`AUTHORISATION_${allowed.reason}`);
  return {
    applicantId: application.applicant_id,
    authorisationId: authorisation.authorisationId,
    sm3: authorisation.textHash,
    validityMs: policyFor(rules, day)('bureau.reportValidityDays') * DAY_MS,
  };
}

/** Asks the bureau. A report that does not fit its form or its person is no answer, and is asked for again. */
async function ask(
  deps: ActivityDeps,
  bureau: BureauName,
  request: ReportRequest,
): Promise<OutsideAnswer<unknown>> {
  const port = bureau === 'PBOC' ? deps.ports.pboc : deps.ports.baihang;
  const answer = await port.report(request);
  if (answer.kind === 'NO_RECORD') return answer;
  const parse = bureau === 'PBOC' ? parsePbocReport : parseBaihangReport;
  const parsed = parse(answer.data, { name: request.name, idNumber: request.idNumber });
  if (parsed.ok) return answer;
  const code = parsed.reason === 'WRONG_PERSON' ? 'WRONG_PERSON' : 'BAD_ANSWER';
  throw new OutsideFailure(bureau.toLowerCase(), 'report', code);
}

async function pull(
  deps: ActivityDeps,
  { applicationId, round }: PullInput,
  bureau: BureauName,
): Promise<void> {
  const consent = await consentFor(deps, applicationId, bureau);
  const known = await reusableReport(deps.db, consent.applicantId, bureau);
  if (known !== undefined) {
    await useReport(deps.db, { applicationId, round, bureau, reportId: known.id });
    return;
  }
  const cipher = await deps.vault.of(deps.db, applicationId);
  const form = await loadForm(deps.db, cipher, applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  const step = `bureau:${bureau}:${consent.authorisationId}`;
  const requestNo = requestNumber(applicationId, step);
  const { name, idNumber, mobile } = form.identity;
  const answer = await overTheBorder(() =>
    askOnce(
      { db: deps.db, fieldCipher: cipher },
      { requestNo, applicationId, step, service: bureau.toLowerCase(), operation: 'report' },
      (number) =>
        ask(deps, bureau, {
          requestNo: number,
          signal: cancellationSignal(),
          name,
          idNumber,
          mobile,
          consent: {
            authorisationId: consent.authorisationId,
            sm3: consent.sm3,
            purpose: LOAN_APPROVAL,
          },
        }),
      z.unknown(),
    ),
  );
  await keep(deps, { applicationId, round, bureau, requestNo, consent, answer });
}

interface Kept {
  readonly applicationId: string;
  readonly round: number;
  readonly bureau: BureauName;
  readonly requestNo: string;
  readonly consent: Consent;
  readonly answer: OutsideAnswer<unknown>;
}

/** Stores the report with its validity, the evidence of the round and the audit of the query together. */
async function keep(deps: ActivityDeps, kept: Kept): Promise<void> {
  const { applicationId, round, bureau, requestNo, consent, answer } = kept;
  const id = randomUUID();
  const report = answer.kind === 'FOUND' ? answer.data : null;
  const reportSm3 = sm3Hex(JSON.stringify(report));
  await deps.db.transaction().execute(async (tx) => {
    const cipher = await deps.vault.of(tx, applicationId);
    await storeReport(tx, {
      id,
      applicantId: consent.applicantId,
      authorisationId: consent.authorisationId,
      bureau,
      requestNo,
      outcome: report === null ? 'NO_RECORD' : 'REPORT',
      sealedReport: report === null ? null : cipher.sealJson(REPORT_COLUMN, requestNo, report),
      reportSm3,
      validUntil: new Date(Date.now() + consent.validityMs),
    });
    const stored = await reusableReport(tx, consent.applicantId, bureau);
    if (stored === undefined) throw finalFailure('REPORT_ALREADY_EXPIRED');
    await useReport(tx, { applicationId, round, bureau, reportId: stored.id });
    await recordAudit(tx, {
      actor: 'xindai',
      role: null,
      via: 'worker',
      action: 'bureau.query',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      // The query reason code of the bureaus, 02 for the approval of a loan (regulation 2.5).
      reason: LOAN_APPROVAL,
      detail: {
        bureau,
        applicantId: consent.applicantId,
        authorisationSm3: consent.sm3,
        reportSm3,
        authorisationId: consent.authorisationId,
        requestNo,
        charged: answer.charged,
      },
    });
  });
}

/** The central bank's report. */
export async function pullPboc(deps: ActivityDeps, input: PullInput): Promise<void> {
  await pull(deps, input, 'PBOC');
}

/** Baihang's report. */
export async function pullBaihang(deps: ActivityDeps, input: PullInput): Promise<void> {
  await pull(deps, input, 'BAIHANG');
}
