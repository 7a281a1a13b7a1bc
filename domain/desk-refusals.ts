/** Why the desk refuses an act: who may take a task, hold it and vote on it. */
import { isDecidingRole } from './authority.ts';
import {
  type Ballot,
  type DeskAct,
  type DeskPerson,
  type DeskRefusal,
  isLive,
  type Place,
  type Review,
  type Seat,
  seatAt,
  stageOf,
  type Terms,
} from './desk-review.ts';

/** Everybody behind a vote: who gave it and whose authority was used. */
function peopleOf(one: { readonly subject: string; readonly onBehalfOf: string | null }) {
  return one.onBehalfOf === null ? [one.subject] : [one.subject, one.onBehalfOf];
}

/** True when a person, or the one whose authority they use, has voted or sits at another task of the stage already. */
function takesPart(review: Review, place: Place, by: DeskPerson): boolean {
  const people = peopleOf(by);
  const voted = (ballot: Ballot) => peopleOf(ballot).some((one) => people.includes(one));
  const sits = (seat: Seat) =>
    seat.state === 'CLAIMED' &&
    (seat.stage !== place.stage || seat.seat !== place.seat) &&
    seat.assignee !== null &&
    people.includes(seat.assignee);
  return review.ballots.some(voted) || review.seats.some(sits);
}

/** Whether this person may sit there at all. */
function refusePerson(review: Review, place: Place, by: DeskPerson): DeskRefusal | null {
  const roles = review.stages[place.stage - 1]?.roles ?? [];
  if (!isDecidingRole(by.role) || !roles.includes(by.role)) return 'ROLE';
  if (by.conflicted) return 'CONFLICT';
  return takesPart(review, place, by) ? 'SAME_PERSON' : null;
}

function refuseSeat(seat: Seat | undefined): DeskRefusal | null {
  if (seat === undefined) return 'NO_SUCH_TASK';
  return isLive(seat) ? null : 'TASK_CLOSED';
}

export function refuseClaim(review: Review, place: Place, by: DeskPerson): DeskRefusal | null {
  const seat = seatAt(review, place);
  const closed = refuseSeat(seat);
  if (closed !== null) return closed;
  if (seat?.state === 'CLAIMED' && seat.assignee !== by.subject) return 'CLAIMED_BY_OTHER';
  return refusePerson(review, place, by);
}

/** Taking a task from the person who holds it: another person who fits, with a reason. */
export function refuseTaking(
  review: Review,
  act: Extract<DeskAct, { kind: 'STEAL' }>,
): DeskRefusal | null {
  const seat = seatAt(review, act.place);
  const closed = refuseSeat(seat);
  if (closed !== null) return closed;
  if (seat?.state !== 'CLAIMED') return 'NOBODY_HOLDS_IT';
  if (seat.assignee === act.by.subject) return 'OWN_TASK';
  if (act.reason.trim() === '') return 'REASON_MISSING';
  return refusePerson(review, act.place, act.by);
}

/** Only the person who holds a task works on it. */
export function refuseHolder(review: Review, place: Place, by: DeskPerson): DeskRefusal | null {
  const seat = seatAt(review, place);
  const closed = refuseSeat(seat);
  if (closed !== null) return closed;
  if (seat?.state !== 'CLAIMED') return 'NOT_CLAIMED';
  return seat.assignee === by.subject ? null : 'CLAIMED_BY_OTHER';
}

function refuseTerms(review: Review, terms: Terms, by: DeskPerson): DeskRefusal | null {
  const { proposal, leastFen, mostFen } = review;
  const whole = Number.isSafeInteger(terms.amountFen);
  if (!whole || terms.amountFen < leastFen || terms.amountFen > mostFen) return 'AMOUNT_RANGE';
  // Once somebody approved, others agree to the same loan or to less of it; other terms begin a new round.
  if (
    proposal !== null &&
    (terms.amountFen > proposal.amountFen ||
      terms.termMonths !== proposal.termMonths ||
      terms.annualRate !== proposal.annualRate)
  )
    return 'TERMS_DIFFER';
  const final = stageOf(review) === review.stages.length;
  return final && terms.amountFen > by.limitFen ? 'ABOVE_AUTHORITY' : null;
}

export function refuseDecision(
  review: Review,
  act: Extract<DeskAct, { kind: 'DECIDE' }>,
): DeskRefusal | null {
  const refusal =
    refuseHolder(review, act.place, act.by) ?? refusePerson(review, act.place, act.by);
  if (refusal !== null) return refusal;
  if (review.waiting) return 'WAITING_APPLICANT';
  if (act.evidenceVersion !== review.evidenceVersion) return 'STALE_EVIDENCE';
  if (act.reasons.length === 0) return 'REASON_MISSING';
  if (act.verdict === 'DECLINE') return null;
  return act.terms === null ? 'TERMS_MISSING' : refuseTerms(review, act.terms, act.by);
}
