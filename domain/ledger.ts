/** Double entry: what each business event puts on which account, balanced to the fen. Debit is positive, credit negative. */
import { ACCOUNTS, type AccountCode } from './ledger-chart.ts';
import { type Fen, signedFen, subtractFen, sumFen, ZERO_FEN } from './money.ts';
import type { Parts } from './service.ts';

/**
 * What happened to the house's money or claims. Amounts are non-negative fen. An event whose amounts are all zero moves
 * nothing and has no journal.
 */
export type BusinessEvent =
  /** The bank paid a payout or tranche: `principalFen` is owed from now on, less the fee kept back it went to the payee. */
  | { readonly kind: 'DISBURSED'; readonly principalFen: Fen; readonly deductedFeeFen: Fen }
  /** The bank sent the payout back: nothing of it is owed. */
  | {
      readonly kind: 'DISBURSEMENT_RETURNED';
      readonly principalFen: Fen;
      readonly deductedFeeFen: Fen;
    }
  /** Contract interest of an instalment became receivable. */
  | { readonly kind: 'INTEREST_ACCRUED'; readonly interestFen: Fen }
  /** A fee of an instalment, or one paid beside the payout, became receivable. */
  | { readonly kind: 'FEE_CHARGED'; readonly feeFen: Fen }
  | { readonly kind: 'PENALTY_ACCRUED'; readonly penaltyFen: Fen }
  | { readonly kind: 'PREPAYMENT_FEE_CHARGED'; readonly feeFen: Fen }
  /** Money came in: what of it paid which part, and what is held for the borrower. */
  | { readonly kind: 'REPAYMENT_RECEIVED'; readonly parts: Parts; readonly unappliedFen: Fen }
  /** Money that was held for the borrower paid what fell due. */
  | { readonly kind: 'UNAPPLIED_USED'; readonly parts: Parts }
  /** A repayment was reversed by the bank (a returned debit): the same figures as when it was received. */
  | { readonly kind: 'REPAYMENT_RETURNED'; readonly parts: Parts; readonly unappliedFen: Fen }
  /** Money that was held for the borrower went back. */
  | { readonly kind: 'OVERPAYMENT_REFUNDED'; readonly amountFen: Fen }
  | { readonly kind: 'INTEREST_WAIVED'; readonly interestFen: Fen }
  | { readonly kind: 'PENALTY_WAIVED'; readonly penaltyFen: Fen }
  | { readonly kind: 'FEE_WAIVED'; readonly feeFen: Fen }
  | { readonly kind: 'PREPAYMENT_FEE_WAIVED'; readonly feeFen: Fen }
  /**
   * The borrower gave the loan back in the cooling-off time: receivables given up, and the fee that was kept back of the
   * payout taken off the principal. The principal itself comes as a repayment.
   */
  | {
      readonly kind: 'COOLING_OFF_UNWOUND';
      readonly interestFen: Fen;
      readonly feeFen: Fen;
      readonly deductedFeeFen: Fen;
    }
  /** A new schedule: receivables that it makes principal; nothing where it only moves dates. */
  | {
      readonly kind: 'RESCHEDULED';
      readonly feeFen: Fen;
      readonly penaltyFen: Fen;
      readonly interestFen: Fen;
    }
  /** Everything the loan still owed on the books was given up as an asset; the borrower owes it all the same. */
  | { readonly kind: 'WRITTEN_OFF'; readonly parts: Parts }
  /** Money on a loan that is written off. */
  | { readonly kind: 'RECOVERED'; readonly amountFen: Fen }
  /** Money that was held for the borrower of a loan that is written off paid what fell due. */
  | { readonly kind: 'RECOVERED_FROM_HELD'; readonly amountFen: Fen }
  /** Money that no loan could be found for, or whose loan is closed. */
  | { readonly kind: 'UNMATCHED_RECEIVED'; readonly amountFen: Fen }
  /** Unmatched money went back to who sent it. */
  | { readonly kind: 'UNMATCHED_RETURNED'; readonly amountFen: Fen }
  /** Unmatched money turned out to be a loan's: it is held for that loan's borrower from now on. */
  | { readonly kind: 'UNMATCHED_ASSIGNED'; readonly amountFen: Fen };

