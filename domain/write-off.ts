/** What events of a loan that is written off are on the books: its claims left them, and the borrower owes them all the same. */
import type { BusinessEvent } from './ledger.ts';
import { type Fen, ZERO_FEN } from './money.ts';
import { NO_PARTS, type Parts, sumParts } from './service.ts';

/** What is posted instead of an event: under the event's own key, and beside it for money that is held. */
export interface Instead {
  readonly own: BusinessEvent | null;
  readonly held: BusinessEvent | null;
}

const NOTHING: Instead = { own: null, held: null };

function recovered(parts: Parts, unappliedFen: Fen): Instead {
  const amountFen = sumParts(parts);
  return {
    own: amountFen === 0 ? null : { kind: 'RECOVERED', amountFen },
    held: unappliedFen === 0 ? null : { kind: 'REPAYMENT_RECEIVED', parts: NO_PARTS, unappliedFen },
  };
}

/**
 * What an event of a written-off loan posts instead of itself; null for an event that is the same for every loan. No claim
 * is made on the books that they no longer hold, and money that pays one is a recovery.
 */
export function offTheBooks(event: BusinessEvent): Instead | null {
  switch (event.kind) {
    case 'REPAYMENT_RECEIVED':
      return recovered(event.parts, event.unappliedFen);
    case 'UNAPPLIED_USED': {
      const amountFen = sumParts(event.parts);
      const own =
        amountFen === ZERO_FEN ? null : ({ kind: 'RECOVERED_FROM_HELD', amountFen } as const);
      return { own, held: null };
    }
    case 'INTEREST_ACCRUED':
    case 'FEE_CHARGED':
    case 'PENALTY_ACCRUED':
    case 'PREPAYMENT_FEE_CHARGED':
    case 'PREPAYMENT_FEE_WAIVED':
    case 'INTEREST_WAIVED':
    case 'PENALTY_WAIVED':
    case 'FEE_WAIVED':
    case 'RESCHEDULED':
      return NOTHING;
    case 'DISBURSED':
    case 'DISBURSEMENT_RETURNED':
    case 'REPAYMENT_RETURNED':
    case 'OVERPAYMENT_REFUNDED':
    case 'COOLING_OFF_UNWOUND':
    case 'WRITTEN_OFF':
    case 'RECOVERED':
    case 'RECOVERED_FROM_HELD':
    case 'UNMATCHED_RECEIVED':
    case 'UNMATCHED_RETURNED':
    case 'UNMATCHED_ASSIGNED':
      return null;
  }
}
