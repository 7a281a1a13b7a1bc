/** Pulls one credit report: only under a valid consent, never paid for twice while it is valid, stored sealed. */
import type { CreditAuthorisation } from '../../domain/authorisation.ts';
import type { IdentityPage } from '../../domain/apply.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { reusableReport, useReport } from '../../db/queries/bureau.ts';
import { countCorrections } from '../../db/queries/objections.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { requestNumber } from '../outside.ts';
import { pinnedOf } from '../pinned.ts';
import { policyFor } from '../rulebooks.ts';
import type { OutsideAnswer } from '../ports/answers.ts';
import { askBureau } from './ask.ts';
import { askBeside } from './beside.ts';
import { keepReport } from './keep-report.ts';
import { type BureauName, type Question, requireConsent, requireRoom, STORY } from './desk.ts';

export interface PullInput {
  readonly applicationId: string;
  readonly round: number;
}

/** Query reason of a loan application (regulation.md §2.5). */
const LOAN_APPROVAL = '02';

/** The question of a round, with what it is asked under. */
export interface Pulling extends PullInput {
  readonly question: Question;
  readonly authorisation: CreditAuthorisation;
  readonly validityDays: number;
}

/** True when the evidence of the round is a report that the person has and that may still be used. */
async function reused(
  deps: ActivityDeps,
  { applicationId, round, question }: Pulling,
): Promise<'REPORT' | 'NO_RECORD' | null> {
  const { bureau, applicantId, purpose } = question;
  const known = await reusableReport(deps.db, { applicantId, bureau, purpose });
  if (known === undefined) return null;
  await useReport(deps.db, { applicationId, round, bureau, reportId: known.id });
  return known.outcome;
}

async function person(
  deps: ActivityDeps,
  applicationId: string,
): Promise<{ readonly cipher: FieldCipher; readonly identity: IdentityPage }> {
  const cipher = await deps.vault.of(deps.db, applicationId);
  const form = await loadForm(deps.db, cipher, applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  return { cipher, identity: form.identity };
}

async function pull(deps: ActivityDeps, input: PullInput, bureau: BureauName): Promise<void> {
  const { applicationId } = input;
  const { application, rules, day } = await pinnedOf(deps, deps.db, applicationId);
  const question: Question = {
    bureau,
    operation: 'report',
    purpose: LOAN_APPROVAL,
    applicationId,
    applicantId: application.applicant_id,
    operator: STORY,
    hasRunningLoan: false,
  };
  const authorisation = await requireConsent(deps, question);
  const validityDays = policyFor(rules, day)('bureau.reportValidityDays');
  const pulling = { ...input, question, authorisation, validityDays };
  const known = await reused(deps, pulling);
  const { cipher, identity } = await person(deps, applicationId);
  const outcome = known ?? (await askAnew(deps, pulling, cipher, identity));
  // Without a report Baihang still tells the watch list and the mobile number, each by itself.
  if (bureau === 'BAIHANG' && outcome === 'NO_RECORD')
    await askBeside(deps, pulling, cipher, identity);
}

async function askAnew(
  deps: ActivityDeps,
  pulling: Pulling,
  cipher: FieldCipher,
  identity: IdentityPage,
): Promise<'REPORT' | 'NO_RECORD'> {
  const { question, authorisation, validityDays, applicationId } = pulling;
  await requireRoom(deps, question, authorisation);
  const { bureau, applicantId } = question;
  const corrections = await countCorrections(deps.db, applicantId, bureau);
  // A report that was corrected since is asked for anew, under a number of its own.
  const corrected = corrections === 0 ? '' : `:corrected:${corrections}`;
  const step = `bureau:${bureau}:${authorisation.authorisationId}${corrected}`;
  const requestNo = requestNumber(applicationId, step);
  const answer = await askBureau(deps, {
    question,
    authorisation,
    person: identity,
    cipher,
    requestNo,
    step,
    validityDays,
  });
  await keep(deps, pulling, requestNo, answer);
  return answer.kind === 'FOUND' ? 'REPORT' : 'NO_RECORD';
}

/** Keeps the answer and makes it the evidence of the round together. */
async function keep(
  deps: ActivityDeps,
  { applicationId, round, question, authorisation, validityDays }: Pulling,
  requestNo: string,
  answer: OutsideAnswer<unknown>,
): Promise<void> {
  const { bureau, applicantId, purpose } = question;
  await deps.db.transaction().execute(async (tx) => {
    const cipher = await deps.vault.of(tx, applicationId);
    const answered = { question, authorisation, requestNo, validityDays, answer };
    await keepReport(deps, tx, cipher, answered);
    const stored = await reusableReport(tx, { applicantId, bureau, purpose });
    if (stored === undefined) throw finalFailure('REPORT_ALREADY_EXPIRED');
    await useReport(tx, { applicationId, round, bureau, reportId: stored.id });
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
