/** Gives the open seats of a review to whoever is there, fits and has least to do. */
import { chooseAssignee, type Colleague } from '../../domain/desk-assign.ts';
import type { DeskRole } from '../../domain/desk-kinds.ts';
import { atDesk } from '../../domain/desk.ts';
import type { DeskPerson, Review } from '../../domain/desk-review.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { lockRoster, markGiven, readConflicts } from '../../db/queries/desk-people.ts';
import { lockReview, saveReview, type StoredReview } from '../../db/queries/desk.ts';
import { recordAction } from '../../db/queries/reviews.ts';
import type { Tx } from '../../db/database.ts';
import { TIMER } from '../../domain/journey.ts';

function peopleIn(review: Review): readonly string[] {
  const voted = review.ballots.flatMap(({ subject, onBehalfOf }) =>
    onBehalfOf === null ? [subject] : [subject, onBehalfOf],
  );
  const seated = review.seats.flatMap(({ state, assignee }) =>
    state === 'CLAIMED' && assignee !== null ? [assignee] : [],
  );
  return [...voted, ...seated];
}

async function recordAssignment(
  tx: Tx,
  stored: StoredReview,
  taskId: string,
  to: DeskPerson,
  at: Date,
): Promise<void> {
  await recordAction(tx, {
    taskId,
    applicationId: stored.applicationId,
    round: stored.round,
    // The person who has the task from now on; who gave it is always the platform.
    actor: to.subject,
    role: to.role,
    action: 'ASSIGN',
    reasons: [],
    sealedComment: null,
    amountFen: null,
    evidenceVersion: stored.review.evidenceVersion,
    cause: `assign:${taskId}:${at.toISOString()}:${to.subject}`,
  });
  await recordAudit(tx, {
    actor: TIMER.subject,
    role: null,
    action: 'review.assign',
    subjectKind: 'application',
    subjectId: stored.applicationId,
    result: 'DONE',
    detail: { taskId, to: to.subject },
  });
  await markGiven(tx, to.subject, at);
}

/** Counts a task in for somebody who has just been given one. */
const given = (roster: readonly Colleague[], subject: string, at: Date): readonly Colleague[] =>
  roster.map((one) =>
    one.subject === subject ? { ...one, load: one.load + 1, lastGivenAt: at.getTime() } : one,
  );

/**
 * Assigns what is open of a review; what nobody fits stays in the queue. The caller holds the application's lock. Gives
 * how many seats were assigned.
 */
export async function assignOpenSeats(
  tx: Tx,
  applicationId: string,
  round: number,
  at: Date,
): Promise<number> {
  let roster = await lockRoster(tx, at);
  if (roster.length === 0) return 0;
  const stored = await lockReview(tx, applicationId, round);
  if (stored === undefined || stored.review.end !== null) return 0;
  const subjects = roster.map(({ subject }) => subject);
  const conflicted = await readConflicts(tx, applicationId, subjects);
  let { review } = stored;
  let count = 0;
  for (const seat of review.seats.filter(({ state }) => state === 'OPEN')) {
    const taskId = stored.tasks.get(`${seat.stage}/${seat.seat}`);
    const roles: readonly DeskRole[] = review.stages[seat.stage - 1]?.roles ?? [];
    const subject = chooseAssignee(roles, roster, new Set([...conflicted, ...peopleIn(review)]));
    const role = roster
      .find((one) => one.subject === subject)
      ?.roles.find((one) => roles.includes(one));
    if (subject === null || role === undefined || taskId === undefined) continue;
    const to = { subject, role, onBehalfOf: null, limitFen: 0, conflicted: false };
    const answer = atDesk(review, { kind: 'ASSIGN', place: seat, to, at: at.getTime() });
    if (!answer.ok) continue;
    ({ review } = answer);
    roster = given(roster, subject, at);
    count += 1;
    await recordAssignment(tx, stored, taskId, to, at);
  }
  await saveReview(tx, stored, review, { at, slaDueAt: at });
  return count;
}
