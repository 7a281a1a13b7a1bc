/** The applicant's acts on an application: submit, withdraw, and supply what a reviewer asked for. */
import { latestDocument, loadForm, readApplication } from '../../db/queries/apply.ts';
import type { ApplicationRecord } from '../../db/queries/apply.ts';
import { advance } from '../../db/queries/journey.ts';
import { readInformationRequest } from '../../db/queries/reads/reviews.ts';
import { readAgreedAuthorisation } from '../../db/queries/verify.ts';
import { isEnding } from '../../domain/journey.ts';
import {
  type Standing,
  submit,
  type SubmitInput,
  supplyMore,
  withdraw,
} from '../../workflows/messages.ts';
import { actKeyOf, actorOf, type AppContext } from '../deps.ts';
import { checkForm, checkPage } from '../form-check.ts';
import { visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import {
  submission,
  supplement,
  type SupplementAnswer,
  withdrawal,
} from '../schemas/applications.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';

const standing = {
  tags: ['apply'],
  responses: { 200: jsonAnswer('Where the application stands now', standingSchema) },
};

const submitRoute = defineRoute('POST /v1/applications/{id}/submit', {
  ...standing,
  summary: 'Submit the application',
  request: { params: idParam, body: jsonBody(submission) },
});

const withdrawRoute = defineRoute('POST /v1/applications/{id}/withdraw', {
  ...standing,
  summary: 'Withdraw the application before the money moves',
  request: { params: idParam, body: jsonBody(withdrawal) },
});

const supplyRoute = defineRoute('POST /v1/applications/{id}/information', {
  ...standing,
  summary: 'Supply what the reviewer asked for',
  description: 'Pages sent anew travel sealed with the answer and replace the old ones.',
  request: { params: idParam, body: jsonBody(supplement) },
});

/**
 * What must hold before a story is started: the loan checks all of it again, but a story that begins with a refusal
 * would be one for nothing.
 */
async function examineDraft(
  c: AppContext,
  application: ApplicationRecord,
  evidenceVersion: number,
): Promise<string> {
  const { db, vault, now } = c.get('deps');
  if (application.evidence_version !== evidenceVersion) throw new ApiProblem('STALE_EVIDENCE');
  const form = await loadForm(db, await vault.of(db, application.id), application.id);
  if (form === null) throw new ApiProblem('FORM_INCOMPLETE');
  await checkForm(db, form, now());
  if ((await latestDocument(db, application.id, 'FACE')) === undefined) {
    throw new ApiProblem('FACE_MISSING');
  }
  const authorisation = await readAgreedAuthorisation(db, application.id);
  if (authorisation === null || authorisation.subjectId !== application.applicant_id) {
    throw new ApiProblem('AUTHORISATION_MISSING');
  }
  return form.loan.productCode;
}

async function submitApplication(
  c: AppContext,
  id: string,
  evidenceVersion: number,
): Promise<Standing> {
  const { db, loans } = c.get('deps');
  const application = visible(c, await readApplication(db, id));
  const input: SubmitInput = { actor: actorOf(c), key: actKeyOf(c), evidenceVersion };
  if (isEnding(application.stage)) throw new ApiProblem('AFTER_ENDING');
  // Under way already: the same act asks for its answer again, any other is refused by the loan itself.
  if (application.stage !== 'APPLY') return await loans.update(id, submit, input);
  const productCode = await examineDraft(c, application, evidenceVersion);
  return await loans.submit(id, productCode, input);
}

/** A draft has no story yet, so it is ended here; the journey refuses when a submission was quicker. */
async function withdrawDraft(c: AppContext, id: string, reason: string): Promise<Standing | null> {
  const moved = await c
    .get('deps')
    .db.transaction()
    .execute((tx) =>
      advance(tx, {
        applicationId: id,
        from: 'APPLY',
        to: 'WITHDRAWN',
        actor: actorOf(c),
        reason,
        cause: actKeyOf(c),
      }),
    );
  return moved.ok ? { stage: 'WITHDRAWN', version: moved.version, pending: null } : null;
}

async function withdrawApplication(c: AppContext, id: string, reason: string): Promise<Standing> {
  const { db, loans } = c.get('deps');
  visible(c, await readApplication(db, id));
  const ended = await withdrawDraft(c, id, reason);
  if (ended !== null) return ended;
  const { stage, pending } = visible(c, await readApplication(db, id));
  if (isEnding(stage)) throw new ApiProblem('AFTER_ENDING');
  // A payout that the bank has refused is no money on its way.
  const isRefused = pending === 'PAYOUT_RETRY' || pending === 'PAYOUT_RETRY_APPROVAL';
  const contradicted = isRefused ? (['TOO_LATE_TO_WITHDRAW'] as const) : [];
  const said = { actor: actorOf(c), key: actKeyOf(c), reason };
  return await loans.update(id, withdraw, said, contradicted);
}

/** A page of an answer passes the same rules as that of a draft. */
async function checkAnswer(c: AppContext, answer: SupplementAnswer): Promise<void> {
  const { db, now } = c.get('deps');
  const { work } = answer.pages;
  if (work !== undefined) await checkPage(db, { page: 2, content: work }, now());
}

export function registerSubmission(app: App): void {
  app.openapi(submitRoute, async (c) => {
    const { evidenceVersion } = c.req.valid('json');
    return c.json(await submitApplication(c, c.req.valid('param').id, evidenceVersion), 200);
  });

  app.openapi(withdrawRoute, async (c) => {
    const { reason } = c.req.valid('json');
    return c.json(await withdrawApplication(c, c.req.valid('param').id, reason), 200);
  });

  app.openapi(supplyRoute, async (c) => {
    const { db, vault, loans } = c.get('deps');
    const { id } = c.req.valid('param');
    const { requestId, ...answer } = c.req.valid('json');
    const request = visible(c, await readInformationRequest(db, requestId));
    if (request.application_id !== id) throw new ApiProblem('NOT_FOUND');
    await checkAnswer(c, answer);
    const cipher = await vault.of(db, id);
    const sealed = cipher.sealJson('information_requests.sealed_answer', requestId, answer);
    const input = {
      actor: actorOf(c),
      key: actKeyOf(c),
      requestId,
      sealedAnswer: sealed.toString('base64'),
    };
    return c.json(await loans.update(id, supplyMore, input), 200);
  });
}
