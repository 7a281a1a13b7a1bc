/**
 * What must hold of a loan on the review desk whatever was tried on it: the record of every round is a sequence of acts
 * that the pure desk takes too and that leads it where the record stands, and the story agrees with the record.
 */
import { expect } from 'vitest';
import type { DecidingRole } from '../../../domain/authority.ts';
import { atDesk } from '../../../domain/desk.ts';
import {
  type DeskAct,
  type DeskPerson,
  isLive,
  openReview,
  type Place,
  type Review,
} from '../../../domain/desk-review.ts';
import { isEnding, type Stage } from '../../../domain/journey.ts';
import { readDecision } from '../../../db/queries/decide.ts';
import { readReview, type StoredReview } from '../../../db/queries/desk.ts';
import { loanWorkflowId } from '../../../workflows/ids.ts';
import { standing } from '../../../workflows/messages.ts';
import { eventually, type Loan } from '../loan.ts';
import { LENT, LOW } from './scripts.ts';

export type Authority = Readonly<Record<DecidingRole, number>>;

/** Whatever changed a review, with the instant of its transaction. */
interface Event {
  readonly at: Date;
  readonly round: number;
  readonly act: DeskAct;
}

const NO_ONE: DeskPerson = {
  subject: '',
  role: '',
  onBehalfOf: null,
  limitFen: 0,
  conflicted: false,
};

function limitOf(
  authority: Authority,
  subject: string,
  role: string,
  lender: string | null,
): number {
  const byRole = new Map<string, number>(Object.entries(authority)).get(role) ?? 0;
  const own = (lender ?? subject) === LOW.subject ? LOW.limitFen : Number.MAX_SAFE_INTEGER;
  return Math.min(byRole, own, lender === null ? Number.MAX_SAFE_INTEGER : LENT.limitFen);
}

interface Kept {
  readonly action: string;
  readonly at: Date;
  readonly round: number;
  readonly level: number;
  readonly seat: number;
  readonly actor: string;
  readonly actor_role: string;
  readonly on_behalf_of: string | null;
  readonly terms: Review['proposal'];
  readonly reasons: readonly string[];
  readonly evidence_version: number;
}

/** What people did, oldest first. */
async function readActions({ house, id }: Loan): Promise<readonly Kept[]> {
  return await house.db
    .selectFrom('review_actions as v')
    .innerJoin('review_tasks as t', 't.id', 'v.task_id')
    .select(['v.action', 'v.at', 'v.round', 't.level', 't.seat', 'v.actor', 'v.actor_role'])
    .select(['v.on_behalf_of', 'v.terms', 'v.reasons', 'v.evidence_version'])
    .where('v.application_id', '=', id)
    .where('t.kind', '=', 'REVIEW')
    .orderBy('v.at')
    .execute();
}

function actOf(kept: Kept, authority: Authority): DeskAct {
  const place: Place = { stage: kept.level, seat: kept.seat };
  const { actor: subject, actor_role: role, on_behalf_of: onBehalfOf } = kept;
  const limitFen = limitOf(authority, subject, role, onBehalfOf);
  const by = { ...NO_ONE, subject, role, onBehalfOf, limitFen };
  const at = kept.at.getTime();
  const seen = { place, by, at, evidenceVersion: kept.evidence_version, reasons: kept.reasons };
  switch (kept.action) {
    case 'CLAIM':
    case 'RELEASE':
      return { kind: kept.action, place, by, at };
    case 'STEAL':
      return { kind: 'STEAL', place, by, at, reason: kept.reasons[0] ?? '' };
    case 'APPROVE':
    case 'DECLINE':
      return { ...seen, kind: 'DECIDE', verdict: kept.action, terms: kept.terms };
    case 'REQUEST_MORE':
    case 'RETURN':
      return { ...seen, kind: kept.action };
    default:
      throw new Error(`nobody at this desk does ${kept.action}`);
  }
}

