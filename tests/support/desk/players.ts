/** Makes one try of a script on a loan in a house: as people do through the API, or past it as a stranger would. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Answer, XindaiClient } from '../../../api/client.ts';
import { ApiProblem } from '../../../api/problem-response.ts';
import type { Terms } from '../../../domain/desk-review.ts';
import type { Actor } from '../../../domain/journey.ts';
import { fen } from '../../../domain/money.ts';
import { loanWorkflowId } from '../../../workflows/ids.ts';
import { decideReview } from '../../../workflows/messages.ts';
import type { Loan } from '../loan.ts';
import { say } from '../sealed.ts';
import { PEOPLE, type Person, SELF, type Task, type Try, type Who } from './scripts.ts';

/** What became of a try: `OK`, or the code it was refused with. `what` names an act as the record does. */
export interface Tried {
  readonly what: string;
  readonly code: string;
}

/** How long an answer is asked for again under the same key while a worker is away. */
const PATIENCE_MS = 120_000;
const AGAIN_MS = 50;
const REMINDER_MS = 121 * 60_000;
const TERM_MS = 241 * 60_000;

interface OnDesk {
  readonly id: string;
  readonly assignee: string | null;
  readonly amountFen: number;
  readonly evidenceVersion: number;
  readonly terms: Terms;
}

/** The task that is aimed at, as the record has it at this moment; undefined where there is none yet. */
async function taskFor(loan: Loan, aim: Task): Promise<OnDesk | undefined> {
  const { db } = loan.house;
  const rows = await db
    .selectFrom('review_tasks as t')
    .innerJoin('reviews as r', (join) =>
      join.onRef('r.application_id', '=', 't.application_id').onRef('r.round', '=', 't.round'),
    )
    .innerJoin('applications as a', 'a.id', 't.application_id')
    .innerJoin('decisions as d', (join) =>
      join.onRef('d.application_id', '=', 't.application_id').onRef('d.round', '=', 't.round'),
    )
    .select(['t.id', 't.assignee', 't.state', 'r.most_fen', 'r.proposal', 'r.evidence_version'])
    .select(['d.annual_rate', 'a.term_months'])
    .where('t.application_id', '=', loan.id)
    .where('t.kind', '=', 'REVIEW')
    .orderBy('t.created_at')
    .orderBy('t.level')
    .orderBy('t.seat')
    .execute();
  const live = rows.filter(({ state }) => state === 'OPEN' || state === 'CLAIMED');
  const among = aim.past || live.length === 0 ? rows : live;
  const row = among[aim.n % Math.max(1, among.length)];
  if (row === undefined) return undefined;
  const asked = {
    amountFen: row.most_fen,
    termMonths: row.term_months ?? 12,
    annualRate: row.annual_rate ?? '10',
  };
  const terms = row.proposal ?? asked;
  const { id, assignee, evidence_version: evidenceVersion } = row;
  return { id, assignee, evidenceVersion, terms, amountFen: terms.amountFen };
}

function personFor(loan: Loan, who: Who, assignee: string | null): Person {
  const named = PEOPLE[who.person] ?? SELF;
  const drawn = who.holder ? (PEOPLE.find(({ subject }) => subject === assignee) ?? named) : named;
  return drawn.subject === SELF.subject ? { ...drawn, subject: loan.subject } : drawn;
}

/** Sends an act until it is answered; the same key makes every repetition the same act. */
async function answered<T>(
  what: string,
  send: (key: string) => Promise<Answer<T>>,
): Promise<Tried> {
  const key = randomUUID();
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await send(key);
    if (answer.ok) return { what, code: 'OK' };
    const { code } = answer.problem;
    const later = code === 'UNAVAILABLE' || code === 'IDEMPOTENCY_KEY_RUNNING';
    if (!later || Date.now() > deadline) return { what, code };
    await sleep(AGAIN_MS);
  }
}

type Seated = Extract<Try, { readonly who: Who }>;

function termsOf(vote: Extract<Try, { kind: 'VOTE' }>, { terms, amountFen }: OnDesk) {
  switch (vote.amount) {
    case 'PROPOSED':
      return { amountFen };
    case 'LESS':
      return { amountFen: amountFen - 1_000_00 };
    case 'MORE':
      return { amountFen: amountFen + 1_000_00 };
    case 'OTHER_TERM':
      return { amountFen, terms: { ...terms, termMonths: terms.termMonths === 12 ? 24 : 12 } };
  }
}

