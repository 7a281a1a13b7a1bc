/** What stands of a review: stages, seats, votes, the terms under vote; and the acts that people and clocks try on it. */
import type { StageSpec } from './approval-matrix.ts';

export type SeatState = 'OPEN' | 'CLAIMED' | 'DECIDED' | 'CANCELLED';

/** One task of a stage. `stage` counts from 1 and is the task's level on the record. */
export interface Seat {
  readonly stage: number;
  readonly seat: number;
  readonly state: SeatState;
  readonly assignee: string | null;
  /** Milliseconds since the epoch when its holder last did something with it; null while nobody holds it. */
  readonly activeAt: number | null;
}

/** What is approved: the terms the offer will be made on. */
export interface Terms {
  readonly amountFen: number;
  readonly termMonths: number;
  /** Decimal string in percent. */
  readonly annualRate: string;
}

/** A vote that was given. */
export interface Ballot {
  readonly stage: number;
  readonly seat: number;
  readonly subject: string;
  /** The person whose authority was lent; null for one's own. */
  readonly onBehalfOf: string | null;
  readonly verdict: 'APPROVE' | 'DECLINE';
  readonly terms: Terms | null;
  readonly evidenceVersion: number;
}

export type ReviewEnd = 'APPROVED' | 'DECLINED' | 'RETURNED' | 'CANCELLED';

export interface Review {
  readonly stages: readonly StageSpec[];
  readonly seats: readonly Seat[];
  readonly ballots: readonly Ballot[];
  /** True while the applicant owes an answer. */
  readonly waiting: boolean;
  readonly evidenceVersion: number;
  /** What the decision allows at most, and the product at least, in fen. */
  readonly mostFen: number;
  readonly leastFen: number;
  /** The terms under vote; null before the first approval. */
  readonly proposal: Terms | null;
  readonly end: ReviewEnd | null;
}

/** Who acts, as the record knows them at this moment. */
export interface DeskPerson {
  readonly subject: string;
  readonly role: string;
  readonly onBehalfOf: string | null;
  /** Fen up to which this person may approve in the final stage: role, personal limit and lent authority together. */
  readonly limitFen: number;
  /** The application is their own, a relative's or one they declared a conflict with. */
  readonly conflicted: boolean;
}

/** A task of the review: which stage, which seat. */
export interface Place {
  readonly stage: number;
  readonly seat: number;
}

export type DeskAct =
  | {
      readonly kind: 'CLAIM' | 'RELEASE' | 'TOUCH';
      readonly place: Place;
      readonly by: DeskPerson;
      readonly at: number;
    }
  | {
      readonly kind: 'STEAL';
      readonly place: Place;
      readonly by: DeskPerson;
      readonly at: number;
      readonly reason: string;
    }
  | { readonly kind: 'ASSIGN'; readonly place: Place; readonly to: DeskPerson; readonly at: number }
  | { readonly kind: 'LAPSE'; readonly at: number; readonly idleMs: number }
  | {
      readonly kind: 'DECIDE';
      readonly place: Place;
      readonly by: DeskPerson;
      readonly at: number;
      readonly verdict: 'APPROVE' | 'DECLINE';
      readonly terms: Terms | null;
      readonly evidenceVersion: number;
      readonly reasons: readonly string[];
    }
  | {
      readonly kind: 'REQUEST_MORE' | 'RETURN';
      readonly place: Place;
      readonly by: DeskPerson;
      readonly at: number;
      readonly evidenceVersion: number;
      readonly reasons: readonly string[];
    }
  | { readonly kind: 'SUPPLY'; readonly evidenceVersion: number; readonly inputsChanged: boolean }
  | { readonly kind: 'AMEND'; readonly evidenceVersion: number }
  | { readonly kind: 'CANCEL' };

export type DeskRefusal =
  | 'ENDED'
  | 'NO_SUCH_TASK'
  | 'TASK_CLOSED'
  | 'WAITING_APPLICANT'
  | 'NOTHING_ASKED'
  | 'ROLE'
  | 'CONFLICT'
  | 'CLAIMED_BY_OTHER'
  | 'NOT_CLAIMED'
  | 'NOBODY_HOLDS_IT'
  | 'OWN_TASK'
  | 'SAME_PERSON'
  | 'STALE_EVIDENCE'
  | 'REASON_MISSING'
  | 'TERMS_MISSING'
  | 'TERMS_DIFFER'
  | 'AMOUNT_RANGE'
  | 'ABOVE_AUTHORITY';

export type DeskAnswer =
  | { readonly ok: true; readonly review: Review }
  | { readonly ok: false; readonly refusal: DeskRefusal };

/** The seats of a stage as it opens. */
export function seatsOf(stage: number, spec: StageSpec): readonly Seat[] {
  return Array.from({ length: spec.seats }, (_, i) => ({
    stage,
    seat: i + 1,
    state: 'OPEN' as const,
    assignee: null,
    activeAt: null,
  }));
}

/** A review as it begins: the seats of the first stage, open. */
export function openReview(
  stages: readonly StageSpec[],
  evidenceVersion: number,
  leastFen: number,
  mostFen: number,
): Review {
  const [first] = stages;
  if (first === undefined) throw new RangeError('A review needs a stage.');
  return {
    stages,
    seats: seatsOf(1, first),
    ballots: [],
    waiting: false,
    evidenceVersion,
    mostFen,
    leastFen,
    proposal: null,
    end: null,
  };
}

/** The stage that is being voted on: the last one that has seats. */
export function stageOf(review: Review): number {
  return Math.max(...review.seats.map((seat) => seat.stage));
}

export function seatAt(review: Review, place: Place): Seat | undefined {
  return review.seats.find((s) => s.stage === place.stage && s.seat === place.seat);
}

export const isLive = (seat: Seat): boolean => seat.state === 'OPEN' || seat.state === 'CLAIMED';
