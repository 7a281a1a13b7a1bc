/** The reviewers' work: the queue, one case, claiming, deciding, asking for more, sending back. */
import type { z } from '@hono/zod-openapi';
import type { UpdateDefinition } from '@temporalio/common';
import {
  listReviewTasks,
  readEvidence,
  readLatestDecision,
  readReviewHistory,
  readReviewTask,
} from '../../db/queries/reads/reviews.ts';
import { fen } from '../../domain/money.ts';
import {
  claimReview,
  decideReview,
  type PersonSays,
  requestMore,
  returnTo,
  type Standing,
} from '../../workflows/messages.ts';
import { beginReadRecord } from '../audit.ts';
import { cutPage, readCursor } from '../cursor.ts';
import { actKeyOf, actorFor, type AppContext, callerOf } from '../deps.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { type App, defineRoute } from '../route.ts';
import { readShownForm } from '../shown-form.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import { noBody } from '../schemas/money.ts';
import {
  moreRequested,
  reviewCase,
  reviewDecision,
  reviewPage,
  reviewQuery,
  reviewReturn,
} from '../schemas/reviews.ts';
import { decisionOf, evidenceOf, historyOf, taskOf } from '../views/reviews.ts';

const tags = ['decide'];
const standing = { 200: jsonAnswer('Where the application stands now', standingSchema) };

const list = defineRoute('GET /v1/reviews', {
  summary: 'List review tasks, the most urgent first; open and claimed ones unless asked otherwise',
  tags,
  request: { query: reviewQuery },
  responses: { 200: jsonAnswer('A page', reviewPage) },
});

const read = defineRoute('GET /v1/reviews/{id}', {
  summary: 'Read a case: form (masked unless unmasked), evidence, decision, what people did',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The case', reviewCase) },
});

const claim = defineRoute('POST /v1/reviews/{id}/claim', {
  summary: 'Claim a task',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: standing,
});

const decide = defineRoute('POST /v1/reviews/{id}/decide', {
  summary: 'Approve or decline, with reasons',
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

/** The task, of an application that is not the caller's own. */
async function findTask(c: AppContext, id: string) {
  const task = visible(c, await readReviewTask(c.get('deps').db, id));
  refuseOwnApplication(c, task.owner_subject);
  return task;
}

/** Sends one act on a task to its loan. */
async function act<I extends PersonSays>(
  c: AppContext,
  taskId: string,
  definition: UpdateDefinition<Standing, [I]>,
  input: (says: PersonSays & { readonly taskId: string }) => I,
): Promise<Standing> {
  const task = await findTask(c, taskId);
  const says = { actor: actorFor(c, task.roles), key: actKeyOf(c), taskId };
  return await c.get('deps').loans.update(task.application_id, definition, input(says));
}

async function showCase(c: AppContext, id: string): Promise<z.infer<typeof reviewCase>> {
  const { db, vault } = c.get('deps');
  const task = await findTask(c, id);
  const applicationId = task.application_id;
  beginReadRecord(c, applicationId);
  const decision = await readLatestDecision(db, applicationId);
  const cipher = await vault.of(db, applicationId);
  return {
    task: taskOf(task),
    pages: await readShownForm(c, applicationId),
    ...evidenceOf(await readEvidence(db, applicationId)),
    decision: decision === undefined ? null : decisionOf(decision, true, c.get('language')),
    ...historyOf(cipher, await readReviewHistory(db, applicationId)),
  };
}

export function registerReviews(app: App): void {
  app.openapi(list, async (c) => {
    const { db } = c.get('deps');
    const { cursor, limit, state, assignee, applicationId } = c.req.valid('query');
    const filter = {
      applicationId: applicationId ?? null,
      states: state === undefined ? (['OPEN', 'CLAIMED'] as const) : [state],
      assignee: assignee === undefined ? null : callerOf(c).subject,
    };
    const rows = await listReviewTasks(db, filter, readCursor(cursor), limit);
    const page = cutPage(rows, limit);
    return c.json({ items: page.rows.map(taskOf), next: page.next }, 200);
  });

  app.openapi(read, async (c) => c.json(await showCase(c, c.req.valid('param').id), 200));

  app.openapi(claim, async (c) =>
    c.json(await act(c, c.req.valid('param').id, claimReview, (says) => says), 200),
  );

  app.openapi(decide, async (c) => {
    const { comment, amountFen, ...said } = c.req.valid('json');
    const { id } = c.req.valid('param');
    const { db, vault } = c.get('deps');
    const { application_id: applicationId } = await findTask(c, id);
    const cipher = await vault.of(db, applicationId);
    const done = await act(c, id, decideReview, (says) => ({
      ...says,
      ...said,
      amountFen: fen(amountFen),
      // Sealed for the row that will bear this act's key as its cause; empty when there is nothing to say.
      sealedComment:
        comment === undefined
          ? ''
          : cipher
              .sealJson('review_actions.sealed_comment', says.key, { text: comment })
              .toString('base64'),
    }));
    return c.json(done, 200);
  });

  app.openapi(askMore, async (c) => {
    const { items, ...said } = c.req.valid('json');
    const { id } = c.req.valid('param');
    const { db, vault } = c.get('deps');
    const { application_id: applicationId } = await findTask(c, id);
    const cipher = await vault.of(db, applicationId);
    const done = await act(c, id, requestMore, (says) => ({
      ...says,
      ...said,
      // Sealed for this act: a reviewer's own words may name somebody, and histories name nobody.
      sealedItems: cipher
        .sealJson('information_requests.items', says.key, items)
        .toString('base64'),
    }));
    return c.json(done, 200);
  });

  app.openapi(sendBack, async (c) => {
    const said = c.req.valid('json');
    const { id } = c.req.valid('param');
    return c.json(await act(c, id, returnTo, (says) => ({ ...says, ...said })), 200);
  });
}