async function seated(loan: Loan, move: Seated): Promise<readonly Tried[]> {
  const task = await taskFor(loan, move.task);
  if (task === undefined) return [{ what: move.kind, code: 'NO_TASK_YET' }];
  const person = personFor(loan, move.who, task.assignee);
  const takes = move.who.holder && task.assignee === null;
  const claimed = takes ? [await actOn(loan, { ...move, kind: 'CLAIM' }, task, person)] : [];
  return [...claimed, await actOn(loan, move, task, person)];
}

async function actOn(loan: Loan, move: Seated, task: OnDesk, person: Person): Promise<Tried> {
  const { subject, role, onBehalfOf } = person;
  const { reviews } = loan.house.world.as(role, subject);
  const lent = onBehalfOf === undefined ? {} : { onBehalfOf };
  const stale = 'stale' in move && move.stale ? 1 : 0;
  const seen = { ...lent, evidenceVersion: Math.max(1, task.evidenceVersion - stale) };
  const words = { reasons: ['REVIEW_POSITIVE'], comment: 'Seen and weighed.' };
  const keyed = (key: string) => ({ idempotencyKey: key });
  switch (move.kind) {
    case 'CLAIM':
      return await answered('CLAIM', (key) => reviews.claim(task.id, lent, keyed(key)));
    case 'RELEASE':
      return await answered('RELEASE', (key) => reviews.release(task.id, lent, keyed(key)));
    case 'STEAL':
      return await answered('STEAL', (key) =>
        reviews.steal(task.id, { ...lent, reason: 'AWAY' }, keyed(key)),
      );
    case 'VOTE': {
      const said = { ...seen, ...words, decision: move.verdict, ...termsOf(move, task) };
      return await answered(move.verdict, (key) => reviews.decide(task.id, said, keyed(key)));
    }
    case 'ASK': {
      const items = [{ code: 'INCOME_PROOF', text: 'A pay slip of last month' }];
      return await answered('REQUEST_MORE', (key) =>
        reviews.requestMore(task.id, { ...seen, items }, keyed(key)),
      );
    }
    case 'RETURN':
      return await answered('RETURN', (key) =>
        reviews.returnTo(task.id, { ...seen, ...words, stage: 'SCORE' }, keyed(key)),
      );
  }
}

let raises = 0;

async function supply({ house, id, client, persona }: Loan, changed: boolean): Promise<Tried> {
  const request = await house.db
    .selectFrom('information_requests')
    .select('id')
    .where('application_id', '=', id)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (request === undefined) return { what: 'SUPPLY', code: 'NO_OPEN_REQUEST' };
  const { work } = persona.application;
  raises += 1;
  const pages = { work: { ...work, monthlyIncomeFen: work.monthlyIncomeFen + raises * 100 } };
  const answers = [{ code: 'INCOME_PROOF', text: 'Sent by post' }];
  const body = { requestId: request.id, answers, ...(changed ? { pages } : {}) };
  return await answered('SUPPLY', (key) =>
    client.applications.supply(id, body, { idempotencyKey: key }),
  );
}

async function clock(loan: Loan, step: 'REMINDER' | 'TERM'): Promise<Tried> {
  const handle = loan.house.client.workflow.getHandle(loanWorkflowId(loan.id));
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING') return { what: step, code: 'ENDED' };
  try {
    return {
      what: step,
      code: await loan.house.fastForward(loan.id, step === 'TERM' ? TERM_MS : REMINDER_MS),
    };
  } catch (error) {
    // It may have ended between the look and the move.
    if ((await handle.describe()).status.name === 'RUNNING') throw error;
    return { what: step, code: 'ENDED' };
  }
}

/** The code with which a message was refused that went past the API. */
async function refusedWith(what: string, sending: Promise<unknown>): Promise<Tried> {
  try {
    await sending;
    return { what, code: 'OK' };
  } catch (error) {
    // Nobody asks again for a stranger whose message met a story between two workers.
    const notTaken = error instanceof ApiProblem && error.code === 'UNAVAILABLE';
    if (error instanceof ApiProblem) return { what, code: notTaken ? 'NOT_TAKEN' : error.code };
    if (error instanceof WorkflowNotFoundError) return { what, code: 'AFTER_ENDING' };
    if (error instanceof ServiceError) return { what, code: 'NOT_TAKEN' };
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const { cause } = error;
    return { what, code: cause instanceof ApplicationFailure ? (cause.type ?? cause.message) : '' };
  }
}

const human = (subject: string, role: string): Actor => ({ kind: 'human', subject, role });

