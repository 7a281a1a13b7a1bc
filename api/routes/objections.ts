/** Objections (异议) against what a bureau reports: a person raises one and sees it through; compliance answers in writing. */
import type { Tx } from '../../db/database.ts';
import { readApplication } from '../../db/queries/apply.ts';
import { closeDeskTask, lockTaskAbout } from '../../db/queries/desk-tasks.ts';
import {
  decideObjection,
  keepObjection,
  listObjections,
  lockObjection,
  type Objection,
  openAnswer,
  openClaim,
  readObjection,
} from '../../db/queries/objections.ts';
import { addDays } from '../../domain/calendar.ts';
import type { HoldingAct } from '../../domain/desk-kinds.ts';
import { isItemOf, objectionDueOn } from '../../domain/objection.ts';
import { businessDate } from '../../platform/clock.ts';
import { beginReadRecord, recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { isOwnerRole } from '../permissions.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { currentPolicy } from '../rules.ts';
import {
  newObjection,
  objectionAnswer,
  objectionBrief,
  objections,
  objectionView,
} from '../schemas/bureau-desk.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { deskTaskView, takeover } from '../schemas/desk-tasks.ts';
import { noBody } from '../schemas/money.ts';
import { actOnTask, type Deed, heldAs, type HeldTask, type Task } from '../task-holding.ts';
import { iso, isoOrNull } from '../times.ts';

const LIST_MOST = 200;
const tags = ['bureau'];
const held = { 200: jsonAnswer('The task', deskTaskView) };

const create = defineRoute('POST /v1/objections', {
  summary: 'Object to what a bureau reports about you',
  description:
    'Answered in writing within 20 days. Until it is decided, a decision that rests on the item goes to a person.',
  tags,
  request: { body: jsonBody(newObjection) },
  responses: { 201: jsonAnswer('The objection', objectionBrief) },
});
const list = defineRoute('GET /v1/objections', {
  summary: 'Objections, unanswered ones first and by the day they are due',
  tags,
  responses: { 200: jsonAnswer('The objections', objections) },
});
const read = defineRoute('GET /v1/objections/{id}', {
  summary: 'Read an objection with its words and its answer',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The objection', objectionView) },
});
const answer = defineRoute('POST /v1/objections/{id}/answer', {
  summary: 'Decide an objection with a written answer',
  tags,
  request: { params: idParam, body: jsonBody(objectionAnswer) },
  responses: { 200: jsonAnswer('The objection', objectionBrief) },
});

const claim = defineRoute('POST /v1/objections/{id}/claim', {
  summary: 'Take an objection on',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: held,
});
const release = defineRoute('POST /v1/objections/{id}/release', {
  summary: 'Give an objection back to the queue',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: held,
});
const steal = defineRoute('POST /v1/objections/{id}/steal', {
  summary: 'Take an objection over from whoever holds it, with a reason',
  tags,
  request: { params: idParam, body: jsonBody(takeover) },
  responses: held,
});

const today = (c: AppContext): string => businessDate(c.get('deps').now());

const briefOf = (row: Objection, day: string) => ({
  id: row.id,
  applicationId: row.application_id,
  bureau: row.bureau,
  item: row.item,
  state: row.state,
  outcome: row.outcome,
  receivedAt: iso(row.received_at),
  dueOn: row.due_on,
  overdue: row.outcome === null && row.due_on < day,
  bureauReference: row.bureau_reference,
  repliedAt: isoOrNull(row.replied_at),
});

/** @throws ApiProblem NOT_FOUND */
async function find(c: AppContext, id: string): Promise<Objection> {
  return visible(c, await readObjection(c.get('deps').db, id));
}

async function raise(c: AppContext, said: typeof newObjection._output): Promise<string> {
  const { db, now, vault, desk } = c.get('deps');
  const { applicationId, bureau, item, reference, statement } = said;
  const application = visible(c, await readApplication(db, applicationId));
  if (!isItemOf(bureau, item)) throw new ApiProblem('OBJECTION_ITEM_UNKNOWN');
  if (application.applicant_id === null) throw new ApiProblem('FORM_INCOMPLETE');
  const id = derivedId(actKeyOf(c), 'objection');
  const receivedAt = now();
  const policy = await currentPolicy(db, businessDate(receivedAt));
  const dueOn = objectionDueOn(businessDate(receivedAt), policy('objection.answerDays'));
  const applicantId = application.applicant_id;
  await db.transaction().execute(async (tx) => {
    await keepObjection(tx, await vault.of(tx, applicationId), {
      id,
      applicationId,
      applicantId,
      ownerSubject: application.owner_subject,
      bureau,
      item,
      claim: { reference, statement },
      receivedAt,
      dueOn,
    });
    await recordDeed(c, tx, {
      action: 'objection.raise',
      subjectKind: 'objection',
      subjectId: id,
      result: 'DONE',
      detail: { application: applicationId, bureau, item },
    });
  });
  const remindOn = addDays(dueOn, -policy('objection.reminderDays'));
  await desk.object({ objectionId: id, remindOn, dueOn });
  return id;
}

/** The task about an objection and the objection, both locked, of an application that is not the caller's own. */
async function toAct(
  c: AppContext,
  tx: Tx,
  id: string,
): Promise<{ readonly task: Task; readonly row: Objection }> {
  const task = await lockTaskAbout(tx, 'OBJECTION', id);
  const row = visible(c, await lockObjection(tx, id));
  refuseOwnApplication(c, row.owner_subject);
  // One that was decided before there were tasks has none.
  if (row.outcome !== null || task === undefined) throw new ApiProblem('ALREADY_DECIDED');
  return { task, row };
}

async function hold(c: AppContext, id: string, said: HoldingAct, deed: Deed): Promise<HeldTask> {
  return await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const { task } = await toAct(c, tx, id);
      return await actOnTask(c, tx, task, said, deed);
    });
}

