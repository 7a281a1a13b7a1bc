/** Pictures of identity cards and business licences: uploaded, read elsewhere, and answered as proposals for the form. */
import { z } from 'zod';
import { recordDocument } from '../../db/queries/apply.ts';
import {
  latestPaperReading,
  type PaperReading,
  readPaperReading,
} from '../../db/queries/prefill.ts';
import type { Queryable } from '../../db/database.ts';
import { judgeBack, judgeFront } from '../../domain/id-card.ts';
import { judgeLicence } from '../../domain/licence-paper.ts';
import type { PaperKind, Prefill, Readings } from '../../domain/prefill.ts';
import { businessDate } from '../../platform/clock.ts';
import type { SubjectCipher } from '../../platform/crypto/subject-cipher.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { imageExtension } from '../image-type.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer } from '../schemas/common.ts';
import { cardSide, prefillAnswer } from '../schemas/prefill.ts';
import { lockDraft } from './drafts.ts';

/** Of the picture as uploaded; what a phone's camera makes, and no more. */
const PICTURE_LIMIT = 8 * 1024 * 1024;
const READINGS_COLUMN = 'prefills.sealed_readings';

const picture = {
  required: true,
  content: {
    'image/jpeg': { schema: { type: 'string', format: 'binary' } },
    'image/png': { schema: { type: 'string', format: 'binary' } },
  },
} as const;

const PROPOSALS =
  'Nothing is saved as the person’s statement: they look at the proposals and submit the page. Only ACCEPTED fields proved themselves.';

const idCard = defineRoute(
  'POST /v1/applications/{id}/id-card',
  {
    summary: 'Read one side of an identity card',
    description: PROPOSALS,
    tags: ['apply'],
    request: { params: idParam, query: cardSide, body: picture },
    responses: { 200: jsonAnswer('What was read', prefillAnswer) },
  },
  { maxBodyBytes: PICTURE_LIMIT },
);

const licence = defineRoute(
  'POST /v1/applications/{id}/business-licence',
  {
    summary: 'Read a business licence',
    description: PROPOSALS,
    tags: ['apply'],
    request: { params: idParam, body: picture },
    responses: { 200: jsonAnswer('What was read', prefillAnswer) },
  },
  { maxBodyBytes: PICTURE_LIMIT },
);

/** Keeps the picture, sealed. The same act keeps one picture. */
async function keep(c: AppContext, applicationId: string, paper: PaperKind): Promise<string> {
  const { db, objects, vault } = c.get('deps');
  const mediaType = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  const bytes = Buffer.from(await c.req.arrayBuffer());
  const extension = imageExtension(mediaType, bytes);
  if (extension === null) throw new ApiProblem('IMAGE_INVALID');
  const id = derivedId(actKeyOf(c), 'paper');
  const objectKey = `applications/${applicationId}/paper/${id}.${extension}`;
  await db.transaction().execute(async (tx) => {
    await lockDraft(c, tx, applicationId);
    const { sm3, size } = await objects.put(objectKey, bytes, await vault.of(tx, applicationId));
    const stored = { id, applicationId, kind: paper, objectKey, sm3, sizeBytes: size, mediaType };
    await recordDocument(tx, stored);
    await recordDeed(c, tx, {
      action: 'application.upload-paper',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      detail: { documentId: id, paper },
    });
  });
  return id;
}

/** Our own words, sealed by the worker; a form that is not theirs is a fault. */
const readingsForm = z.record(
  z.string(),
  z.array(z.object({ text: z.string(), confidence: z.number() })),
);

function openReadings(cipher: SubjectCipher, reading: PaperReading): Readings {
  if (reading.sealedReadings === null) throw new ApiProblem('PAPER_UNREADABLE');
  const { documentId, sealedReadings } = reading;
  const parse = (value: unknown): Readings => readingsForm.parse(value);
  return cipher.openJson(READINGS_COLUMN, documentId, sealedReadings, parse);
}

/** The birth date that follows from an accepted number on the other side of the card, or null. */
async function birthOnFront(
  db: Queryable,
  cipher: SubjectCipher,
  applicationId: string,
  today: string,
): Promise<string | null> {
  const front = await latestPaperReading(db, applicationId, 'ID_FRONT');
  if (front === undefined) return null;
  const { birth } = judgeFront(openReadings(cipher, front), today).fields;
  return birth?.state === 'ACCEPTED' ? birth.value : null;
}

async function judge(
  c: AppContext,
  applicationId: string,
  paper: PaperKind,
  reading: PaperReading,
): Promise<Prefill> {
  const { db, vault, now } = c.get('deps');
  const cipher = await vault.of(db, applicationId);
  const readings = openReadings(cipher, reading);
  const today = businessDate(now());
  if (paper === 'LICENCE') return judgeLicence(readings);
  if (paper === 'ID_FRONT') return judgeFront(readings, today);
  return judgeBack(readings, today, await birthOnFront(db, cipher, applicationId, today));
}

async function readAndJudge(c: AppContext, applicationId: string, paper: PaperKind) {
  const { db, papers } = c.get('deps');
  const documentId = await keep(c, applicationId, paper);
  if ((await readPaperReading(db, documentId)) === undefined) await papers.read(documentId);
  const reading = await readPaperReading(db, documentId);
  if (reading === undefined) throw new ApiProblem('PREFILL_UNAVAILABLE');
  if (reading.reason === 'NOT_A_PICTURE') throw new ApiProblem('IMAGE_INVALID');
  if (reading.outcome === 'UNREADABLE') throw new ApiProblem('PAPER_UNREADABLE');
  const { fields, notes } = await judge(c, applicationId, paper, reading);
  return { documentId, paper, fields: { ...fields }, notes: [...notes] };
}

export function registerPrefill(app: App): void {
  app.openapi(idCard, async (c) => {
    const { side } = c.req.valid('query');
    const { id } = c.req.valid('param');
    return c.json(await readAndJudge(c, id, side === 'FRONT' ? 'ID_FRONT' : 'ID_BACK'), 200);
  });
  app.openapi(licence, async (c) =>
    c.json(await readAndJudge(c, c.req.valid('param').id, 'LICENCE'), 200),
  );
}
