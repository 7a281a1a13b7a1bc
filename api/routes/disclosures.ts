/** The cost disclosure before signing: shown, read for its time and to its end, confirmed; and the papers beside the contract. */
import type { z } from '@hono/zod-openapi';
import { keepConfirmation, keepShowing, readShowing } from '../../db/queries/disclosures.ts';
import { readIssuedPaper } from '../../db/queries/issued-papers.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import { readContract } from '../../db/queries/reads/papers.ts';
import { disclosureForm, refuseReading } from '../../domain/disclosure.ts';
import { addressOf } from '../address.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { visible } from '../ownership.ts';
import { answerPdf, pdfContent } from '../pdf-answer.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  disclosureConfirmation,
  disclosureShowing,
  disclosureView,
} from '../schemas/issued-papers.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['contract'];

const show = defineRoute('POST /v1/contracts/{id}/disclosures', {
  summary: 'Begin to show the cost disclosure; its reading time runs from now',
  tags,
  request: { params: idParam, body: jsonBody(disclosureShowing) },
  responses: { 201: jsonAnswer('The disclosure on the screen', disclosureView) },
});

const confirm = defineRoute('POST /v1/disclosures/{id}/confirm', {
  summary: 'Confirm that the cost disclosure was read to its end',
  description:
    'Refused before the reading time is over by our clock. The contract cannot be signed without it.',
  tags,
  request: { params: idParam, body: jsonBody(disclosureConfirmation) },
  responses: { 200: jsonAnswer('Confirmed', disclosureView) },
});

const formPdf = defineRoute('GET /v1/contracts/{id}/disclosure/pdf', {
  summary: 'The cost disclosure as PDF; its SM3 is the digest to confirm',
  tags,
  request: { params: idParam },
  responses: pdfContent('The PDF'),
});

const schedulePdf = defineRoute('GET /v1/contracts/{id}/schedule/pdf', {
  summary: 'The repayment schedule of a contract as PDF',
  tags,
  request: { params: idParam },
  responses: pdfContent('The PDF'),
});

async function view(c: AppContext, id: string) {
  const { db } = c.get('deps');
  const row = visible(c, await readShowing(db, id));
  const offer = await latestOffer(db, row.application_id);
  if (offer === undefined) throw new ApiProblem('STAGE_DOES_NOT_FIT');
  const form = disclosureForm(offer.offer);
  return {
    id: row.id,
    contractId: row.contract_id,
    formSm3: row.form_sm3,
    minReadSeconds: row.min_read_seconds,
    shownAt: iso(row.shown_at),
    confirmedAt: isoOrNull(row.confirmed_at),
    form: {
      ...form,
      normalFees: form.normalFees.map((fee) => ({ ...fee })),
      otherContingent: form.otherContingent.map((one) => ({ ...one })),
    },
  };
}

/** Where it is read: the device as the page names it, and the address in full, which is why it is sealed. */
const originOf = (c: AppContext, device: string | undefined) => ({
  device: device ?? null,
  address: addressOf(c) ?? null,
});

async function keepShown(c: AppContext, contractId: string, device: string | undefined) {
  const { db, now, vault } = c.get('deps');
  const contract = visible(c, await readContract(db, contractId));
  if (contract.state !== 'READY') throw new ApiProblem('STAGE_DOES_NOT_FIT');
  const { disclosure_sm3: formSm3, cost_read_seconds: minReadSeconds } = contract;
  if (formSm3 === null || minReadSeconds === null) throw new ApiProblem('DISCLOSURE_MISSING');
  const id = derivedId(actKeyOf(c), 'disclosure');
  await db.transaction().execute(async (tx) => {
    const cipher = await vault.of(tx, contract.application_id);
    const isNew = await keepShowing(tx, {
      id,
      contractId,
      formSm3,
      minReadSeconds,
      shownTo: callerOf(c).subject,
      shownAt: now(),
      sealedOrigin: cipher.sealJson('disclosure_showings.sealed_origin', id, originOf(c, device)),
    });
    if (!isNew) return;
    await recordDeed(c, tx, {
      action: 'disclosure.show',
      subjectKind: 'contract',
      subjectId: contractId,
      result: 'DONE',
      detail: { disclosure: id, formSm3, minReadSeconds },
    });
  });
  return id;
}

async function keepRead(c: AppContext, id: string, told: z.infer<typeof disclosureConfirmation>) {
  const { db, now, vault } = c.get('deps');
  const row = visible(c, await readShowing(db, id));
  if (row.confirmed_at !== null) return;
  if (row.state !== 'READY' || row.shown_to !== callerOf(c).subject)
    throw new ApiProblem('STAGE_DOES_NOT_FIT');
  const at = now();
  const refusal = refuseReading({
    formSm3: row.form_sm3,
    shownSm3: told.formSm3,
    minReadSeconds: row.min_read_seconds,
    elapsedMs: at.getTime() - row.shown_at.getTime(),
    dwellMs: told.dwellMs,
    scrolledToEnd: told.scrolledToEnd,
  });
  if (refusal !== null) throw new ApiProblem(refusal);
  await db.transaction().execute(async (tx) => {
    const cipher = await vault.of(tx, row.application_id);
    const column = 'disclosure_confirmations.sealed_origin';
    const isNew = await keepConfirmation(tx, {
      showingId: id,
      contractId: row.contract_id,
      formSm3: row.form_sm3,
      confirmedBy: callerOf(c).subject,
      confirmedAt: at,
      dwellMs: told.dwellMs,
      sealedOrigin: cipher.sealJson(column, id, originOf(c, told.device)),
    });
    if (!isNew) return;
    await recordDeed(c, tx, {
      action: 'disclosure.confirm',
      subjectKind: 'contract',
      subjectId: row.contract_id,
      result: 'DONE',
      detail: { disclosure: id, formSm3: row.form_sm3, dwellMs: told.dwellMs },
    });
  });
}

/** One of the papers beside a contract. @throws ApiProblem NOT_FOUND for a contract from before it had one */
async function paperOf(
  c: AppContext,
  contractId: string,
  which: 'disclosure_document_id' | 'schedule_document_id',
) {
  const { db } = c.get('deps');
  const contract = visible(c, await readContract(db, contractId));
  const documentId = contract[which];
  return visible(c, documentId === null ? undefined : await readIssuedPaper(db, documentId));
}

export function registerDisclosures(app: App): void {
  app.openapi(show, async (c) => {
    const id = await keepShown(c, c.req.valid('param').id, c.req.valid('json').device);
    return c.json(await view(c, id), 201);
  });

  app.openapi(confirm, async (c) => {
    const { id } = c.req.valid('param');
    await keepRead(c, id, c.req.valid('json'));
    return c.json(await view(c, id), 200);
  });

  app.openapi(formPdf, async (c) => {
    const { id } = c.req.valid('param');
    return await answerPdf(c, await paperOf(c, id, 'disclosure_document_id'), `disclosure-${id}`);
  });

  app.openapi(schedulePdf, async (c) => {
    const { id } = c.req.valid('param');
    return await answerPdf(c, await paperOf(c, id, 'schedule_document_id'), `schedule-${id}`);
  });
}
