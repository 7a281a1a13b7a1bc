/** The desk's tasks that are no review: taken, given back, taken over and worked on by the rules of a review's seat. */
import type { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/database.ts';
import { readApplication } from '../../db/queries/apply.ts';
import { holdDeskTask, lockDeskTask, recordDeskAct } from '../../db/queries/desk-tasks.ts';
import { COLLECTION, type HoldingAct, holdTask } from '../../domain/desk-kinds.ts';
import type { DeskRefusal } from '../../domain/desk-review.ts';
import { fen } from '../../domain/money.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { collectionAct, deskTaskView, takeover } from '../schemas/desk-tasks.ts';
import { noBody } from '../schemas/money.ts';

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
  summary: 'Record an attempt to reach a borrower, or a promise to pay',
  description: 'Nothing is decided by it: a collection closes when what was late is paid.',
  tags,
  request: { params: idParam, body: jsonBody(collectionAct) },
  responses: shown,
});

type Task = NonNullable<Awaited<ReturnType<typeof lockDeskTask>>>;

/** Why the desk said no, in the API's words. */
function problemOf(refusal: DeskRefusal, kind: HoldingAct['kind']): ApiProblem {
  if (refusal === 'ROLE') return new ApiProblem('ROLE_DOES_NOT_FIT');
  if (refusal === 'TASK_CLOSED') return new ApiProblem('ALREADY_DECIDED');
  return new ApiProblem(kind === 'CLAIM' ? 'ALREADY_CLAIMED' : 'NOT_YOUR_TASK');
}

interface Deed {
  readonly action: 'CLAIM' | 'RELEASE' | 'STEAL' | (typeof COLLECTION.acts)[number];
  readonly reasons: readonly string[];
  readonly amountFen: number | null;
}

/** A task of a kind that is worked on here, of an application that is not the caller's own. */
async function toAct(c: AppContext, tx: Tx): Promise<Task> {
  const task = await lockDeskTask(tx, c.req.param('id') ?? '');
  if (task?.kind !== 'COLLECTION') throw new ApiProblem('NOT_FOUND');
  const application = visible(c, await readApplication(tx, task.applicationId));
  refuseOwnApplication(c, application.owner_subject);
  return task;
}

/** Does one act under the task's lock; the same act of the same person again changes nothing. */
async function act(
  c: AppContext,
  said: HoldingAct,
  deed: Deed,
): Promise<z.infer<typeof deskTaskView>> {
  const { db, now } = c.get('deps');
  const { subject, role } = callerOf(c);
  return await db.transaction().execute(async (tx) => {
    const task = await toAct(c, tx);
    const at = now();
    const { state, assignee, activeAt } = task;
    const held = { state, assignee, activeAt: activeAt === null ? null : activeAt.getTime() };
    const by = { subject, role, conflicted: false };
    const answer = holdTask(held, COLLECTION.roles, by, said, at.getTime());
    if (!answer.ok) throw problemOf(answer.refusal, said.kind);
    const { seat } = answer;
    await holdDeskTask(tx, task.id, {
      assignee: seat.assignee,
      activeAt: seat.activeAt === null ? null : new Date(seat.activeAt),
      taken: seat.assignee !== null && seat.assignee !== assignee,
    });
    const amount = deed.amountFen === null ? null : fen(deed.amountFen);
    const acted = { ...deed, amountFen: amount, actor: subject, role, cause: actKeyOf(c) };
    if (await recordDeskAct(tx, task, acted))
      await recordDeed(c, tx, {
        action: `collection.${deed.action.toLowerCase()}`,
        subjectKind: 'application',
        subjectId: task.applicationId,
        result: 'DONE',
        detail: { taskId: task.id, reasons: deed.reasons },
      });
    const { id, kind, applicationId } = task;
    return { id, kind, applicationId, state: seat.state, assignee: seat.assignee };
  });
}

const NOTHING = { reasons: [], amountFen: null } as const;

export function registerDeskTasks(app: App): void {
  app.openapi(claim, async (c) =>
    c.json(await act(c, { kind: 'CLAIM' }, { action: 'CLAIM', ...NOTHING }), 200),
  );
  app.openapi(release, async (c) =>
    c.json(await act(c, { kind: 'RELEASE' }, { action: 'RELEASE', ...NOTHING }), 200),
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
    return c.json(await act(c, { kind: 'TOUCH' }, deed), 200);
  });
}
