/** The reviewers' work: the queue, taking and giving back tasks, deciding, asking for more, sending back. */
import type { z } from '@hono/zod-openapi';
import type { UpdateDefinition } from '@temporalio/common';
import { listReviewTasks, type QueueFilter, readReviewTask } from '../../db/queries/reads/queue.ts';
import { fen } from '../../domain/money.ts';
import {
  claimReview,
  decideReview,
  type DeskSays,
  releaseReview,
  requestMore,
  returnTo,
  type Standing,
  stealReview,
} from '../../workflows/messages.ts';
import { actKeyOf, actorFor, type AppContext, callerOf } from '../deps.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { cutQueuePage, readQueueCursor } from '../queue-cursor.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import {
  moreRequested,
  reviewDecision,
  reviewPage,
  reviewQuery,
  reviewReturn,
  taskStolen,
  taskTaken,
} from '../schemas/reviews.ts';
import { taskOf } from '../views/reviews.ts';

const tags = ['decide'];
const standing = { 200: jsonAnswer('Where the application stands now', standingSchema) };

const list = defineRoute('GET /v1/reviews', {
  summary: 'List tasks of the review desk, narrowed and sorted; open and claimed ones unless asked',
  tags,
  request: { query: reviewQuery },
  responses: { 200: jsonAnswer('A page', reviewPage) },
});

const claim = defineRoute('POST /v1/reviews/{id}/claim', {
  summary: 'Claim a task',
  tags,
  request: { params: idParam, body: jsonBody(taskTaken) },
  responses: standing,
});

const release = defineRoute('POST /v1/reviews/{id}/release', {
  summary: 'Give a claimed task back to the queue',
  tags,
  request: { params: idParam, body: jsonBody(taskTaken) },
  responses: standing,
});

const steal = defineRoute('POST /v1/reviews/{id}/steal', {
  summary: 'Take a task from the person who holds it, with a reason',
  tags,
  request: { params: idParam, body: jsonBody(taskStolen) },
  responses: standing,
});

const decide = defineRoute('POST /v1/reviews/{id}/decide', {
  summary: 'Approve or decline, with reasons and a comment; perhaps on other terms or conditions',
  description:
    'An answer whose `pending` is SECOND_REVIEW says that another person must approve as well.',
  tags,
  request: { params: idParam, body: jsonBody(reviewDecision) },
  responses: standing,
});

const askMore = defineRoute('POST /v1/reviews/{id}/request-more', {
  summary: 'Ask the applicant for more',
  tags,
  request: { params: idParam, body: jsonBody(moreRequested) },
  responses: standing,
});

const sendBack = defineRoute('POST /v1/reviews/{id}/return', {
  summary: 'Send the application back to an earlier stage',
  tags,
  request: { params: idParam, body: jsonBody(reviewReturn) },
  responses: standing,
});

/** What every act at the desk names, before what the act itself adds. */
type Says = DeskSays;

/** Sends one act on a task to its loan. */
async function act<I extends DeskSays>(
  c: AppContext,
  definition: UpdateDefinition<Standing, [I]>,
  said: { readonly onBehalfOf?: string | undefined },
  input: (says: Says, applicationId: string) => I | Promise<I>,
): Promise<Standing> {
  const { db, loans } = c.get('deps');
  const task = visible(c, await readReviewTask(db, c.req.param('id') ?? ''));
  refuseOwnApplication(c, task.owner_subject);
  const { onBehalfOf } = said;
  const says: Says = {
    actor: actorFor(c, task.roles),
    key: actKeyOf(c),
    taskId: task.id,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  };
  const { application_id: applicationId } = task;
  return await loans.update(applicationId, definition, await input(says, applicationId));
}

/** A text between people, sealed for the row that will bear this act's key as its cause; base64. */
async function sealedFor(
  c: AppContext,
  of: { readonly applicationId: string; readonly key: string },
  column: 'review_actions.sealed_comment' | 'information_requests.items',
  value: unknown,
): Promise<string> {
  const { db, vault } = c.get('deps');
  const cipher = await vault.of(db, of.applicationId);
  return cipher.sealJson(column, of.key, value).toString('base64');
}

const commentFor = (c: AppContext, applicationId: string, key: string, text: string) =>
  sealedFor(c, { applicationId, key }, 'review_actions.sealed_comment', { text });

type Query = z.infer<typeof reviewQuery>;

function filterOf(c: AppContext, query: Query): QueueFilter {
  const { state, assignee, kind } = query;
  const mine = assignee === 'me' ? { subject: callerOf(c).subject } : 'nobody';
  return {
    applicationId: query.applicationId ?? null,
    kinds: kind === undefined ? null : [kind],
    states: state === undefined ? (['OPEN', 'CLAIMED'] as const) : [state],
    assignee: assignee === undefined ? null : mine,
    productCode: query.product ?? null,
    grade: query.grade ?? null,
    amountFrom: query.amountFrom ?? null,
    amountTo: query.amountTo ?? null,
    dueBefore: query.overdue === undefined ? null : c.get('deps').now(),
    pending: query.pending ?? null,
  };
}

export function registerReviews(app: App): void {
  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const order = { sort: query.sort, descending: query.order === 'desc' };
    const rows = await listReviewTasks(c.get('deps').db, filterOf(c, query), {
      order,
      after: readQueueCursor(query.cursor, order),
      limit: query.limit,
    });
    const page = cutQueuePage(rows, query.limit, order);
    return c.json({ items: page.rows.map(taskOf), next: page.next }, 200);
  });

  app.openapi(claim, async (c) =>
    c.json(await act(c, claimReview, c.req.valid('json'), (says) => says), 200),
  );

  app.openapi(release, async (c) =>
    c.json(await act(c, releaseReview, c.req.valid('json'), (says) => says), 200),
  );

  app.openapi(steal, async (c) => {
    const said = c.req.valid('json');
    const { reason } = said;
    return c.json(await act(c, stealReview, said, (says) => ({ ...says, reason })), 200);
  });

  app.openapi(decide, async (c) => {
    const said = c.req.valid('json');
    const { comment, amountFen, terms, onBehalfOf: _lender, ...kept } = said;
    const done = await act(c, decideReview, said, async (says, applicationId) => ({
      ...says,
      ...kept,
      amountFen: fen(amountFen),
      ...(terms === undefined ? {} : { terms }),
      sealedComment: await commentFor(c, applicationId, says.key, comment),
    }));
    return c.json(done, 200);
  });

  app.openapi(askMore, async (c) => {
    const said = c.req.valid('json');
    const { items, evidenceVersion } = said;
    const done = await act(c, requestMore, said, async (says, applicationId) => ({
      ...says,
      evidenceVersion,
      // A reviewer's own words may name somebody, and histories name nobody.
      sealedItems: await sealedFor(
        c,
        { applicationId, key: says.key },
        'information_requests.items',
        items,
      ),
    }));
    return c.json(done, 200);
  });

  app.openapi(sendBack, async (c) => {
    const said = c.req.valid('json');
    const { stage, reasons, evidenceVersion, comment } = said;
    const done = await act(c, returnTo, said, async (says, applicationId) => ({
      ...says,
      stage,
      reasons,
      evidenceVersion,
      sealedComment: await commentFor(c, applicationId, says.key, comment),
    }));
    return c.json(done, 200);
  });
}
