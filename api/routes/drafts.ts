/** The draft's contents: the three pages of the form and the face photograph. */
import { randomUUID } from 'node:crypto';
import type { Tx } from '../../db/database.ts';
import {
  growEvidence,
  loadPartialForm,
  type PageNumber,
  recordDocument,
  saveDeviceTrail,
  savePage,
} from '../../db/queries/apply.ts';
import { lockApplication } from '../../db/queries/reads/applications.ts';
import { expireAuthorisations } from '../../db/queries/verify.ts';
import type { IdentityPage } from '../../domain/apply.ts';
import type { DeviceTrail } from '../../domain/device-trail.ts';
import { isEnding } from '../../domain/journey.ts';
import { recordDeed } from '../audit.ts';
import type { AppContext } from '../deps.ts';
import { checkPage, type NumberedPage, tellWarnings } from '../form-check.ts';
import { imageExtension } from '../image-type.ts';
import { visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { faceSaved, pageSaved } from '../schemas/applications.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { identityPage, loanPageBody, workPage } from '../schemas/pages.ts';
import { trailIn } from '../schemas/trail.ts';

const saved = {
  tags: ['apply'],
  responses: { 200: jsonAnswer('Saved; the evidence version has grown', pageSaved) },
};

const page1 = defineRoute('PATCH /v1/applications/{id}/pages/1', {
  ...saved,
  summary: 'Save page 1, who you are',
  request: { params: idParam, body: jsonBody(identityPage) },
});

const page2 = defineRoute('PATCH /v1/applications/{id}/pages/2', {
  ...saved,
  summary: 'Save page 2, work, income and debts',
  request: { params: idParam, body: jsonBody(workPage) },
});

const page3 = defineRoute('PATCH /v1/applications/{id}/pages/3', {
  ...saved,
  summary: 'Save page 3, the loan and the account',
  request: { params: idParam, body: jsonBody(loanPageBody) },
});

const FACE_LIMIT = 512 * 1024;

const face = defineRoute(
  'PUT /v1/applications/{id}/face',
  {
    summary: 'Upload the face photograph',
    tags: ['apply'],
    request: {
      params: idParam,
      body: {
        required: true,
        content: {
          'image/jpeg': { schema: { type: 'string', format: 'binary' } },
          'image/png': { schema: { type: 'string', format: 'binary' } },
        },
      },
    },
    responses: { 200: jsonAnswer('Stored', faceSaved) },
  },
  { maxBodyBytes: FACE_LIMIT },
);

/** Locks the caller's draft. @throws ApiProblem NOT_FOUND, AFTER_ENDING, STAGE_DOES_NOT_FIT */
export async function lockDraft(c: AppContext, tx: Tx, id: string) {
  const draft = visible(c, await lockApplication(tx, id));
  if (isEnding(draft.stage)) throw new ApiProblem('AFTER_ENDING');
  if (draft.stage !== 'APPLY') throw new ApiProblem('STAGE_DOES_NOT_FIT');
  return draft;
}

/** The authorisation names this person by these; with another of them it authorises nothing. */
const namesAnother = (before: IdentityPage, after: IdentityPage): boolean =>
  before.name !== after.name ||
  before.idNumber !== after.idNumber ||
  before.mobile !== after.mobile;

/** Who wrote what about the person and when, in the transaction that writes it. */
async function recordSaved(
  c: AppContext,
  tx: Tx,
  id: string,
  action: string,
  detail: Readonly<Record<string, string | number>>,
): Promise<void> {
  const subject = { subjectKind: 'application', subjectId: id };
  await recordDeed(c, tx, { action, ...subject, result: 'DONE', detail });
}

async function save(
  c: AppContext,
  id: string,
  numbered: NumberedPage,
  device?: DeviceTrail | null,
) {
  const { db, vault, now } = c.get('deps');
  return await db.transaction().execute(async (tx) => {
    await lockDraft(c, tx, id);
    const cipher = await vault.of(tx, id);
    const form = await loadPartialForm(tx, cipher, id);
    const warnings = await checkPage(tx, numbered, now());
    const page: PageNumber = numbered.page;
    if (numbered.page === 1 && form.identity !== null) {
      if (namesAnother(form.identity, numbered.content)) await expireAuthorisations(tx, id, now());
    }
    if (device !== undefined) await saveDeviceTrail(tx, cipher, id, device);
    const content = { applicationId: id, page, content: numbered.content };
    const evidenceVersion = await savePage(tx, cipher, content);
    await recordSaved(c, tx, id, 'application.save-page', { page, evidenceVersion });
    return { evidenceVersion, warnings: tellWarnings(warnings, c.get('language')) };
  });
}

export function registerDrafts(app: App): void {
  app.openapi(page1, async (c) => {
    const content = c.req.valid('json');
    return c.json(await save(c, c.req.valid('param').id, { page: 1, content }), 200);
  });

  app.openapi(page2, async (c) => {
    const content = c.req.valid('json');
    return c.json(await save(c, c.req.valid('param').id, { page: 2, content }), 200);
  });

  app.openapi(page3, async (c) => {
    const { device, ...content } = c.req.valid('json');
    const trail = device === undefined ? undefined : trailIn(device);
    return c.json(await save(c, c.req.valid('param').id, { page: 3, content }, trail), 200);
  });

  app.openapi(face, async (c) => {
    const { db, objects, vault } = c.get('deps');
    const { id } = c.req.valid('param');
    const mediaType = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    const bytes = Buffer.from(await c.req.arrayBuffer());
    const extension = imageExtension(mediaType, bytes);
    if (extension === null) throw new ApiProblem('IMAGE_INVALID');
    const documentId = randomUUID();
    const objectKey = `applications/${id}/face/${documentId}.${extension}`;
    return await db.transaction().execute(async (tx) => {
      await lockDraft(c, tx, id);
      const { sm3, size } = await objects.put(objectKey, bytes, await vault.of(tx, id));
      await recordDocument(tx, {
        id: documentId,
        applicationId: id,
        kind: 'FACE',
        objectKey,
        sm3,
        sizeBytes: size,
        mediaType,
      });
      const evidenceVersion = await growEvidence(tx, id, 'DOCUMENT');
      await recordSaved(c, tx, id, 'application.save-face', { documentId, evidenceVersion });
      return c.json({ documentId, sm3, evidenceVersion }, 200);
    });
  });
}
