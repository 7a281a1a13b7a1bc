/** Payouts: two of finance release them, and two people together say what becomes of a refused one. */
import { listPayouts, readPayout } from '../../db/queries/reads/money.ts';
import { readApplication } from '../../db/queries/apply.ts';
import { readTranches } from '../../db/queries/tranches.ts';
import { drawdownsWorkflowId, payoutReturnWorkflowId } from '../../workflows/ids.ts';
import { releasePayout, type ResolvePayoutInput, resolvePayout } from '../../workflows/messages.ts';
import { cutPage, readCursor } from '../cursor.ts';
import { actKeyOf, actorOf, type AppContext } from '../deps.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody, pageQuery, standingSchema } from '../schemas/common.ts';
import { mayResolve, PAYOUT_STATES } from '../../domain/disburse.ts';
import { noBody, payoutPage, payoutResolution } from '../schemas/money.ts';
import { z } from '@hono/zod-openapi';
import { iso, isoOrNull } from '../times.ts';

const tags = ['disburse'];
const standing = { 200: jsonAnswer('Where the application stands now', standingSchema) };

const list = defineRoute('GET /v1/payouts', {
  summary: 'List payouts, oldest first',
  tags,
  request: {
    query: pageQuery.extend({
      state: z.enum(PAYOUT_STATES).optional(),
      applicationId: z.uuid().optional(),
    }),
  },
  responses: { 200: jsonAnswer('A page', payoutPage) },
});

const release = defineRoute('POST /v1/payouts/{id}/release', {
  summary: 'Release a payout; it waits for a second person then',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: standing,
});

const confirm = defineRoute('POST /v1/payouts/{id}/confirm', {
  summary: "Confirm another person's release: the payout is checked once more and goes to the bank",
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: standing,
});

const propose = defineRoute('POST /v1/payouts/{id}/propose', {
  summary: 'Propose what becomes of a refused payout',
  tags,
  request: { params: idParam, body: jsonBody(payoutResolution) },
  responses: standing,
});

const approve = defineRoute('POST /v1/payouts/{id}/approve', {
  summary: "Approve another person's proposal",
  tags,
  request: { params: idParam, body: jsonBody(payoutResolution) },
  responses: standing,
});

type PayoutRow = Awaited<ReturnType<typeof listPayouts>>[number];

function proposalOf(row: PayoutRow) {
  const { action, proposed_by: proposedBy, reason, approved_by: approvedBy } = row;
  if (action === null || proposedBy === null || reason === null) return null;
  return { action, proposedBy, reason, approvedBy };
}

function viewOf(row: PayoutRow) {
  return {
    id: row.id,
    applicationId: row.application_id,
    contractId: row.contract_id,
    tranche: row.tranche,
    attempt: row.attempt,
    requestNo: row.request_no,
    amountFen: row.amount_fen,
    state: row.state,
    firstReleasedBy: row.first_released_by,
    waitsFor:
      row.state === 'READY' && row.first_released_by !== null ? ('SECOND_RELEASE' as const) : null,
    releasedBy: row.released_by,
    bankReference: row.bank_reference,
    failureCode: row.failure_code,
    createdAt: iso(row.created_at),
    sentAt: isoOrNull(row.sent_at),
    settledAt: isoOrNull(row.settled_at),
    returnedAt: isoOrNull(row.returned_at),
    proposal: proposalOf(row),
  };
}

/** The payout, of an application that is not the caller's own. */
async function findPayout(c: AppContext, id: string) {
  const { db } = c.get('deps');
  const payout = await readPayout(db, id);
  if (payout === undefined) throw new ApiProblem('NOT_FOUND');
  const application = visible(c, await readApplication(db, payout.application_id));
  refuseOwnApplication(c, application.owner_subject);
  const workflowId =
    application.stage === 'SERVICE'
      ? await listenerOf(c, application.id, payout.tranche)
      : undefined;
  return { ...payout, workflowId };
}

/**
 * Who is told of a payout once the first was paid: the workflow that pays the later ones, or, for one that was paid already, the one
 * in which it is decided what follows money that came back.
 */
async function listenerOf(c: AppContext, applicationId: string, tranche: number): Promise<string> {
  const plan = await readTranches(c.get('deps').db, applicationId);
  const isFirstTime =
    tranche > 1 && plan.find(({ number }) => number === tranche)?.state !== 'PAID';
  return isFirstTime
    ? drawdownsWorkflowId(applicationId)
    : payoutReturnWorkflowId(applicationId, tranche);
}

async function resolve(
  c: AppContext,
  id: string,
  said: Pick<ResolvePayoutInput, 'step' | 'action' | 'reason'>,
) {
  const payout = await findPayout(c, id);
  const input = { actor: actorOf(c), key: actKeyOf(c), payoutId: id, ...said };
  const isOpen = mayResolve(payout.state) && payout.approved_by === null;
  const contradicted = isOpen ? (['PAYOUT_STATE_DOES_NOT_FIT'] as const) : [];
  return await c
    .get('deps')
    .loans.update(payout.application_id, resolvePayout, input, contradicted, payout.workflowId);
}

/** Which step of the release it is follows from the role that the route lets act: makers release, checkers confirm. */
async function releaseAs(c: AppContext, id: string) {
  const payout = await findPayout(c, id);
  const input = { actor: actorOf(c), key: actKeyOf(c), payoutId: id };
  const { application_id: applicationId, workflowId } = payout;
  // The first payout is released in the loan's own story, whatever has become of it since.
  const listens = payout.tranche > 1 ? workflowId : undefined;
  return await c.get('deps').loans.update(applicationId, releasePayout, input, [], listens);
}

export function registerPayouts(app: App): void {
  app.openapi(list, async (c) => {
    const { cursor, limit, state, applicationId } = c.req.valid('query');
    const filter = { state, applicationId };
    const rows = await listPayouts(c.get('deps').db, filter, readCursor(cursor), limit);
    const page = cutPage(rows, limit);
    return c.json({ items: page.rows.map(viewOf), next: page.next }, 200);
  });

  app.openapi(release, async (c) => c.json(await releaseAs(c, c.req.valid('param').id), 200));

  app.openapi(confirm, async (c) => c.json(await releaseAs(c, c.req.valid('param').id), 200));

  app.openapi(propose, async (c) => {
    const said = { step: 'PROPOSE' as const, ...c.req.valid('json') };
    return c.json(await resolve(c, c.req.valid('param').id, said), 200);
  });

  app.openapi(approve, async (c) => {
    const said = { step: 'APPROVE' as const, ...c.req.valid('json') };
    return c.json(await resolve(c, c.req.valid('param').id, said), 200);
  });
}
