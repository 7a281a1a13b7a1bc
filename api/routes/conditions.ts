/** Conditions precedent: shown to both sides, answered by the applicant, cleared or waived by staff; and approvals undone. */
import { readApplication } from '../../db/queries/apply.ts';
import { listConditions, readConditionOwner } from '../../db/queries/reads/conditions.ts';
import { answerCondition, resolveCondition, undoApproval } from '../../workflows/messages.ts';
import { actKeyOf, actorOf, type AppContext } from '../deps.ts';
import { looksAsStaff, refuseOwnApplication, visible } from '../ownership.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import { conditionAnswer, conditionStep, loanConditions, undoStep } from '../schemas/desk.ts';
import { conditionOf } from '../views/case.ts';

const standing = { 200: jsonAnswer('Where the application stands now', standingSchema) };

const list = defineRoute('GET /v1/applications/{id}/conditions', {
  summary: 'What an approval still asks for, and which door each condition keeps shut',
  tags: ['decide'],
  request: { params: idParam },
  responses: { 200: jsonAnswer('The conditions of the present round', loanConditions) },
});
const answer = defineRoute('POST /v1/conditions/{id}/answer', {
  summary: 'Answer a condition',
  tags: ['decide'],
  request: { params: idParam, body: jsonBody(conditionAnswer) },
  responses: standing,
});
const resolve = defineRoute('POST /v1/conditions/{id}/resolve', {
  summary: 'Clear an answered condition, send it back, or waive it by two people',
  description:
    'An answer whose `pending` is WAIVER_APPROVAL says that another person must approve the waiver.',
  tags: ['decide'],
  request: { params: idParam, body: jsonBody(conditionStep) },
  responses: standing,
});
const undo = defineRoute('POST /v1/applications/{id}/undo-approval', {
  summary: 'Take an approval back before the money moves: one person proposes, another approves',
  description:
    'An answer whose `pending` is UNDO_APPROVAL says that a second person is waited for: nothing is undone yet.',
  tags: ['decide'],
  request: { params: idParam, body: jsonBody(undoStep) },
  responses: standing,
});

async function show(c: AppContext, id: string) {
  const { db } = c.get('deps');
  visible(c, await readApplication(db, id));
  const rows = (await listConditions(db, id)).map(conditionOf);
  if (looksAsStaff(c)) return { items: rows };
  // To an applicant every person of ours is nobody in particular.
  const nobody = { issuedBy: null, proposedBy: null, closedBy: null, reason: null };
  return { items: rows.map((row) => ({ ...row, ...nobody })) };
}

export function registerConditions(app: App): void {
  app.openapi(list, async (c) => c.json(await show(c, c.req.valid('param').id), 200));

  app.openapi(answer, async (c) => {
    const { db, vault, loans } = c.get('deps');
    const condition = visible(c, await readConditionOwner(db, c.req.valid('param').id));
    const { id: conditionId, application_id: applicationId } = condition;
    const cipher = await vault.of(db, applicationId);
    const { text } = c.req.valid('json');
    const sealed = cipher.sealJson('loan_conditions.sealed_answer', conditionId, { text });
    const done = await loans.update(applicationId, answerCondition, {
      actor: actorOf(c),
      key: actKeyOf(c),
      conditionId,
      sealedAnswer: sealed.toString('base64'),
    });
    return c.json(done, 200);
  });

  app.openapi(resolve, async (c) => {
    const { db, loans } = c.get('deps');
    const condition = visible(c, await readConditionOwner(db, c.req.valid('param').id));
    refuseOwnApplication(c, condition.owner_subject);
    const done = await loans.update(condition.application_id, resolveCondition, {
      actor: actorOf(c),
      key: actKeyOf(c),
      conditionId: condition.id,
      ...c.req.valid('json'),
    });
    return c.json(done, 200);
  });

  app.openapi(undo, async (c) => {
    const { db, loans } = c.get('deps');
    const application = visible(c, await readApplication(db, c.req.valid('param').id));
    refuseOwnApplication(c, application.owner_subject);
    const done = await loans.update(application.id, undoApproval, {
      actor: actorOf(c),
      key: actKeyOf(c),
      ...c.req.valid('json'),
    });
    return c.json(done, 200);
  });
}
