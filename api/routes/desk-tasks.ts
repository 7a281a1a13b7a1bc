/** The desk's tasks that are no review: taken, given back, taken over and worked on by the rules of a review's seat. */
import type { Tx } from '../../db/database.ts';
import { readApplication } from '../../db/queries/apply.ts';
import { readContact, tellContact } from '../../db/queries/contacts.ts';
import { lockDeskTask } from '../../db/queries/desk-tasks.ts';
import type { ContactOutcome, HoldingAct } from '../../domain/desk-kinds.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { collectionAct, deskTaskView, takeover } from '../schemas/desk-tasks.ts';
import { noBody } from '../schemas/money.ts';
import { actOnTask, type Deed, heldAs, type HeldTask, type Task } from '../task-holding.ts';

const tags = ['service'];
const shown = { 200: jsonAnswer('The task', deskTaskView) };

const claim = defineRoute('POST /v1/desk-tasks/{id}/claim', {
  summary: 'Take a task that is no review',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: shown,
});
const release = defineRoute('POST /v1/desk-tasks/{id}/release', {
  summary: 'Give a task back to the queue',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: shown,
});
const steal = defineRoute('POST /v1/desk-tasks/{id}/steal', {
  summary: 'Take a task over from whoever holds it, with a reason',
  tags,
  request: { params: idParam, body: jsonBody(takeover) },
  responses: shown,
});
const record = defineRoute('POST /v1/desk-tasks/{id}/acts', {
  summary: 'Record what came of a contact with a borrower, or a promise to pay',
  description:
    'A contact is asked for before it is made, by POST /v1/loans/{id}/contacts, and named here. Nothing is decided by it: a collection closes when what was late is paid.',
  tags,
  request: { params: idParam, body: jsonBody(collectionAct) },
  responses: shown,
});

/** A task of reviewers that is no review, of an application that is not the caller's own. */
async function find(c: AppContext, tx: Tx): Promise<Task> {
  const task = await lockDeskTask(tx, c.req.param('id') ?? '');
  if (task === undefined) throw new ApiProblem('NOT_FOUND');
  const application = visible(c, await readApplication(tx, task.applicationId));
  refuseOwnApplication(c, application.owner_subject);
  return task;
}

/** One act under the task's lock. */
async function act(c: AppContext, said: HoldingAct, deed: Deed): Promise<HeldTask> {
  return await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => await actOnTask(c, tx, await find(c, tx), said, deed));
}

interface ToldContact {
  readonly contactId: string;
  readonly outcome: ContactOutcome;
}

/** Tells what came of an attempt that the rules of collection allowed: about this loan, by whoever made it, and once. */
async function tellOf(c: AppContext, tx: Tx, task: Task, told: ToldContact): Promise<void> {
  const { contactId: id, outcome } = told;
  const by = callerOf(c).subject;
  const contact = await readContact(tx, id);
  if (contact === undefined || contact.loanId !== task.subjectId)
    throw new ApiProblem('CONTACT_NOT_ASKED');
  if (contact.begunBy !== by) throw new ApiProblem('NOT_YOUR_TASK');
  // The same word once more is the same act.
  const stands = (await tellContact(tx, { id, outcome, by })) || contact.outcome === outcome;
  if (!stands) throw new ApiProblem('ALREADY_DECIDED');
}

/** Attempts and promises are of collections alone. */
async function workOn(c: AppContext, deed: Deed, told: ToldContact | null): Promise<HeldTask> {
  return await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const task = await find(c, tx);
      if (task.kind !== 'COLLECTION') throw new ApiProblem('NOT_FOUND');
      const held = await actOnTask(c, tx, task, { kind: 'TOUCH' }, deed);
      if (told !== null) await tellOf(c, tx, task, told);
      return held;
    });
}

export function registerDeskTasks(app: App): void {
  app.openapi(claim, async (c) => c.json(await act(c, { kind: 'CLAIM' }, heldAs('CLAIM')), 200));
  app.openapi(release, async (c) =>
    c.json(await act(c, { kind: 'RELEASE' }, heldAs('RELEASE')), 200),
  );
  app.openapi(steal, async (c) => {
    const { reason } = c.req.valid('json');
    const deed = { action: 'STEAL', reasons: [reason], amountFen: null } as const;
    return c.json(await act(c, { kind: 'STEAL', reason }, deed), 200);
  });
  app.openapi(record, async (c) => {
    const said = c.req.valid('json');
    const deed =
      said.act === 'CONTACT'
        ? ({ action: 'CONTACT', reasons: [said.outcome], amountFen: null } as const)
        : ({
            action: 'PROMISE',
            reasons: [`PAY_BY_${said.payBy.replaceAll('-', '')}`],
            amountFen: said.amountFen,
          } as const);
    return c.json(await workOn(c, deed, said.act === 'CONTACT' ? said : null), 200);
  });
}
