/** Draws the papers that a person asks for: the decline notice, the settlement certificate, the letter of authorisation. */
import { loadForm, readApplication } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  type IssuedKind,
  isLaterNote,
  newestIssuedPaper,
  readDeclined,
  readLetterPaper,
  readPaperAt,
  readSettled,
} from '../../db/queries/issued-papers.ts';
import { closeCases, openCaseBeside } from '../../db/queries/operations.ts';
import { openAuthorisationText, readAuthorisation } from '../../db/queries/verify.ts';
import { letterAsShown, letterValues } from '../../domain/authorisation.ts';
import {
  declineValues,
  letterKey,
  noteCertificateKey,
  settlementValues,
} from '../../domain/issued-papers.ts';
import { fen } from '../../domain/money.ts';
import type { TemplatePurpose, TemplateValues } from '../../domain/template.ts';
import { businessDate } from '../../platform/clock.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { derivedUuid } from '../idempotency.ts';
import { pinnedOf } from '../pinned.ts';
import { beijingTime } from './contract-values.ts';
import { drawn, putPapers, recordPaper } from './paper-store.ts';
import { renderTemplatePdf } from './template-pdf.ts';
import { templateFor, templateName } from './templates.ts';

export interface IssueInput {
  readonly kind: IssuedKind;
  readonly applicationId: string;
  /** The loan of a settlement certificate. */
  readonly loanId: string | null;
  /** The authorisation that a letter is of. */
  readonly authorisationId: string | null;
  /** Instant of the paper by the workflow's clock, ISO. */
  readonly at: string;
}

/** What is drawn, from which template. */
interface Issue {
  readonly purpose: TemplatePurpose;
  /** The paper's number. */
  readonly number: string;
  readonly values: TemplateValues;
  readonly id: string;
  readonly objectKey: string;
}

const numberOf = (input: IssueInput): string =>
  `${input.kind === 'DECLINE_NOTICE' ? 'TZ' : 'JQ'}${sm3Hex(
    `${input.kind}|${input.loanId ?? input.applicationId}`,
  )
    .slice(0, 12)
    .toUpperCase()}`;