/** Terms that ran out, answers of the applicant, and the end of a round by whoever withdrew. */
async function readOthers({ house, id }: Loan): Promise<readonly Event[]> {
  const { db } = house;
  const moves = await db
    .selectFrom('journey_events')
    .select(['to_stage', 'reason', 'at'])
    .where('application_id', '=', id)
    .orderBy('number')
    .execute();
  const opened = moves.filter((move) => move.to_stage === 'REVIEW').map((move) => move.at);
  const roundAt = (at: Date): number => opened.filter((one) => one < at).length;
  const escalated = await db
    .selectFrom('audit_entries')
    .select('at')
    .where('subject_kind', '=', 'application')
    .where('subject_id', '=', id)
    .where('action', '=', 'review.escalate')
    .execute();
  const answers = await db
    .selectFrom('evidence_changes')
    .select(['version', 'at'])
    .where('application_id', '=', id)
    .where('what', '=', 'ANSWER')
    .execute();
  const changed = moves.filter(({ reason }) => reason === 'INPUTS_CHANGED').map(({ at }) => +at);
  return [
    ...escalated.map(({ at }) => ({
      at,
      round: roundAt(at),
      act: { kind: 'LAPSE' as const, at: at.getTime(), idleMs: Number.NEGATIVE_INFINITY },
    })),
    ...answers.map(({ at, version }) => ({
      at,
      round: roundAt(at),
      act: {
        kind: 'SUPPLY' as const,
        evidenceVersion: version,
        inputsChanged: changed.includes(+at),
      },
    })),
    ...moves
      .filter((move) => move.to_stage === 'WITHDRAWN')
      .map(({ at }) => ({ at, round: roundAt(at), act: { kind: 'CANCEL' as const } })),
  ];
}

/** What of a review the record and the pure desk must agree on; when somebody last acted is the story's own clock. */
function shapeOf({ seats, ballots, waiting, evidenceVersion, proposal, end }: Review) {
  const places = seats
    .map(({ activeAt: _clock, ...seat }) => seat)
    .toSorted((a, b) => a.stage - b.stage || a.seat - b.seat);
  return { seats: places, ballots, waiting, evidenceVersion, proposal, end };
}

/** Plays the events of a round to the pure desk, from the evidence it was decided on; it must take each of them. */
function expectTaken(stored: StoredReview, decidedOn: number, events: readonly Event[]): void {
  const { stages, leastFen, mostFen } = stored.review;
  let review = openReview(stages, decidedOn, leastFen, mostFen);
  for (const { act } of events) {
    // A withdrawal ends a round that is still open, and finds nothing in one that has ended.
    if (act.kind === 'CANCEL' && review.end !== null) continue;
    const answer = atDesk(review, act);
    const acts = events.map((event) => `${event.at.toISOString()} ${JSON.stringify(event.act)}`);
    const told = `the pure desk takes ${JSON.stringify(act)} of\n${acts.join('\n')}\nat ${JSON.stringify(review)}`;
    expect(answer.ok ? 'TAKEN' : answer.refusal, told).toBe('TAKEN');
    if (answer.ok) ({ review } = answer);
  }
  expect(shapeOf(stored.review), 'the record and the pure desk').toEqual(shapeOf(review));
}

/** One vote a seat and a person, whoever lent it; a quorum in every stage that was left, and nobody's own application. */
function expectVotesSound({ subject: applicant }: Loan, { review }: StoredReview): void {
  const { ballots, stages, seats } = review;
  const people = ballots.flatMap((b) =>
    b.onBehalfOf === null ? [b.subject] : [b.subject, b.onBehalfOf],
  );
  expect(new Set(people).size, 'nobody votes twice').toBe(people.length);
  expect(people, 'nobody decides on themselves').not.toContain(applicant);
  const places = ballots.map(({ stage, seat }) => `${String(stage)}.${String(seat)}`);
  expect(new Set(places).size, 'one vote a seat').toBe(places.length);
  const approvals = (stage: number) =>
    ballots.filter((b) => b.stage === stage && b.verdict === 'APPROVE').length;
  const last = Math.max(...seats.map(({ stage }) => stage));
  const left = review.end === 'APPROVED' ? stages.length : last - 1;
  for (const [i, { quorum }] of stages.slice(0, left).entries())
    expect(approvals(i + 1), 'a stage is left by its quorum').toBeGreaterThanOrEqual(quorum);
  const live = seats.filter(isLive);
  if (review.end !== null) expect(live, 'no task of an ended round is open').toEqual([]);
  for (const { state, assignee } of live)
    expect(assignee !== null, 'a task is open, or owned').toBe(state === 'CLAIMED');
}