export type EventKind = BusinessEvent['kind'] | 'REVERSED';

/** One line of a journal: never zero, debit positive. */
export interface JournalLine {
  readonly account: AccountCode;
  readonly amountFen: Fen;
}

/** What an event posts: lines that add up to zero; none when the event moves nothing. */
export interface JournalDraft {
  readonly event: EventKind;
  readonly lines: readonly JournalLine[];
}

const minus = (amount: Fen): Fen => subtractFen(ZERO_FEN, amount);
const debit = (account: AccountCode, amountFen: Fen): JournalLine => ({ account, amountFen });
const credit = (account: AccountCode, amountFen: Fen): JournalLine => ({
  account,
  amountFen: minus(amountFen),
});

/** The receivables that a payment of these parts takes away. */
const paidOff = (parts: Parts): readonly JournalLine[] => [
  credit(ACCOUNTS.feeReceivable, parts.feeFen),
  credit(ACCOUNTS.penaltyReceivable, parts.penaltyFen),
  credit(ACCOUNTS.interestReceivable, parts.interestFen),
  credit(ACCOUNTS.principal, parts.principalFen),
];

const total = ({ feeFen, penaltyFen, interestFen, principalFen }: Parts): Fen =>
  sumFen([feeFen, penaltyFen, interestFen, principalFen]);

const transfer = (to: AccountCode, from: AccountCode, amountFen: Fen): readonly JournalLine[] => [
  debit(to, amountFen),
  credit(from, amountFen),
];

const received = (parts: Parts, unappliedFen: Fen): readonly JournalLine[] => [
  debit(ACCOUNTS.bank, sumFen([total(parts), unappliedFen])),
  ...paidOff(parts),
  credit(ACCOUNTS.unapplied, unappliedFen),
];

const disbursed = (principalFen: Fen, deductedFeeFen: Fen): readonly JournalLine[] => [
  debit(ACCOUNTS.principal, principalFen),
  credit(ACCOUNTS.bank, subtractFen(principalFen, deductedFeeFen)),
  credit(ACCOUNTS.feeIncome, deductedFeeFen),
];

const negated = (lines: readonly JournalLine[]): readonly JournalLine[] =>
  lines.map(({ account, amountFen }) => ({ account, amountFen: minus(amountFen) }));

