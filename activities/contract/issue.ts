/** Draws the papers that a person asks for after a story: the decline notice and the settlement certificate. */
import { loadForm, readApplication } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  type IssuedKind,
  newestIssuedPaper,
  readDeclined,
  readSettled,
} from '../../db/queries/issued-papers.ts';
import { declineValues, settlementValues } from '../../domain/issued-papers.ts';
import { fen } from '../../domain/money.ts';
import type { TemplateValues } from '../../domain/template.ts';
import { businessDate } from '../../platform/clock.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { derivedUuid } from '../idempotency.ts';
import { pinnedOf } from '../pinned.ts';
import { drawn, putPapers, recordPaper } from './paper-store.ts';
import { renderTemplatePdf } from './template-pdf.ts';
import { templateFor, templateName } from './templates.ts';

export interface IssueInput {
  readonly kind: IssuedKind;
  readonly applicationId: string;
  /** The loan of a settlement certificate. */
  readonly loanId: string | null;
  /** Instant of the paper by the workflow's clock, ISO. */
  readonly at: string;
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

/** Idempotent: a paper that is there stays as it is, and a second attempt records the same document. */
export async function drawIssuedPaper(deps: ActivityDeps, input: IssueInput): Promise<void> {
  const { kind, applicationId } = input;
  if ((await newestIssuedPaper(deps.db, applicationId, kind)) !== undefined) return;
  const application = await readApplication(deps.db, applicationId);
  if (application === undefined) throw finalFailure('NOT_FOUND');
  const values = await (kind === 'DECLINE_NOTICE' ? declined : settled)(deps, input);
  const template = await templateFor(deps.db, kind);
  const imprint = {
    author: deps.lender.name,
    reference: numberOf(input),
    createdAt: new Date(input.at),
  };
  const id = derivedUuid(applicationId, kind.toLowerCase());
  const paper = {
    id,
    kind,
    objectKey: `papers/${id}.pdf`,
    pdf: await drawn(() => renderTemplatePdf(template, values, imprint, deps.fonts)),
    template: templateName(template),
  };
  await putPapers(deps, applicationId, [paper]);
  await deps.db.transaction().execute(async (tx) => {
    await recordPaper(tx, applicationId, paper);
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
