/** Reviewers' side of human review: automatic decisions that a person asked another person to look at again. */
import { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/database.ts';
import {
  decideDecisionReview,
  listDecisionReviews,
  lockDecisionReview,
  readDecisionReview,
} from '../../db/queries/decision-reviews.ts';
import { closeDeskTask, lockTaskAbout } from '../../db/queries/desk-tasks.ts';
import { readDecision } from '../../db/queries/reads/reviews.ts';
import { businessDate } from '../../platform/clock.ts';
import { beginReadRecord } from '../audit.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { refuseOwnApplication } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  decisionReviewList,
  decisionReviewQuery,
  decisionReviewVerdict,
  decisionReviewView,
} from '../schemas/decision-reviews.ts';
import { noBody } from '../schemas/money.ts';
import { actOnTask, heldAs, type Task } from '../task-holding.ts';
import { decisionReviewOf } from '../views/decision-reviews.ts';
import { decisionOf } from '../views/reviews.ts';

const LIST_MOST = 200;
const tags = ['decide'];
const shown = { 200: jsonAnswer('The review', decisionReviewView) };

const list = defineRoute('GET /v1/decision-reviews', {
  summary:
    'Automatic decisions to look at again, by the day they are due; undecided ones unless asked otherwise',
  tags,
  request: { query: decisionReviewQuery },
  responses: { 200: jsonAnswer('The reviews', decisionReviewList) },
});
const read = defineRoute('GET /v1/decision-reviews/{id}', {
  summary: 'Read a review with the decision it is about',
  tags,
  request: { params: idParam },
  responses: shown,
});
const claim = defineRoute('POST /v1/decision-reviews/{id}/claim', {
  summary:
    'Take a review on; nobody reviews a decision they had a part in, nor of a strategy of their own',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: shown,
});
const decide = defineRoute('POST /v1/decision-reviews/{id}/decide', {
  summary: 'Uphold or overturn the decision; the person is told',
  description: 'After an overturned decision the person applies again and people decide.',
  tags,
  request: { params: idParam, body: jsonBody(decisionReviewVerdict) },
  responses: shown,
});

type ReviewRow = NonNullable<Awaited<ReturnType<typeof readDecisionReview>>>;

const words = z.object({ text: z.string() });

async function view(c: AppContext, id: string): Promise<z.infer<typeof decisionReviewView>> {
  const { db, vault, now } = c.get('deps');
  const row = await readDecisionReview(db, id);
  const decision = row === undefined ? undefined : await readDecision(db, row.decision_id);
  if (row === undefined || decision === undefined) throw new ApiProblem('NOT_FOUND');
  beginReadRecord(c, row.application_id);
  const cipher = await vault.of(db, row.application_id);
  const open = (column: 'sealed_statement' | 'sealed_comment') => {
    const sealed = row[column];
    const name = `decision_reviews.${column}`;
    return sealed === null ? null : cipher.openJson(name, id, sealed, (v) => words.parse(v)).text;
  };
  return {
    ...decisionReviewOf(row, businessDate(now())),
    statement: open('sealed_statement'),
    comment: open('sealed_comment'),
    decision: decisionOf(decision, true, c.get('language')),
  };
}

/** The task about a review and the review, both locked, of an application that is not the caller's own. */
async function toAct(
  c: AppContext,
  tx: Tx,
  id: string,
): Promise<{ readonly task: Task; readonly row: ReviewRow }> {
  const task = await lockTaskAbout(tx, 'DECISION_REVIEW', id);
  const row = await lockDecisionReview(tx, id);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  refuseOwnApplication(c, row.owner_subject);
  // One that was decided before there were tasks has none.
  if (row.state === 'DECIDED' || task === undefined) throw new ApiProblem('ALREADY_DECIDED');
  return { task, row };
}

async function take(c: AppContext, id: string): Promise<void> {
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const { task } = await toAct(c, tx, id);
      await actOnTask(c, tx, task, { kind: 'CLAIM' }, heldAs('CLAIM'));
    });
}

async function settle(
  c: AppContext,
  id: string,
  said: z.infer<typeof decisionReviewVerdict>,
): Promise<void> {
  const { db, now, vault, rights } = c.get('deps');
  await db.transaction().execute(async (tx) => {
    const { task, row } = await toAct(c, tx, id);
    const cipher = await vault.of(tx, row.application_id);
    await actOnTask(
      c,
      tx,
      task,
      { kind: 'TOUCH' },
      {
        action: said.outcome === 'UPHELD' ? 'UPHOLD' : 'OVERTURN',
        reasons: said.reasons,
        amountFen: null,
      },
    );
    await decideDecisionReview(tx, id, {
      outcome: said.outcome,
      reasons: said.reasons,
      sealedComment: cipher.sealJson('decision_reviews.sealed_comment', id, { text: said.comment }),
      decidedBy: callerOf(c).subject,
      at: now(),
    });
    await closeDeskTask(tx, task.id, now());
  });
  await rights.reviewDecided(id);
}

export function registerDecisionReviews(app: App): void {
  app.openapi(list, async (c) => {
    const { db, now } = c.get('deps');
    const { state, assignee } = c.req.valid('query');
    const filter = {
      states: state === undefined ? (['OPEN', 'CLAIMED'] as const) : [state],
      assignee: assignee === undefined ? null : callerOf(c).subject,
    };
    const rows = await listDecisionReviews(db, filter, LIST_MOST);
    const today = businessDate(now());
    return c.json({ items: rows.map((row) => decisionReviewOf(row, today)) }, 200);
  });

  app.openapi(read, async (c) => c.json(await view(c, c.req.valid('param').id), 200));

  app.openapi(claim, async (c) => {
    const { id } = c.req.valid('param');
    await take(c, id);
    return c.json(await view(c, id), 200);
  });

  app.openapi(decide, async (c) => {
    const { id } = c.req.valid('param');
    await settle(c, id, c.req.valid('json'));
    return c.json(await view(c, id), 200);
  });
}
