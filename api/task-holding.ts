/** Holding a task of the desk that is no review: one mechanism for human reviews, objections and collections. */
import type { Tx } from '../db/database.ts';
import {
  holdDeskTask,
  type lockDeskTask,
  readTaskBar,
  recordDeskAct,
  type TaskBar,
} from '../db/queries/desk-tasks.ts';
import type { ReviewActionRow } from '../db/schema/evidence.ts';
import { type HoldingAct, holdTask } from '../domain/desk-kinds.ts';
import type { DeskRefusal } from '../domain/desk-review.ts';
import { fen } from '../domain/money.ts';
import { recordDeed } from './audit.ts';
import { actKeyOf, type AppContext, callerOf } from './deps.ts';
import { ApiProblem } from './problem-response.ts';
import type { ProblemCode } from './problems.ts';

export type Task = NonNullable<Awaited<ReturnType<typeof lockDeskTask>>>;

/** What is recorded of an act beside who did it. */
export interface Deed {
  readonly action: ReviewActionRow['action'];
  readonly reasons: readonly string[];
  /** In fen; null where the act names no amount. */
  readonly amountFen: number | null;
  readonly sealedComment?: Buffer;
}

/** A task as its holder reads it. */
export interface HeldTask {
  readonly id: string;
  readonly kind: string;
  readonly applicationId: string;
  readonly state: Task['state'];
  readonly assignee: string | null;
}

const BARRED: Readonly<Record<TaskBar, ProblemCode>> = {
  OWN: 'SELF_APPROVAL',
  CONFLICT: 'CONFLICT_OF_INTEREST',
  TOOK_PART: 'SAME_PERSON_TWICE',
  OWN_RULES: 'OWN_RULES',
};

/** Why the desk said no, in the API's words. */
function problemOf(refusal: DeskRefusal, kind: HoldingAct['kind']): ApiProblem {
  if (refusal === 'ROLE') return new ApiProblem('ROLE_DOES_NOT_FIT');
  if (refusal === 'TASK_CLOSED') return new ApiProblem('ALREADY_DECIDED');
  return new ApiProblem(kind === 'CLAIM' ? 'ALREADY_CLAIMED' : 'NOT_YOUR_TASK');
}

/** The name under which acts on a kind of task stand on the trail. */
const TRAIL: Readonly<Record<Task['kind'], string>> = {
  REVIEW: 'review',
  COLLECTION: 'collection',
  DECISION_REVIEW: 'decision-review',
  OBJECTION: 'objection',
};

/**
 * Does one act of the caller on a task that is locked, with its audit entry; the same act again changes nothing. Whoever
 * has a tie to the borrower or had a part in what is looked at may give a task back and nothing else.
 * @throws ApiProblem why not
 */
export async function actOnTask(
  c: AppContext,
  tx: Tx,
  task: Task,
  said: HoldingAct,
  deed: Deed,
): Promise<HeldTask> {
  const { subject, role } = callerOf(c);
  const at = c.get('deps').now();
  const bar = said.kind === 'RELEASE' ? null : await readTaskBar(tx, task.id, subject);
  if (bar !== null) throw new ApiProblem(BARRED[bar]);
  const { state, assignee, activeAt } = task;
  const held = { state, assignee, activeAt: activeAt === null ? null : activeAt.getTime() };
  const by = { subject, role, conflicted: false };
  const answer = holdTask(held, task.roles, by, said, at.getTime());
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
      action: `${TRAIL[task.kind]}.${deed.action.toLowerCase()}`,
      subjectKind: 'application',
      subjectId: task.applicationId,
      result: 'DONE',
      detail: { taskId: task.id, about: task.subjectId, reasons: deed.reasons },
    });
  const { id, kind, applicationId } = task;
  return { id, kind, applicationId, state: seat.state, assignee: seat.assignee };
}

/** What is recorded of an act that only takes or gives back. */
export const heldAs = (action: 'CLAIM' | 'RELEASE'): Deed => ({
  action,
  reasons: [],
  amountFen: null,
});
