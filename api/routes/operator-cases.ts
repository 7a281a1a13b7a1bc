/** Operator cases: loans parked because a step failed for good; two people send them on their way. */
import { readApplication } from '../../db/queries/apply.ts';
import { listOperatorCases, readOperatorCase } from '../../db/queries/reads/reviews.ts';
import { type ResolveCaseInput, resolveCase } from '../../workflows/messages.ts';
import { cutPage, readCursor } from '../cursor.ts';
import { actKeyOf, actorOf, type AppContext } from '../deps.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import { caseResolution, operatorCasePage, operatorCaseQuery } from '../schemas/reviews.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['operations'];
const standing = { 200: jsonAnswer('Where the application stands now', standingSchema) };

const list = defineRoute('GET /v1/operator-cases', {
  summary: 'List parked loans, oldest first; unresolved ones unless asked otherwise',
  tags,
  request: { query: operatorCaseQuery },
  responses: { 200: jsonAnswer('A page', operatorCasePage) },
});

const propose = defineRoute('POST /v1/operator-cases/{id}/propose', {
  summary: 'Propose to retry the step or to leave it out',
  tags,
  request: { params: idParam, body: jsonBody(caseResolution) },
  responses: standing,
});

const approve = defineRoute('POST /v1/operator-cases/{id}/approve', {
  summary: "Approve another person's proposal",
  tags,
  request: { params: idParam, body: jsonBody(caseResolution) },
  responses: standing,
});

type CaseRow = Awaited<ReturnType<typeof listOperatorCases>>[number];

function viewOf(row: CaseRow) {
  return {
    id: row.id,
    applicationId: row.application_id,
    step: row.step,
    failureCode: row.failure_code,
    state: row.state,
    action: row.action,
    proposedBy: row.proposed_by,
    approvedBy: row.approved_by,
    reason: row.reason,
    createdAt: iso(row.created_at),
    resolvedAt: isoOrNull(row.resolved_at),
  };
}

async function resolve(
  c: AppContext,
  id: string,
  said: Pick<ResolveCaseInput, 'step' | 'action' | 'reason'>,
) {
  const { db, loans } = c.get('deps');
  const parked = await readOperatorCase(db, id);
  if (parked === undefined) throw new ApiProblem('NOT_FOUND');
  const application = visible(c, await readApplication(db, parked.application_id));
  refuseOwnApplication(c, application.owner_subject);
  const input = { actor: actorOf(c), key: actKeyOf(c), caseId: id, ...said };
  return await loans.update(parked.application_id, resolveCase, input);
}

export function registerOperatorCases(app: App): void {
  app.openapi(list, async (c) => {
    const { cursor, limit, state, applicationId } = c.req.valid('query');
    const states = state === undefined ? (['OPEN', 'PROPOSED'] as const) : [state];
    const filter = { states, applicationId };
    const rows = await listOperatorCases(c.get('deps').db, filter, readCursor(cursor), limit);
    const page = cutPage(rows, limit);
    return c.json({ items: page.rows.map(viewOf), next: page.next }, 200);
  });

  app.openapi(propose, async (c) => {
    const said = { step: 'PROPOSE' as const, ...c.req.valid('json') };
    return c.json(await resolve(c, c.req.valid('param').id, said), 200);
  });

  app.openapi(approve, async (c) => {
    const said = { step: 'APPROVE' as const, ...c.req.valid('json') };
    return c.json(await resolve(c, c.req.valid('param').id, said), 200);
  });
}