/** Every round of the loan, checked; the number of acts of people on the record by what they are. */
async function expectRounds(
  loan: Loan,
  round: number,
  authority: Authority,
): Promise<readonly Kept[]> {
  const actions = await readActions(loan);
  const events = [
    ...actions.map((kept) => ({ at: kept.at, round: kept.round, act: actOf(kept, authority) })),
    ...(await readOthers(loan)),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime());
  for (let n = 1; n <= round; n += 1) {
    const stored = await readReview(loan.house.db, loan.id, n);
    const decision = await readDecision(loan.house.db, loan.id, n);
    if (stored === undefined || decision === undefined)
      throw new Error(`round ${String(n)} has no review`);
    expectVotesSound(loan, stored);
    expectTaken(
      stored,
      decision.evidenceVersion,
      events.filter((event) => event.round === n),
    );
    if (n < round) expect(stored.review.end, 'a former round has ended').not.toBeNull();
  }
  return actions;
}

const atRest = (stage: Stage, pending: string | null): boolean =>
  isEnding(stage) ||
  (stage === 'REVIEW' && pending !== null) ||
  (stage === 'OFFER' && pending === 'OFFER_ANSWER');

export interface Rest {
  readonly stage: string;
  readonly version: number;
  readonly pending: string | null;
  readonly round: number;
}

/** Waits until the story waits for people or has ended. */
export async function settle({ house, id }: Loan): Promise<Rest> {
  return await eventually('the story at rest', async () => {
    const row = await house.db
      .selectFrom('applications')
      .select(['stage', 'version', 'pending', 'round'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return atRest(row.stage, row.pending) ? row : null;
  });
}

/** The story lives exactly while the record goes on, stands where the record stands, and no task is without either. */
async function expectStory(loan: Loan, rest: Rest): Promise<void> {
  const { client } = loan.house;
  const handle = client.workflow.getHandle(loanWorkflowId(loan.id));
  const { stage, version, pending } = rest;
  const ended = stage === 'WITHDRAWN' || stage === 'DECLINED';
  await eventually('the story where the record stands', async () => {
    const { status } = await handle.describe();
    if (ended) return status.name === 'COMPLETED';
    if (status.name !== 'RUNNING') throw new Error(`a story at ${stage} is ${status.name}`);
    const told = await handle.query(standing);
    return told.version === version && told.pending === pending && told.stage === stage;
  });
}

/** Checks everything that holds of a loan at rest. Gives the acts of people that are on its record. */
export async function expectSound(
  loan: Loan,
  rest: Rest,
  authority: Authority,
): Promise<readonly string[]> {
  await expectStory(loan, rest);
  const actions = await expectRounds(loan, rest.round, authority);
  const newest = await readReview(loan.house.db, loan.id, rest.round);
  const live = newest?.review.seats.filter(isLive) ?? [];
  expect(live.length > 0, 'tasks are open exactly while the application is in review').toBe(
    rest.stage === 'REVIEW',
  );
  const requests = await loan.house.db
    .selectFrom('information_requests')
    .select('id')
    .where('application_id', '=', loan.id)
    .where('state', '=', 'OPEN')
    .execute();
  expect(requests.length, 'the applicant is asked exactly while the review waits').toBe(
    rest.stage === 'REVIEW' && rest.pending === 'INFORMATION' ? 1 : 0,
  );
  return actions.map(({ action }) => action);
}