async function personOf(deps: ActivityDeps, applicationId: string) {
  const cipher = await deps.vault.of(deps.db, applicationId);
  const form = await loadForm(deps.db, cipher, applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  return form.identity;
}

async function declined(deps: ActivityDeps, input: IssueInput): Promise<TemplateValues> {
  const { applicationId } = input;
  const row = await readDeclined(deps.db, applicationId);
  if (row === undefined) throw finalFailure('PAPER_NOT_DUE');
  const { rules } = await pinnedOf(deps, deps.db, applicationId);
  const { name } = await personOf(deps, applicationId);
  const codes = row.reviewCodes ?? row.decidedCodes ?? [];
  return declineValues({
    number: numberOf(input),
    lender: deps.lender,
    on: businessDate(new Date(input.at)),
    applicantName: name,
    applicationId,
    productZh: rules.product.zh,
    amountFen: fen(row.amountFen),
    appliedOn: businessDate(row.submittedAt),
    decidedOn: businessDate(row.endedAt),
    codes: codes.length > 0 || row.endReason === null ? codes : [row.endReason],
    automated: (row.automated ?? false) && row.reviewCodes === null,
  });
}

async function settled(deps: ActivityDeps, input: IssueInput): Promise<TemplateValues> {
  const row = input.loanId === null ? undefined : await readSettled(deps.db, input.loanId);
  if (row === undefined || row.applicationId !== input.applicationId)
    throw finalFailure('PAPER_NOT_DUE');
  const person = await personOf(deps, row.applicationId);
  const values = settlementValues({
    number: numberOf(input),
    lender: deps.lender,
    on: businessDate(new Date(input.at)),
    borrowerName: person.name,
    borrowerIdentifier: person.idNumber,
    loanNumber: row.number,
    contractNumber: row.contractNumber,
    principalFen: fen(row.principalFen),
    paidOutOn: row.disbursedOn,
    settledOn: businessDate(row.settledAt),
    principalPaidFen: fen(row.principalPaidFen),
    interestPaidFen: fen(row.interestPaidFen),
    feePaidFen: fen(row.feePaidFen),
    leftFen: row.leftFen,
  });
  if (values === null) throw finalFailure('PAPER_NOT_DUE');
  return values;
}

/** The letter that was agreed to, word for word as it is kept, whatever the form says by now. */
async function letter(deps: ActivityDeps, input: IssueInput): Promise<Issue> {
  const found =
    input.authorisationId === null
      ? undefined
      : await readAuthorisation(deps.db, input.authorisationId);
  if (found === undefined || found.applicationId !== input.applicationId || found.agreedAt === null)
    throw finalFailure('PAPER_NOT_DUE');
  const { id, terms, textSm3 } = found;
  const text = openAuthorisationText(await deps.vault.of(deps.db, input.applicationId), found);
  const { acts, ...wording } = terms;
  const templateVersion = Number(found.templateVersion);
  const shown = letterAsShown(text, { ...wording, authorisationId: id, templateVersion });
  if (shown === null || sm3Hex(text) !== textSm3) throw finalFailure('AUTHORISATION_TEXT_DIFFERS');
  const agreedAt = beijingTime(found.agreedAt.toISOString());
  return {
    purpose: 'AUTHORISATION_PERSONAL',
    number: id,
    values: letterValues({ ...shown, authorisationId: id, terms, acts, agreedAt, textSm3 }),
    id: derivedUuid(id, 'letter'),
    objectKey: letterKey(id),
  };
}

/** The loan note that a certificate is of, where it is not the first of its contract; null otherwise. */
async function laterNoteOf({ db }: ActivityDeps, input: IssueInput): Promise<string | null> {
  const { kind, loanId } = input;
  if (kind !== 'SETTLEMENT_CERTIFICATE' || loanId === null) return null;
  return (await isLaterNote(db, loanId)) ? loanId : null;
}

async function issueOf(deps: ActivityDeps, input: IssueInput): Promise<Issue> {
  const { kind, applicationId } = input;
  if (kind === 'AUTHORISATION') return await letter(deps, input);
  const note = await laterNoteOf(deps, input);
  const id = derivedUuid(note ?? applicationId, kind.toLowerCase());
  return {
    purpose: kind,
    number: numberOf(input),
    values: await (kind === 'DECLINE_NOTICE' ? declined : settled)(deps, input),
    id,
    objectKey: note === null ? `papers/${id}.pdf` : noteCertificateKey(note),
  };
}

async function isThere(deps: ActivityDeps, input: IssueInput): Promise<boolean> {
  const { db } = deps;
  const { kind, applicationId, authorisationId } = input;
  const note = await laterNoteOf(deps, input);
  if (note !== null)
    return (await readPaperAt(db, applicationId, kind, noteCertificateKey(note))) !== undefined;
  const known =
    kind === 'AUTHORISATION' && authorisationId !== null
      ? await readLetterPaper(db, applicationId, letterKey(authorisationId))
      : await newestIssuedPaper(db, applicationId, kind);
  return known !== undefined;
}

/** The step under which operations see a paper that cannot be drawn. */
const stepOf = ({ kind }: Pick<IssueInput, 'kind'>): string => `paper.${kind.toLowerCase()}`;

/** Idempotent: a paper that is there stays as it is, and a second attempt records the same document. */
export async function drawIssuedPaper(deps: ActivityDeps, input: IssueInput): Promise<void> {
  const { kind, applicationId } = input;
  if (await isThere(deps, input)) return;
  const application = await readApplication(deps.db, applicationId);
  if (application === undefined) throw finalFailure('NOT_FOUND');
  const { purpose, number, values, id, objectKey } = await issueOf(deps, input);
  const template = await templateFor(deps.db, purpose);
  const imprint = {
    author: deps.lender.name,
    reference: number,
    createdAt: new Date(input.at),
  };
  const pdf = await drawn(() => renderTemplatePdf(template, values, imprint, deps.fonts));
  const paper = { id, kind, objectKey, pdf, template: templateName(template) };
  await putPapers(deps, applicationId, [paper]);
  await deps.db.transaction().execute(async (tx) => {
    await recordPaper(tx, applicationId, paper);
    await closeCases(tx, applicationId, stepOf(input));
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action: 'paper.draw',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      detail: { document: id, kind, template: paper.template },
    });
  });
}

export interface UndrawnPaper extends Pick<IssueInput, 'kind' | 'applicationId'> {
  readonly failureCode: string;
  /** Of the workflow that draws: a failure is told once, whatever the attempt. */
  readonly cause: string;
}

/** Tells operations of a paper that cannot be drawn: a case beside the story, which the drawn paper closes. */
export async function reportUndrawnPaper(deps: ActivityDeps, undrawn: UndrawnPaper): Promise<void> {
  const { applicationId, failureCode, cause } = undrawn;
  const step = stepOf(undrawn);
  await deps.db.transaction().execute(async (tx) => {
    const caseId = await openCaseBeside(tx, { applicationId, step, failureCode, cause });
    if (caseId === null) return;
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action: 'case.open',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'FAILED',
      detail: { step, failureCode },
    });
  });
  deps.log.error({ applicationId, step, failureCode }, 'paper waits for operations');
}
