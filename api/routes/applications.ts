/** Applications: starting a draft, finding it again, reading it and its timeline. */
import { createDraft, readApplication } from '../../db/queries/apply.ts';
import { readTimeline } from '../../db/queries/journey.ts';
import { listApplications, readBelongings } from '../../db/queries/reads/applications.ts';
import { beginReadRecord } from '../audit.ts';
import { cutPage, readCursor } from '../cursor.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { looksAsStaff, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { readShownRequest } from '../requested-items.ts';
import { type App, defineRoute } from '../route.ts';
import { readShownForm } from '../shown-form.ts';
import {
  applicationPage,
  applicationQuery,
  applicationView,
  newApplication,
  timeline,
} from '../schemas/applications.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { applicationOf, summaryOf, timelineEventOf } from '../views/applications.ts';

const create = defineRoute('POST /v1/applications', {
  summary: 'Start a draft',
  tags: ['apply'],
  request: { body: jsonBody(newApplication) },
  responses: { 201: jsonAnswer('The draft', applicationView) },
});

const list = defineRoute('GET /v1/applications', {
  summary: 'List your applications, newest first',
  tags: ['apply'],
  request: { query: applicationQuery },
  responses: { 200: jsonAnswer('A page', applicationPage) },
});

const read = defineRoute('GET /v1/applications/{id}', {
  summary: 'Read an application',
  description:
    'Reviewers and oversight see the form masked, finance and operations not at all; that it was read is recorded.',
  tags: ['apply'],
  request: { params: idParam },
  responses: { 200: jsonAnswer('The application', applicationView) },
});

const readEvents = defineRoute('GET /v1/applications/{id}/timeline', {
  summary: 'Read what happened to an application, oldest first',
  tags: ['apply'],
  request: { params: idParam },
  responses: { 200: jsonAnswer('The timeline', timeline) },
});

async function show(c: AppContext, id: string) {
  const { db } = c.get('deps');
  const row = visible(c, await readApplication(db, id));
  beginReadRecord(c, id);
  const belongings = await readBelongings(db, id);
  const [pages, request] = await Promise.all([
    readShownForm(c, id),
    readShownRequest(c, id, belongings),
  ]);
  return applicationOf(row, belongings, { pages, request }, looksAsStaff(c));
}

export function registerApplications(app: App): void {
  app.openapi(create, async (c) => {
    const { db } = c.get('deps');
    const { subject } = callerOf(c);
    const { externalId, applicantKind } = c.req.valid('json');
    if (applicantKind !== 'PERSON') throw new ApiProblem('APPLICANT_KIND_UNSUPPORTED');
    const id = derivedId(actKeyOf(c), 'application');
    const draft = { id, ownerSubject: subject, externalId: externalId ?? null, applicantKind };
    const made = await db.transaction().execute(async (tx) => {
      if ((await readApplication(tx, id)) !== undefined) return true;
      return (await createDraft(tx, draft)) !== null;
    });
    if (!made) throw new ApiProblem('EXTERNAL_ID_TAKEN');
    return c.json(await show(c, id), 201);
  });

  app.openapi(list, async (c) => {
    const { db } = c.get('deps');
    const { cursor, limit, externalId } = c.req.valid('query');
    const filter = { owner: callerOf(c).subject, externalId };
    const rows = await listApplications(db, filter, readCursor(cursor), limit);
    const page = cutPage(rows, limit);
    return c.json({ items: page.rows.map((row) => summaryOf(row, false)), next: page.next }, 200);
  });

  app.openapi(read, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await show(c, id), 200);
  });

  app.openapi(readEvents, async (c) => {
    const { db } = c.get('deps');
    const { id } = c.req.valid('param');
    visible(c, await readApplication(db, id));
    const events = await readTimeline(db, id);
    const forStaff = looksAsStaff(c);
    return c.json({ events: events.map((event) => timelineEventOf(event, forStaff)) }, 200);
  });
}