async function decide(
  c: AppContext,
  id: string,
  said: typeof objectionAnswer._output,
): Promise<void> {
  const { db, now, vault, desk } = c.get('deps');
  await db.transaction().execute(async (tx) => {
    const { task, row } = await toAct(c, tx, id);
    if (row.state !== 'VERIFYING') throw new ApiProblem('OBJECTION_NOT_VERIFYING');
    const deed = { action: 'ANSWER', reasons: [said.outcome], amountFen: null } as const;
    await actOnTask(c, tx, task, { kind: 'TOUCH' }, deed);
    const cipher = await vault.of(tx, row.application_id);
    const by = callerOf(c).subject;
    await decideObjection(tx, cipher, { id, ...said, by, at: now() });
    await closeDeskTask(tx, task.id, now());
    await recordDeed(c, tx, {
      action: 'objection.decide',
      subjectKind: 'objection',
      subjectId: id,
      result: 'DONE',
      reason: said.outcome,
      detail: { application: row.application_id, bureau: row.bureau, item: row.item },
    });
  });
  await desk.decided(id);
}

function registerHolding(app: App): void {
  app.openapi(claim, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await hold(c, id, { kind: 'CLAIM' }, heldAs('CLAIM')), 200);
  });

  app.openapi(release, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await hold(c, id, { kind: 'RELEASE' }, heldAs('RELEASE')), 200);
  });

  app.openapi(steal, async (c) => {
    const { id } = c.req.valid('param');
    const { reason } = c.req.valid('json');
    const deed = { action: 'STEAL', reasons: [reason], amountFen: null } as const;
    return c.json(await hold(c, id, { kind: 'STEAL', reason }, deed), 200);
  });
}

export function registerObjections(app: App): void {
  registerHolding(app);

  app.openapi(create, async (c) => {
    const id = await raise(c, c.req.valid('json'));
    return c.json(briefOf(await find(c, id), today(c)), 201);
  });

  app.openapi(list, async (c) => {
    const { subject, role } = callerOf(c);
    const owner = isOwnerRole(role) ? subject : null;
    const rows = await listObjections(c.get('deps').db, owner, LIST_MOST);
    return c.json({ items: rows.map((row) => briefOf(row, today(c))) }, 200);
  });

  app.openapi(read, async (c) => {
    const { db, vault } = c.get('deps');
    const row = await find(c, c.req.valid('param').id);
    beginReadRecord(c, row.application_id);
    const cipher = await vault.of(db, row.application_id);
    const words = { ...openClaim(cipher, row), answer: openAnswer(cipher, row) };
    return c.json({ ...briefOf(row, today(c)), ...words }, 200);
  });

  app.openapi(answer, async (c) => {
    const { id } = c.req.valid('param');
    await decide(c, id, c.req.valid('json'));
    return c.json(briefOf(await find(c, id), today(c)), 200);
  });
}
