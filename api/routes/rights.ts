/** Persons' rights (PIPL art. 44–50): they ask and see what became of it; compliance answers by two people. */
import { latestDocument, readApplication } from '../../db/queries/apply.ts';
import {
  approveAnswer,
  keepRightsRequest,
  listRightsRequests,
  lockRightsRequest,
  proposeAnswer,
  readHeldFacts,
  readRightsRequest,
} from '../../db/queries/rights.ts';
import type { Tx } from '../../db/database.ts';
import { holdsAgainstErasure } from '../../domain/retention.ts';
import { answerDueOn } from '../../domain/rights.ts';
import { businessDate } from '../../platform/clock.ts';
import { beginReadRecord, recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { isOwnerRole } from '../permissions.ts';
import { answerPdf, pdfContent } from '../pdf-answer.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { noBody } from '../schemas/money.ts';
import {
  newRightsRequest,
  rightsAnswer,
  rightsDetail,
  rightsList,
  rightsView,
} from '../schemas/rights.ts';
import { sealWords, wordsOf } from '../rights-words.ts';
import { type RightsRow, rightsViewOf } from '../views/rights.ts';

const LIST_MOST = 200;
const tags = ['rights'];
const shown = { 200: jsonAnswer('The request', rightsView) };

const create = defineRoute('POST /v1/rights-requests', {
  summary: 'Ask for a copy, a correction or the erasure of your data',
  description: 'Answered within 15 working days; a copy is made at once.',
  tags,
  request: { body: jsonBody(newRightsRequest) },
  responses: { 201: jsonAnswer('The request', rightsView) },
});
const list = defineRoute('GET /v1/rights-requests', {
  summary: 'Requests by right, unanswered ones first and by the day they are due',
  tags,
  responses: { 200: jsonAnswer('The requests', rightsList) },
});
const read = defineRoute('GET /v1/rights-requests/{id}', {
  summary: 'Read a request by right',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The request', rightsDetail) },
});
const readPdf = defineRoute('GET /v1/rights-requests/{id}/pdf', {
  summary: 'The copy that was asked for, as a PDF',
  tags,
  request: { params: idParam },
  responses: pdfContent('The copy'),
});
const propose = defineRoute('POST /v1/rights-requests/{id}/propose', {
  summary: 'Propose the answer to a request by right',
  tags,
  request: { params: idParam, body: jsonBody(rightsAnswer) },
  responses: shown,
});
const approve = defineRoute('POST /v1/rights-requests/{id}/approve', {
  summary: 'Approve the proposed answer; an erasure is then carried out',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: shown,
});

const today = (c: AppContext): string => businessDate(c.get('deps').now());

/** @throws ApiProblem NOT_FOUND */
async function find(c: AppContext, id: string): Promise<RightsRow> {
  return visible(c, await readRightsRequest(c.get('deps').db, id));
}

const view = async (c: AppContext, id: string) =>
  await rightsViewOf(c.get('deps').db, await find(c, id), today(c));

async function record(c: AppContext, tx: Tx, action: string, row: RightsRow, reason?: string) {
  await recordDeed(c, tx, {
    action,
    subjectKind: 'rights-request',
    subjectId: row.id,
    result: 'DONE',
    ...(reason === undefined ? {} : { reason }),
    detail: { kind: row.kind, application: row.application_id },
  });
}

/** The request, locked, with what must hold before anybody answers it. */
async function toAnswer(c: AppContext, tx: Tx, id: string): Promise<RightsRow> {
  const row = visible(c, await lockRightsRequest(tx, id));
  refuseOwnApplication(c, row.owner_subject);
  if (row.state === 'ANSWERED') throw new ApiProblem('ALREADY_DECIDED');
  return row;
}

/** @throws ApiProblem LEGAL_HOLD when the law keeps what is to be erased */
async function requireNoHold(c: AppContext, tx: Tx, row: RightsRow, outcome: string | null) {
  if (row.kind !== 'ERASURE' || outcome !== 'DONE') return;
  const { held } = await readHeldFacts(tx, row.application_id);
  if (holdsAgainstErasure(held, today(c)).length > 0) throw new ApiProblem('LEGAL_HOLD');
}

async function ask(c: AppContext, asked: typeof newRightsRequest._output): Promise<string> {
  const { db, now, rights } = c.get('deps');
  const application = visible(c, await readApplication(db, asked.applicationId));
  const id = derivedId(actKeyOf(c), 'rights');
  const receivedAt = now();
  const dueOn = answerDueOn(businessDate(receivedAt));
  const { words, ...request } = asked;
  await db.transaction().execute(async (tx) => {
    const ownerSubject = application.owner_subject;
    const about = { id, applicationId: application.id };
    const sealedWords = await sealWords(c, tx, 'sealed_words', about, words);
    await keepRightsRequest(tx, { ...request, id, ownerSubject, dueOn, receivedAt, sealedWords });
    const row = await readRightsRequest(tx, id);
    if (row !== undefined) await record(c, tx, 'rights.ask', row);
  });
  await rights.begin({ requestId: id, kind: asked.kind, dueOn });
  return id;
}

function registerAnswers(app: App): void {
  app.openapi(propose, async (c) => {
    const { db } = c.get('deps');
    const { id } = c.req.valid('param');
    const { words, ...answer } = c.req.valid('json');
    await db.transaction().execute(async (tx) => {
      const row = await toAnswer(c, tx, id);
      if (row.state === 'PROPOSED') throw new ApiProblem('ALREADY_PROPOSED');
      await requireNoHold(c, tx, row, answer.outcome);
      const about = { id, applicationId: row.application_id };
      const sealedAnswer = await sealWords(c, tx, 'sealed_answer', about, words);
      await proposeAnswer(tx, id, callerOf(c).subject, { ...answer, sealedAnswer });
      await record(c, tx, 'rights.propose', row, answer.reason);
    });
    return c.json(await view(c, id), 200);
  });

  app.openapi(approve, async (c) => {
    const { db, now, rights } = c.get('deps');
    const { id } = c.req.valid('param');
    const { subject } = callerOf(c);
    await db.transaction().execute(async (tx) => {
      const row = await toAnswer(c, tx, id);
      if (row.state !== 'PROPOSED') throw new ApiProblem('NO_PROPOSAL');
      if (row.proposed_by === subject) throw new ApiProblem('SAME_PERSON_TWICE');
      await requireNoHold(c, tx, row, row.outcome);
      await approveAnswer(tx, id, subject, now());
      await record(c, tx, 'rights.approve', row, row.reason ?? undefined);
    });
    await rights.answered(id);
    return c.json(await view(c, id), 200);
  });
}

export function registerRights(app: App): void {
  app.openapi(create, async (c) => c.json(await view(c, await ask(c, c.req.valid('json'))), 201));

  app.openapi(list, async (c) => {
    const { db } = c.get('deps');
    const { subject, role } = callerOf(c);
    const rows = await listRightsRequests(db, isOwnerRole(role) ? subject : null, LIST_MOST);
    const items = [];
    for (const row of rows) items.push(await rightsViewOf(db, row, today(c)));
    return c.json({ items }, 200);
  });

  app.openapi(read, async (c) => {
    const row = await find(c, c.req.valid('param').id);
    beginReadRecord(c, row.application_id);
    const shownRow = await rightsViewOf(c.get('deps').db, row, today(c));
    return c.json({ ...shownRow, ...(await wordsOf(c, row)) }, 200);
  });

  app.openapi(readPdf, async (c) => {
    const { db } = c.get('deps');
    const row = await find(c, c.req.valid('param').id);
    const document = await latestDocument(db, row.application_id, 'DATA_EXPORT');
    if (document === undefined || row.concluded_at === null || row.kind !== 'EXPORT')
      throw new ApiProblem('NOT_FOUND');
    const stored = { object_key: `exports/${row.id}.pdf`, media_type: 'application/pdf' };
    return await answerPdf(c, { ...stored, application_id: row.application_id }, row.id);
  });

  registerAnswers(app);
}
