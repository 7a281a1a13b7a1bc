/** Papers that a person asks for after a story: the decline notice of an application, the settlement certificate of a loan. */
import { readApplication } from '../../db/queries/apply.ts';
import { type IssuedKind, newestIssuedPaper, readPaperAt } from '../../db/queries/issued-papers.ts';
import { readLoan } from '../../db/queries/reads/money.ts';
import { noteCertificateKey } from '../../domain/issued-papers.ts';
import { recordDeed } from '../audit.ts';
import type { AppContext } from '../deps.ts';
import { visible } from '../ownership.ts';
import { answerPdf, pdfContent } from '../pdf-answer.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { issuedPaperView, paperRequest } from '../schemas/issued-papers.ts';

const asked = {
  request: { params: idParam, body: jsonBody(paperRequest) },
  responses: { 202: jsonAnswer('Where the paper stands', issuedPaperView) },
};
const fetched = { request: { params: idParam }, responses: pdfContent('The PDF') };

const askNotice = defineRoute('POST /v1/applications/{id}/decline-notice', {
  summary: 'Ask for the written notice of a declined application',
  description: 'Drawn once, in the background; fetch it until it is there.',
  tags: ['decide'],
  ...asked,
});
const noticePdf = defineRoute('GET /v1/applications/{id}/decline-notice/pdf', {
  summary: 'The notice of a declined application as PDF',
  tags: ['decide'],
  ...fetched,
});
const askCertificate = defineRoute('POST /v1/loans/{id}/settlement-certificate', {
  summary: 'Ask for the certificate that a loan is settled',
  description: 'Drawn once, in the background; fetch it until it is there.',
  tags: ['service'],
  ...asked,
});
const certificatePdf = defineRoute('GET /v1/loans/{id}/settlement-certificate/pdf', {
  summary: 'The settlement certificate as PDF',
  tags: ['service'],
  ...fetched,
});

interface About {
  readonly kind: Exclude<IssuedKind, 'AUTHORISATION'>;
  readonly applicationId: string;
  readonly loanId: string | null;
  /** Where the paper lies; null where it is the application's only one of its kind. */
  readonly key: string | null;
}

/** The declined application of the caller. @throws ApiProblem PAPER_NOT_DUE */
async function aboutNotice(c: AppContext, id: string): Promise<About> {
  const row = visible(c, await readApplication(c.get('deps').db, id));
  if (row.stage !== 'DECLINED') throw new ApiProblem('PAPER_NOT_DUE');
  return { kind: 'DECLINE_NOTICE', applicationId: row.id, loanId: null, key: null };
}

/** The settled loan of the caller. @throws ApiProblem PAPER_NOT_DUE */
async function aboutCertificate(c: AppContext, id: string): Promise<About> {
  const row = visible(c, await readLoan(c.get('deps').db, id));
  if (row.state !== 'SETTLED') throw new ApiProblem('PAPER_NOT_DUE');
  const key = row.tranche === 1 ? null : noteCertificateKey(row.id);
  return {
    kind: 'SETTLEMENT_CERTIFICATE',
    applicationId: row.application_id,
    loanId: row.id,
    key,
  };
}

async function find(c: AppContext, { kind, applicationId, key }: About) {
  const { db } = c.get('deps');
  return key === null
    ? await newestIssuedPaper(db, applicationId, kind)
    : await readPaperAt(db, applicationId, kind, key);
}

async function ask(c: AppContext, about: About) {
  const { kind, applicationId, loanId } = about;
  const { db, issuedPapers } = c.get('deps');
  if ((await find(c, about)) !== undefined) return { applicationId, kind, state: 'READY' as const };
  await db.transaction().execute(async (tx) => {
    await recordDeed(c, tx, {
      action: 'paper.request',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      detail: { kind },
    });
  });
  await issuedPapers.draw({ kind, applicationId, loanId, authorisationId: null });
  return { applicationId, kind, state: 'DRAWING' as const };
}

async function fetch(c: AppContext, about: About) {
  const row = await find(c, about);
  if (row === undefined) throw new ApiProblem('PAPER_NOT_READY');
  return await answerPdf(c, visible(c, row), row.id);
}

export function registerIssuedPapers(app: App): void {
  app.openapi(askNotice, async (c) =>
    c.json(await ask(c, await aboutNotice(c, c.req.valid('param').id)), 202),
  );
  app.openapi(
    noticePdf,
    async (c) => await fetch(c, await aboutNotice(c, c.req.valid('param').id)),
  );
  app.openapi(askCertificate, async (c) =>
    c.json(await ask(c, await aboutCertificate(c, c.req.valid('param').id)), 202),
  );
  app.openapi(
    certificatePdf,
    async (c) => await fetch(c, await aboutCertificate(c, c.req.valid('param').id)),
  );
}
