/** The payout: its states and the transitions allowed between them. Money is sent once; a doubt is asked about, never resent. */

/**
 * READY waits for finance; RELEASED may be sent; SENT has a request on its way; ACCEPTED waits for the bank's word;
 * UNKNOWN got no readable answer; PAID moved the money; REFUSED moved none and waits for people, who may open another
 * attempt; CANCELLED ends without money.
 */
export const PAYOUT_STATES = [
  'READY',
  'RELEASED',
  'SENT',
  'ACCEPTED',
  'UNKNOWN',
  'PAID',
  'REFUSED',
  'CANCELLED',
] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];

/** Every allowed transition. `UNKNOWN → SENT` is missing on purpose: after a doubt only the bank's books decide. */
export const PAYOUT_TRANSITIONS: Readonly<Record<PayoutState, readonly PayoutState[]>> = {
  READY: ['RELEASED', 'CANCELLED'],
  RELEASED: ['SENT'],
  SENT: ['ACCEPTED', 'PAID', 'REFUSED', 'UNKNOWN'],
  ACCEPTED: ['PAID', 'REFUSED', 'UNKNOWN'],
  UNKNOWN: ['PAID', 'REFUSED', 'ACCEPTED'],
  PAID: [],
  REFUSED: [],
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

export type ReleaseRefusal = 'ROLE' | 'SAME_PERSON' | 'OWN_LOAN' | 'STATE';

/** A finance maker releases a payout; whoever approved the loan does not, nor the borrower. A retry needs another person than before. */
export function admitRelease(input: {
  readonly state: PayoutState;
  readonly actor: { readonly subject: string; readonly role: string };
  readonly applicantSubject: string | null;
  readonly approvedBy: readonly string[];
  readonly releasedBefore: readonly string[];
}): { readonly ok: true } | { readonly ok: false; readonly reason: ReleaseRefusal } {
  const { actor } = input;
  const refuse = (reason: ReleaseRefusal) => ({ ok: false, reason }) as const;
  if (actor.role !== 'finance-maker') return refuse('ROLE');
  if (!mayMovePayout(input.state, 'RELEASED')) return refuse('STATE');
  if (actor.subject === input.applicantSubject) return refuse('OWN_LOAN');
  if ([...input.approvedBy, ...input.releasedBefore].includes(actor.subject))
    return refuse('SAME_PERSON');
  return { ok: true };
}