/** The lines of each event, zeros among them. One case per event: one screen on which the accountant reads them all. */
function linesOf(event: BusinessEvent): readonly JournalLine[] {
  const { bank, principal, unapplied, unmatched, creditLoss } = ACCOUNTS;
  const { interestReceivable, penaltyReceivable, feeReceivable } = ACCOUNTS;
  const { interestIncome, penaltyIncome, feeIncome, prepaymentFeeIncome } = ACCOUNTS;
  switch (event.kind) {
    case 'DISBURSED':
      return disbursed(event.principalFen, event.deductedFeeFen);
    case 'DISBURSEMENT_RETURNED':
      return negated(disbursed(event.principalFen, event.deductedFeeFen));
    case 'INTEREST_ACCRUED':
      return transfer(interestReceivable, interestIncome, event.interestFen);
    case 'FEE_CHARGED':
      return transfer(feeReceivable, feeIncome, event.feeFen);
    case 'PENALTY_ACCRUED':
      return transfer(penaltyReceivable, penaltyIncome, event.penaltyFen);
    case 'PREPAYMENT_FEE_CHARGED':
      return transfer(feeReceivable, prepaymentFeeIncome, event.feeFen);
    case 'REPAYMENT_RECEIVED':
      return received(event.parts, event.unappliedFen);
    case 'UNAPPLIED_USED':
      return [debit(unapplied, total(event.parts)), ...paidOff(event.parts)];
    case 'REPAYMENT_RETURNED':
      return negated(received(event.parts, event.unappliedFen));
    case 'OVERPAYMENT_REFUNDED':
      return transfer(unapplied, bank, event.amountFen);
    case 'INTEREST_WAIVED':
      return transfer(interestIncome, interestReceivable, event.interestFen);
    case 'PENALTY_WAIVED':
      return transfer(penaltyIncome, penaltyReceivable, event.penaltyFen);
    case 'FEE_WAIVED':
      return transfer(feeIncome, feeReceivable, event.feeFen);
    case 'PREPAYMENT_FEE_WAIVED':
      return transfer(prepaymentFeeIncome, feeReceivable, event.feeFen);
    case 'COOLING_OFF_UNWOUND':
      return [
        ...transfer(interestIncome, interestReceivable, event.interestFen),
        ...transfer(feeIncome, feeReceivable, event.feeFen),
        ...transfer(feeIncome, principal, event.deductedFeeFen),
      ];
    case 'RESCHEDULED':
      return [
        debit(principal, sumFen([event.feeFen, event.penaltyFen, event.interestFen])),
        ...paidOff({
          feeFen: event.feeFen,
          penaltyFen: event.penaltyFen,
          interestFen: event.interestFen,
          principalFen: ZERO_FEN,
        }),
      ];
    case 'WRITTEN_OFF':
      return [debit(creditLoss, total(event.parts)), ...paidOff(event.parts)];
    case 'RECOVERED':
      return transfer(bank, creditLoss, event.amountFen);
    case 'RECOVERED_FROM_HELD':
      return transfer(unapplied, creditLoss, event.amountFen);
    case 'UNMATCHED_RECEIVED':
      return transfer(bank, unmatched, event.amountFen);
    case 'UNMATCHED_RETURNED':
      return transfer(unmatched, bank, event.amountFen);
    case 'UNMATCHED_ASSIGNED':
      return transfer(unmatched, unapplied, event.amountFen);
  }
}

/** Lines of one account become one, and what comes to nothing goes. */
function netted(lines: readonly JournalLine[]): readonly JournalLine[] {
  const byAccount = new Map<AccountCode, Fen>();
  for (const { account, amountFen } of lines) {
    byAccount.set(account, signedFen((byAccount.get(account) ?? 0) + amountFen));
  }
  return [...byAccount]
    .filter(([, amountFen]) => amountFen !== 0)
    .map(([account, amountFen]) => ({ account, amountFen }));
}

/** Every amount anywhere in an event. */
function amountsOf(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap((inner) => amountsOf(inner))
    : [];
}

/**
 * The journal of an event. Throws RangeError for an amount that is negative, no safe integer, or a deducted fee above the
 * principal: such an event has not happened.
 */
export function journalOf(event: BusinessEvent): JournalDraft {
  if (amountsOf(event).some((amount) => !Number.isSafeInteger(amount) || amount < 0))
    throw new RangeError(`An amount of ${event.kind} is negative or no safe integer.`);
  if ('principalFen' in event && event.deductedFeeFen > event.principalFen)
    throw new RangeError(`A fee of ${event.kind} is above the principal it is kept back of.`);
  return { event: event.kind, lines: netted(linesOf(event)) };
}

/** The journal that takes another one back: the same lines on the other side. */
export function reversalOf(lines: readonly JournalLine[]): JournalDraft {
  return { event: 'REVERSED', lines: negated(lines) };
}

/** What one loan's accounts hold: claims as positive fen, and the borrower's unapplied money as positive fen. */
export interface LoanBalances extends Parts {
  readonly unappliedFen: Fen;
}

/** A loan's balances out of the lines of its journals. */
export function balancesOf(lines: readonly JournalLine[]): LoanBalances {
  const on = (code: AccountCode): Fen =>
    sumFen(lines.filter(({ account }) => account === code).map(({ amountFen }) => amountFen));
  return {
    feeFen: on(ACCOUNTS.feeReceivable),
    penaltyFen: on(ACCOUNTS.penaltyReceivable),
    interestFen: on(ACCOUNTS.interestReceivable),
    principalFen: on(ACCOUNTS.principal),
    unappliedFen: minus(on(ACCOUNTS.unapplied)),
  };
}
