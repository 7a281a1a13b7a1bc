/** The register of bureau queries, the weekly report on them, and queries by hand: one person proposes, another approves. */
import { readApplication } from '../../db/queries/apply.ts';
import {
  approveQuery,
  listQueries,
  listQueryRequests,
  listWeeklyReports,
  proposeQuery,
  readQueryRequest,
} from '../../db/queries/bureau-desk.ts';
import { isOffHours } from '../../domain/bureau-desk.ts';
import { businessDate } from '../../platform/clock.ts';
import { addressOf, networkOf } from '../address.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { refuseOwnApplication } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { currentPolicy } from '../rules.ts';
import {
  bureauQueries,
  bureauQueryRequest,
  bureauQueryRequests,
  newBureauQuery,
  registerFilter,
  weeklyReport,
  weeklyReports,
} from '../schemas/bureau-desk.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { noBody } from '../schemas/money.ts';
import { iso, isoOrNull } from '../times.ts';

const PAGE = 200;
const WEEKS = 60;
const tags = ['bureau'];

const propose = defineRoute('POST /v1/bureau-queries', {
  summary: 'Propose a bureau query by hand',
  description:
    'Asked once another person approves it, under the consent of the application, or for post-loan management of its running loan.',
  tags,
  request: { body: jsonBody(newBureauQuery) },
  responses: { 201: jsonAnswer('The proposal', bureauQueryRequest) },
});
const approve = defineRoute('POST /v1/bureau-queries/{id}/approve', {
  summary: 'Approve a proposed query; the bureau is asked then',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: { 200: jsonAnswer('The request', bureauQueryRequest) },
});
const list = defineRoute('GET /v1/bureau-queries', {
  summary: 'The register of queries and refused attempts, newest first',
  tags,
  request: { query: registerFilter },
  responses: { 200: jsonAnswer('The register', bureauQueries) },
});
const proposals = defineRoute('GET /v1/bureau-queries/proposals', {
  summary: 'Queries by hand, proposed ones first',
  tags,
  responses: { 200: jsonAnswer('The proposals', bureauQueryRequests) },
});
const weekly = defineRoute('GET /v1/bureau-queries/weekly-reports', {
  summary: 'Queries of each week that must be accounted for, newest week first',
  tags,
  responses: { 200: jsonAnswer('The reports', weeklyReports) },
});

type Request = NonNullable<Awaited<ReturnType<typeof readQueryRequest>>>;

const viewOf = (row: Request) => ({
  id: row.id,
  applicationId: row.application_id,
  bureau: row.bureau,
  purpose: row.purpose,
  reason: row.reason,
  state: row.state,
  failureCode: row.failure_code,
  offHours: row.off_hours,
  proposedBy: row.proposed_by,
  proposedAt: iso(row.proposed_at),
  approvedBy: row.approved_by,
  approvedAt: isoOrNull(row.approved_at),
  settledAt: isoOrNull(row.settled_at),
});

async function find(c: AppContext, id: string): Promise<Request> {
  const row = await readQueryRequest(c.get('deps').db, id);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  return row;
}

const SHANGHAI_MS = 8 * 3_600_000;
const localTime = (at: Date): string =>
  new Date(at.getTime() + SHANGHAI_MS).toISOString().slice(0, 19);

/** Risk has in sight the applications under review; of any other the record itself says whether it is there. */
const isUnknownApplication = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23503';

async function proposeIt(c: AppContext, wanted: typeof newBureauQuery._output): Promise<string> {
  const { db, now } = c.get('deps');
  const { subject, role } = callerOf(c);
  const application = await readApplication(db, wanted.applicationId);
  if (application !== undefined) refuseOwnApplication(c, application.owner_subject);
  const id = derivedId(actKeyOf(c), 'bureau-query');
  const at = now();
  const hours = (await currentPolicy(db, businessDate(at)))('bureau.officeHours');
  const offHours = isOffHours(localTime(at), hours);
  const from = networkOf(addressOf(c)) ?? null;
  const { applicationId, bureau, purpose, reason } = wanted;
  try {
    await db.transaction().execute(async (tx) => {
      await proposeQuery(tx, { id, ...wanted, offHours, by: subject, role, from, at });
      const about = { subjectKind: 'bureau-query', subjectId: id, result: 'DONE' } as const;
      const detail = { application: applicationId, bureau, purpose };
      await recordDeed(c, tx, { action: 'bureau.propose', ...about, reason, detail });
      // The alert is an entry of its own, so that oversight finds it without knowing the hours.
      if (offHours) await recordDeed(c, tx, { action: 'bureau.off-hours', ...about, detail });
    });
  } catch (error) {
    if (isUnknownApplication(error)) throw new ApiProblem('NOT_FOUND');
    throw error;
  }
  return id;
}

async function approveIt(c: AppContext, id: string): Promise<void> {
  const { db, now, desk } = c.get('deps');
  const { subject, role } = callerOf(c);
  const request = await find(c, id);
  if (request.proposed_by === subject) throw new ApiProblem('SAME_PERSON_TWICE');
  const application = await readApplication(db, request.application_id);
  if (application !== undefined) refuseOwnApplication(c, application.owner_subject);
  await db.transaction().execute(async (tx) => {
    if (!(await approveQuery(tx, { id, by: subject, role, at: now() })))
      throw new ApiProblem('ALREADY_DECIDED');
    await recordDeed(c, tx, {
      action: 'bureau.approve',
      subjectKind: 'bureau-query',
      subjectId: id,
      result: 'DONE',
      reason: request.reason,
      detail: { application: request.application_id, proposedBy: request.proposed_by },
    });
  });
  await desk.ask(id);
}

function registerReading(app: App): void {
  app.openapi(list, async (c) => {
    const { applicationId = null, operator = null, before } = c.req.valid('query');
    const rows = await listQueries(c.get('deps').db, {
      applicationId,
      operator,
      before: before === undefined ? null : new Date(before),
      most: PAGE,
    });
    const items = rows.map((row) => ({
      id: row.id,
      askedAt: iso(row.asked_at),
      kind: row.kind,
      bureau: row.bureau,
      operation: row.operation,
      purpose: row.purpose,
      result: row.result,
      refusal: row.refusal,
      applicationId: row.application_id,
      authorisationId: row.authorisation_id,
      authorisationSm3: row.authorisation_sm3,
      requestId: row.request_id,
      operator: row.operator,
      operatorRole: row.operator_role,
      operatorFrom: row.operator_from,
      approvedBy: row.approved_by,
      offHours: row.off_hours,
      requestNo: row.request_no,
      requestSm3: row.request_sm3,
      responseSm3: row.response_sm3,
      charged: row.charged,
      costFen: row.cost_fen,
    }));
    return c.json({ items }, 200);
  });

  app.openapi(proposals, async (c) => {
    const rows = await listQueryRequests(c.get('deps').db, PAGE);
    return c.json({ items: rows.map(viewOf) }, 200);
  });

  app.openapi(weekly, async (c) => {
    const rows = await listWeeklyReports(c.get('deps').db, WEEKS);
    const items = rows.map((row) => weeklyReport.parse({ ...row, createdAt: iso(row.createdAt) }));
    return c.json({ items }, 200);
  });
}

export function registerBureauQueries(app: App): void {
  app.openapi(propose, async (c) => {
    const id = await proposeIt(c, c.req.valid('json'));
    return c.json(viewOf(await find(c, id)), 201);
  });

  app.openapi(approve, async (c) => {
    const { id } = c.req.valid('param');
    await approveIt(c, id);
    return c.json(viewOf(await find(c, id)), 200);
  });

  registerReading(app);
}
