/** Tasks of the desk that are no review: who works on them, what they record, and what closes them. */
import { DECIDING_ROLES, type DecidingRole } from './authority.ts';
import { atDesk } from './desk.ts';
import type { DeskAct, DeskRefusal, Seat } from './desk-review.ts';

/** What came of trying to speak with a borrower. */
export const CONTACT_OUTCOMES = [
  'REACHED',
  'NOT_REACHED',
  'WRONG_NUMBER',
  'REFUSED_TO_SPEAK',
] as const;
export type ContactOutcome = (typeof CONTACT_OUTCOMES)[number];

/** Nothing is decided in a collection: attempts and promises are kept, and only paying closes it. */
export const COLLECTION = {
  roles: ['reviewer', 'senior-reviewer'] as readonly DecidingRole[],
  acts: ['CONTACT', 'PROMISE'] as const,
  closedBy: 'CURED',
} as const;

/** Roles in which somebody is at the desk: those who decide on applications, and compliance, which answers objections. */
export const DESK_ROLES = [...DECIDING_ROLES, 'compliance'] as const;
export type DeskRole = (typeof DESK_ROLES)[number];

export function isDeskRole(role: string): role is DeskRole {
  return (DESK_ROLES as readonly string[]).includes(role);
}

/** Who acts on a task that is no review. */
export interface TaskPerson {
  readonly subject: string;
  readonly role: string;
  readonly conflicted: boolean;
}

export type HoldingAct =
  | { readonly kind: 'CLAIM' | 'RELEASE' | 'TOUCH' }
  | { readonly kind: 'STEAL'; readonly reason: string };

const PLACE = { stage: 1, seat: 1 } as const;

/** The role that stands in a review's seat for whichever of the task's own roles somebody has. */
const [STANDS_IN] = DECIDING_ROLES;

/**
 * Taking, giving back, taking over and working on a task: the rules are those of a review with one stage and one seat, so
 * that no kind of task has rules of its own about whose it is.
 */
export function holdTask(
  task: Pick<Seat, 'state' | 'assignee' | 'activeAt'>,
  roles: readonly string[],
  by: TaskPerson,
  act: HoldingAct,
  at: number,
):
  | { readonly ok: true; readonly seat: Seat }
  | { readonly ok: false; readonly refusal: DeskRefusal } {
  if (!roles.includes(by.role)) return { ok: false, refusal: 'ROLE' };
  const seat = { ...PLACE, ...task };
  const review = {
    stages: [{ name: 'task', roles: [STANDS_IN], seats: 1, quorum: 1 }],
    seats: [seat],
    ballots: [],
    waiting: false,
    evidenceVersion: 1,
    mostFen: 0,
    leastFen: 0,
    proposal: null,
    end: null,
  };
  const person = { ...by, role: STANDS_IN, onBehalfOf: null, limitFen: 0 };
  const said: DeskAct = { ...act, place: PLACE, by: person, at };
  const answer = atDesk(review, said);
  return answer.ok ? { ok: true, seat: answer.review.seats[0] ?? seat } : answer;
}