async function unsealed(loan: Loan, move: Extract<Try, { kind: 'UNSEALED' }>): Promise<Tried> {
  const task = await taskFor(loan, move.task);
  const actor =
    move.act === 'withdraw'
      ? human(loan.subject, 'applicant')
      : human(task?.assignee ?? 'risk-sun', 'risk-officer');
  const input = {
    actor,
    key: randomUUID(),
    taskId: task?.id,
    stage: 'SCORE',
    decision: 'APPROVE',
    reasons: ['REVIEW_POSITIVE'],
    reason: 'NO_LONGER_NEEDED',
    sealedComment: 'AAAA',
    amountFen: task?.amountFen,
    evidenceVersion: task?.evidenceVersion,
  };
  const handle = loan.house.client.workflow.getHandle(loanWorkflowId(loan.id));
  const updateId = randomUUID();
  return await refusedWith('UNSEALED', handle.executeUpdate(move.act, { args: [input], updateId }));
}

/** Whoever holds a task of another loan approves there, and the message is sent to this loan. */
async function foreign(loan: Loan): Promise<Tried> {
  const task = await loan.house.db
    .selectFrom('review_tasks')
    .select(['id', 'assignee', 'evidence_version'])
    .where('application_id', '<>', loan.id)
    .where('state', '=', 'CLAIMED')
    .limit(1)
    .executeTakeFirst();
  if (task === undefined) return { what: 'FOREIGN', code: 'NO_TASK_YET' };
  const said = say(loan, decideReview, {
    actor: human(task.assignee ?? '', 'risk-officer'),
    key: randomUUID(),
    taskId: task.id,
    decision: 'APPROVE',
    reasons: ['REVIEW_POSITIVE'],
    sealedComment: 'AAAA',
    amountFen: fen(1_000_00),
    evidenceVersion: task.evidence_version,
  });
  return await refusedWith('FOREIGN', said);
}

/** Makes a try and tells what became of it. @throws on what no try may end in, such as a move of the clock that fails */
export async function attempt(loan: Loan, move: Try): Promise<readonly Tried[]> {
  switch (move.kind) {
    case 'SUPPLY':
      return [await supply(loan, move.changed)];
    case 'WITHDRAW': {
      const { client, id } = loan;
      const body = { reason: 'NO_LONGER_NEEDED' };
      const withdraw = (key: string) =>
        client.applications.withdraw(id, body, { idempotencyKey: key });
      return [await answered('WITHDRAW', withdraw)];
    }
    case 'CLOCK':
      return [await clock(loan, move.step)];
    case 'UNSEALED':
      return [await unsealed(loan, move)];
    case 'FOREIGN':
      return [await foreign(loan)];
    case 'ASK':
    case 'CLAIM':
    case 'RELEASE':
    case 'RETURN':
    case 'STEAL':
    case 'VOTE':
      return await seated(loan, move);
  }
}

/** Somebody the desk has not met yet sends a review back, or two take an approval back: people decide in a new round. */
export async function beginAnew(loan: Loan, n: number): Promise<readonly Tried[]> {
  const { world, db } = loan.house;
  const { stage, pending } = await db
    .selectFrom('applications')
    .select(['stage', 'pending'])
    .where('id', '=', loan.id)
    .executeTakeFirstOrThrow();
  if (stage === 'OFFER') {
    const undo = (desk: XindaiClient['desk'], step: 'PROPOSE' | 'APPROVE') =>
      answered(`UNDO_${step}`, (key) =>
        desk.undo(loan.id, { step, reason: 'MISTAKE' }, { idempotencyKey: key }),
      );
    return [
      await undo(world.as('reviewer', 'reviewer-undo').desk, 'PROPOSE'),
      await undo(world.as('risk-officer', 'risk-undo').desk, 'APPROVE'),
    ];
  }
  const done: Tried[] = [];
  if (pending === 'INFORMATION') done.push(await supply(loan, false));
  const task = await taskFor(loan, { n: 0, past: false });
  if (task === undefined) return [{ what: 'RETURN', code: 'NO_TASK_YET' }];
  const { reviews } = world.as('risk-officer', `risk-fresh-${String(n)}`);
  const taken = (key: string) => ({ idempotencyKey: key });
  done.push(
    task.assignee === null
      ? await answered('CLAIM', (key) => reviews.claim(task.id, {}, taken(key)))
      : await answered('STEAL', (key) => reviews.steal(task.id, { reason: 'AWAY' }, taken(key))),
  );
  const body = {
    stage: 'SCORE' as const,
    reasons: ['REVIEW_INCONSISTENT'],
    comment: 'Again.',
    evidenceVersion: task.evidenceVersion,
  };
  done.push(await answered('RETURN', (key) => reviews.returnTo(task.id, body, taken(key))));
  return done;
}
