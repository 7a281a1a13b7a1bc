/** The payout: its states and the transitions allowed between them. Money is sent once; a doubt is asked about, never resent. */

/**
 * READY waits for finance; RELEASED may be sent; SENT has a request on its way; ACCEPTED waits for the bank's word;
 * UNKNOWN got no readable answer; PAID moved the money; REFUSED moved none and waits for people, who may open another
 * attempt; STOPPED was held back by our own check before the bank was asked, and waits for people alike; RETURNED was paid
 * and came back; CANCELLED ends without money.
 */
export const PAYOUT_STATES = [
  'READY',
  'RELEASED',
  'SENT',
  'ACCEPTED',
  'UNKNOWN',
  'PAID',
  'REFUSED',
  'STOPPED',
  'RETURNED',
  'CANCELLED',
] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];

/** Every allowed transition. `UNKNOWN → SENT` is missing on purpose: after a doubt only the bank's books decide. */
export const PAYOUT_TRANSITIONS: Readonly<Record<PayoutState, readonly PayoutState[]>> = {
  READY: ['RELEASED', 'CANCELLED'],
  RELEASED: ['SENT', 'STOPPED'],
  SENT: ['ACCEPTED', 'PAID', 'REFUSED', 'UNKNOWN'],
  ACCEPTED: ['PAID', 'REFUSED', 'UNKNOWN'],
  UNKNOWN: ['PAID', 'REFUSED', 'ACCEPTED'],
  PAID: ['RETURNED'],
  REFUSED: [],
  STOPPED: [],
  RETURNED: [],
  CANCELLED: [],
};

export function mayMovePayout(from: PayoutState, to: PayoutState): boolean {
  return PAYOUT_TRANSITIONS[from].includes(to);
}

/** What the bank said about a request number. */
export type BankAnswer =
  | { readonly kind: 'PAID' }
  | { readonly kind: 'ACCEPTED' }
  | { readonly kind: 'REFUSED'; readonly code: string }
  /** The bank has no request of this number: it never arrived. */
  | { readonly kind: 'NOT_FOUND' }
  /** No answer, an unreadable one, or one with a wrong signature. */
  | { readonly kind: 'NO_ANSWER' };

export interface PayoutStep {
  readonly state: PayoutState;
  /** What to do next: ask by request number, send the same request again, wait for a callback, call a person, or nothing. */
  readonly next: 'QUERY' | 'SEND' | 'WAIT' | 'PERSON' | 'DONE';
}

/**
 * What follows from an answer. `asked` says whether it answers a query or the transfer itself. Only a query that finds
 * nothing allows the same request number to be sent again; the number makes the bank pay at most once.
 */
export function payoutStep(answer: BankAnswer, asked: 'TRANSFER' | 'QUERY'): PayoutStep {
  switch (answer.kind) {
    case 'PAID':
      return { state: 'PAID', next: 'DONE' };
    case 'ACCEPTED':
      return { state: 'ACCEPTED', next: 'WAIT' };
    case 'REFUSED':
      return { state: 'REFUSED', next: 'PERSON' };
    case 'NOT_FOUND':
      return { state: 'SENT', next: asked === 'QUERY' ? 'SEND' : 'QUERY' };
    case 'NO_ANSWER':
      return { state: 'UNKNOWN', next: 'QUERY' };
    default:
      return answer satisfies never;
  }
}

/** States of a payout that moved no money, or whose money came back: two people may open another attempt or give up. */
const OPEN_TO_PEOPLE: readonly PayoutState[] = ['REFUSED', 'STOPPED', 'RETURNED'];

/** Whether two people may say what follows: another attempt under a new number, or the end. */
export function mayResolve(state: PayoutState): boolean {
  return OPEN_TO_PEOPLE.includes(state);
}

/** How many people release a payout: two above the policy's amount, and one at or below it. */
export function releasesNeeded(amountFen: number, secondReleaseAboveFen: number): 1 | 2 {
  return amountFen > secondReleaseAboveFen ? 2 : 1;
}

export type ReleaseRefusal =
  | 'ROLE'
  | 'SAME_PERSON'
  | 'OWN_LOAN'
  | 'STATE'
  /** A checker came before any maker had released. */
  | 'NOT_RELEASED'
  /** Another maker has released already; what is missing is a checker. */
  | 'RELEASED_ALREADY';

export interface ReleaseRequest {
  readonly state: PayoutState;
  readonly actor: { readonly subject: string; readonly role: string };
  readonly applicantSubject: string | null;
  readonly approvedBy: readonly string[];
  /** Whoever released another payout of the application. */
  readonly releasedBefore: readonly string[];
  readonly needed: 1 | 2;
  /** The maker whose release waits for a checker; null before. */
  readonly firstReleasedBy: string | null;
}

export type ReleaseAdmission =
  | { readonly ok: true; readonly next: 'AWAIT_CHECKER' | 'RELEASED' }
  | { readonly ok: false; readonly reason: ReleaseRefusal };

function refuseStep({ actor, needed, firstReleasedBy }: ReleaseRequest): ReleaseRefusal | null {
  if (actor.role === 'finance-maker') return firstReleasedBy === null ? null : 'RELEASED_ALREADY';
  if (actor.role !== 'finance-checker' || needed === 1) return 'ROLE';
  return firstReleasedBy === null ? 'NOT_RELEASED' : null;
}

/**
 * A finance maker releases a payout and a finance checker, another person, confirms it; money moves only after the last of
 * them. Whoever approved the loan does neither, nor the borrower, nor whoever released an earlier payout of the loan.
 */
export function admitRelease(input: ReleaseRequest): ReleaseAdmission {
  const { actor, firstReleasedBy } = input;
  const refuse = (reason: ReleaseRefusal) => ({ ok: false, reason }) as const;
  if (actor.role !== 'finance-maker' && actor.role !== 'finance-checker') return refuse('ROLE');
  if (!mayMovePayout(input.state, 'RELEASED')) return refuse('STATE');
  if (actor.subject === input.applicantSubject) return refuse('OWN_LOAN');
  const before = [...input.approvedBy, ...input.releasedBefore];
  if (before.includes(actor.subject) || actor.subject === firstReleasedBy)
    return refuse('SAME_PERSON');
  const reason = refuseStep(input);
  if (reason !== null) return refuse(reason);
  const isLast = input.needed === 1 || firstReleasedBy !== null;
  return { ok: true, next: isLast ? 'RELEASED' : 'AWAIT_CHECKER' };
}
