/** Decisions: what was decided and why, in the words its reader may have, and asking a person to look again. */
import type { z } from '@hono/zod-openapi';
import { keepDecisionReview, readReviewOfDecision } from '../../db/queries/decision-reviews.ts';
import { readDecisionRecord } from '../../db/queries/decide.ts';
import { readDecision } from '../../db/queries/reads/reviews.ts';
import { answerDueOn } from '../../domain/rights.ts';
import { businessDate } from '../../platform/clock.ts';
import { CryptoError } from '../../platform/crypto/errors.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { beginReadRecord, recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { humanReviewRequest, humanReviewView } from '../schemas/decision-reviews.ts';
import { decisionView } from '../schemas/reviews.ts';
import { sightOf } from '../sight.ts';
import { humanReviewOf, withPeople } from '../views/decision-reviews.ts';
import { decisionOf } from '../views/reviews.ts';

const read = defineRoute('GET /v1/decisions/{id}', {
  summary: 'Read a decision',
  description: 'Staff read codes, rules and versions; the applicant reads reasons in plain words.',
  tags: ['decide'],
  request: { params: idParam },
  responses: { 200: jsonAnswer('The decision', decisionView) },
});
const askPeople = defineRoute('POST /v1/decisions/{id}/human-review', {
  summary: 'Ask that a person looks at an automatic decision again',
  description:
    'PIPL art. 24. Answered within 15 working days; a referred decision is with people already.',
  tags: ['decide'],
  request: { params: idParam, body: jsonBody(humanReviewRequest) },
  responses: { 200: jsonAnswer('Where the review stands', humanReviewView) },
});

type DecisionRow = NonNullable<Awaited<ReturnType<typeof readDecision>>>;

/** The record as it was kept, opened; null where no strategy decided, or where the person was erased. */
async function explain(c: AppContext, row: DecisionRow) {
  const { db, vault } = c.get('deps');
  try {
    const cipher = await vault.of(db, row.application_id);
    const kept = await readDecisionRecord(db, cipher, row.application_id, row.round);
    if (kept === undefined) return null;
    const content: unknown = JSON.parse(kept.text);
    return { sm3: kept.recordSm3, intact: sm3Hex(kept.text) === kept.recordSm3, content };
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'SUBJECT_ERASED') return null;
    throw error;
  }
}

/** Whether the person may ask that people look, and what became of it. */
async function mayAsk(c: AppContext, row: DecisionRow) {
  const review = await readReviewOfDecision(c.get('deps').db, row.id);
  return {
    humanReview: {
      mayAsk: row.outcome !== 'REFER' && review === undefined,
      state: review?.state ?? null,
      outcome: review?.outcome ?? null,
    },
  };
}

/** Keeps the request once per decision, on the trail, and begins its clock. */
async function keep(c: AppContext, decision: DecisionRow, statement: string | undefined) {
  const { db, now, vault, rights } = c.get('deps');
  const id = derivedId(actKeyOf(c), 'decision-review');
  const dueOn = answerDueOn(businessDate(now()));
  const kept = await db.transaction().execute(async (tx) => {
    const cipher = await vault.of(tx, decision.application_id);
    await keepDecisionReview(tx, {
      id,
      decisionId: decision.id,
      applicationId: decision.application_id,
      ownerSubject: decision.owner_subject,
      dueOn,
      sealedStatement:
        statement === undefined
          ? null
          : cipher.sealJson('decision_reviews.sealed_statement', id, { text: statement }),
      requestedAt: now(),
    });
    const row = await readReviewOfDecision(tx, decision.id);
    if (row === undefined) throw new ApiProblem('INTERNAL');
    if (row.id === id)
      await recordDeed(c, tx, {
        action: 'decision-review.ask',
        subjectKind: 'application',
        subjectId: decision.application_id,
        result: 'DONE',
        detail: { decision: decision.id, review: id },
      });
    return row;
  });
  await rights.beginReview({ reviewId: kept.id, dueOn: kept.due_on });
  return kept;
}

async function ask(
  c: AppContext,
  id: string,
  statement: string | undefined,
): Promise<z.infer<typeof humanReviewView>> {
  const decision = visible(c, await readDecision(c.get('deps').db, id));
  if (decision.outcome === 'REFER') return withPeople(id);
  return humanReviewOf(await keep(c, decision, statement), c.get('language'));
}

export function registerDecisions(app: App): void {
  app.openapi(read, async (c) => {
    const row = visible(c, await readDecision(c.get('deps').db, c.req.valid('param').id));
    beginReadRecord(c, row.application_id);
    const withEvidence = sightOf(callerOf(c).role, 'evidence') !== null;
    const more = withEvidence ? { record: await explain(c, row) } : await mayAsk(c, row);
    return c.json({ ...decisionOf(row, withEvidence, c.get('language')), ...more }, 200);
  });

  app.openapi(askPeople, async (c) =>
    c.json(await ask(c, c.req.valid('param').id, c.req.valid('json').statement), 200),
  );
}
