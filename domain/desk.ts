/**
 * The review desk: what each act of a person or a clock makes of a review. Pure: the activities load a review from the
 * record, ask here, and write what came out. A stage has seats, a seat is one task for one person, and a stage is
 * approved when its quorum of seats has approved.
 */
import {
  type Ballot,
  type DeskAct,
  type DeskAnswer,
  type DeskRefusal,
  isLive,
  type Place,
  type Review,
  type ReviewEnd,
  type Seat,
  seatsOf,
  stageOf,
} from './desk-review.ts';
import { refuseClaim, refuseDecision, refuseHolder, refuseTaking } from './desk-refusals.ts';

function withSeat(review: Review, place: Place, change: Partial<Seat>): Review {
  const seats = review.seats.map((seat) =>
    seat.stage === place.stage && seat.seat === place.seat ? { ...seat, ...change } : seat,
  );
  return { ...review, seats };
}

function closeSeats(review: Review): Review {
  const seats = review.seats.map(
    (seat): Seat => (isLive(seat) ? { ...seat, state: 'CANCELLED' } : seat),
  );
  return { ...review, seats };
}

function ended(review: Review, end: ReviewEnd): Review {
  return { ...closeSeats(review), waiting: false, end };
}

/** What a full or a hopeless count makes of the stage. */
function count(review: Review): Review {
  const stage = stageOf(review);
  const spec = review.stages[stage - 1];
  if (spec === undefined) return review;
  const votes = review.ballots.filter((ballot) => ballot.stage === stage);
  const approvals = votes.filter((ballot) => ballot.verdict === 'APPROVE').length;
  const declines = votes.length - approvals;
  if (declines > spec.seats - spec.quorum) return ended(review, 'DECLINED');
  if (approvals < spec.quorum) return review;
  const next = review.stages[stage];
  if (next === undefined) return ended(review, 'APPROVED');
  const closed = closeSeats(review);
  return { ...closed, seats: [...closed.seats, ...seatsOf(stage + 1, next)] };
}

type Decide = Extract<DeskAct, { kind: 'DECIDE' }>;

function vote(review: Review, act: Decide): Review {
  const ballot: Ballot = {
    ...act.place,
    subject: act.by.subject,
    onBehalfOf: act.by.onBehalfOf,
    verdict: act.verdict,
    terms: act.verdict === 'APPROVE' ? act.terms : null,
    evidenceVersion: act.evidenceVersion,
  };
  // Later approvers may agree to less and never to more, so the last terms are the strictest: nobody is lent more than
  // every approver agreed to.
  const proposal = ballot.terms ?? review.proposal;
  const seated = withSeat(review, act.place, { state: 'DECIDED', activeAt: act.at });
  return count({ ...seated, proposal, ballots: [...review.ballots, ballot] });
}

const yes = (review: Review): DeskAnswer => ({ ok: true, review });

function answer(refusal: DeskRefusal | null, review: () => Review): DeskAnswer {
  return refusal === null ? yes(review()) : { ok: false, refusal };
}

function lapse(review: Review, at: number, idleMs: number): Review {
  const seats = review.seats.map((seat): Seat => {
    const idle = seat.state === 'CLAIMED' && seat.activeAt !== null && at - seat.activeAt >= idleMs;
    return idle ? { ...seat, state: 'OPEN', assignee: null, activeAt: null } : seat;
  });
  return { ...review, seats };
}

/** Evidence changed under the vote: what was approved on the former evidence is void, and the story weighs again. */
function onChanged(review: Review, evidenceVersion: number): Review {
  return ended({ ...review, evidenceVersion }, 'RETURNED');
}

/** What an act makes of a review, or why it is refused. A refused act changes nothing. */
export function atDesk(review: Review, act: DeskAct): DeskAnswer {
  if (review.end !== null) return { ok: false, refusal: 'ENDED' };
  switch (act.kind) {
    case 'CLAIM':
      return answer(refuseClaim(review, act.place, act.by), () =>
        withSeat(review, act.place, {
          state: 'CLAIMED',
          assignee: act.by.subject,
          activeAt: act.at,
        }),
      );
    case 'ASSIGN':
      return answer(refuseClaim(review, act.place, act.to), () =>
        withSeat(review, act.place, {
          state: 'CLAIMED',
          assignee: act.to.subject,
          activeAt: act.at,
        }),
      );
    case 'STEAL':
      return answer(refuseTaking(review, act), () =>
        withSeat(review, act.place, { assignee: act.by.subject, activeAt: act.at }),
      );
    case 'TOUCH':
      return answer(refuseHolder(review, act.place, act.by), () =>
        withSeat(review, act.place, { activeAt: act.at }),
      );
    case 'RELEASE':
      return answer(refuseHolder(review, act.place, act.by), () =>
        withSeat(review, act.place, { state: 'OPEN', assignee: null, activeAt: null }),
      );
    case 'LAPSE':
      return yes(review.waiting ? review : lapse(review, act.at, act.idleMs));
    case 'DECIDE':
      return answer(refuseDecision(review, act), () => vote(review, act));
    case 'REQUEST_MORE':
    case 'RETURN':
    case 'SUPPLY':
    case 'AMEND':
    case 'CANCEL':
      return onQuestion(review, act);
  }
}

type Question = Extract<
  DeskAct,
  { kind: 'REQUEST_MORE' | 'RETURN' | 'SUPPLY' | 'AMEND' | 'CANCEL' }
>;

function onQuestion(review: Review, act: Question): DeskAnswer {
  switch (act.kind) {
    case 'REQUEST_MORE':
    case 'RETURN': {
      const refusal =
        refuseHolder(review, act.place, act.by) ??
        (review.waiting ? 'WAITING_APPLICANT' : null) ??
        (act.evidenceVersion === review.evidenceVersion ? null : 'STALE_EVIDENCE') ??
        (act.reasons.length === 0 ? 'REASON_MISSING' : null);
      return answer(refusal, () =>
        act.kind === 'RETURN'
          ? ended(withSeat(review, act.place, { state: 'DECIDED', activeAt: act.at }), 'RETURNED')
          : { ...withSeat(review, act.place, { activeAt: act.at }), waiting: true },
      );
    }
    case 'SUPPLY':
      return answer(review.waiting ? null : 'NOTHING_ASKED', () =>
        act.inputsChanged
          ? onChanged(review, act.evidenceVersion)
          : { ...review, waiting: false, evidenceVersion: act.evidenceVersion },
      );
    case 'AMEND':
      return yes(onChanged(review, act.evidenceVersion));
    case 'CANCEL':
      return yes(ended(review, 'CANCELLED'));
  }
}
