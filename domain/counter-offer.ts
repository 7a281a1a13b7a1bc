/**
 * The terms a reviewer approves: those that were decided, or a counter-offer of less, of another term or at a lower price,
 * within the product, the strategy's limit and the rate cap. Nobody is ever lent more or dearer than was decided.
 */
import type { Terms } from './desk-review.ts';
import { fen, type Fen } from './money.ts';
import { buildOffer } from './offer.ts';
import type { PolicyReader } from './policy.ts';
import { type Product, validateRequest } from './products.ts';
import { compareRates, parseAnnualRate } from './rates.ts';

export interface TermsUnderVote {
  readonly terms: Terms;
  /** What the decision proposes; its amount is the most that can be approved. */
  readonly decided: Terms;
  readonly product: Product;
  readonly policy: PolicyReader;
  /** The strategy's limit for the grade in fen; null where it is not known, as with evidence that is missing. */
  readonly strategyLimitFen: Fen | null;
  readonly lenderName: string;
  /** Business date the schedule is built from. */
  readonly today: string;
}

export type TermsFault =
  | 'AMOUNT'
  | 'TERM'
  | 'RATE_MALFORMED'
  | 'RATE_ABOVE_DECIDED'
  | 'RATE_BELOW_PRODUCT'
  | 'RATE_ABOVE_CAP'
  | 'ABOVE_STRATEGY_LIMIT';

/** The lowest price of the product for any grade; null when it has none. */
function lowestRate(product: Product): string | null {
  const rates = Object.values(product.rateByGrade).filter((rate) => rate !== null);
  return rates.toSorted(compareRates)[0] ?? null;
}

/** True for terms other than those decided, a smaller amount alone left aside. */
export function changesTermOrPrice({ terms, decided }: Pick<TermsUnderVote, 'terms' | 'decided'>) {
  return terms.termMonths !== decided.termMonths || terms.annualRate !== decided.annualRate;
}

function refuseRate({ terms, decided, product }: TermsUnderVote): TermsFault | null {
  if (terms.annualRate === decided.annualRate) return null;
  if (parseAnnualRate(terms.annualRate) === null) return 'RATE_MALFORMED';
  if (compareRates(terms.annualRate, decided.annualRate) > 0) return 'RATE_ABOVE_DECIDED';
  const lowest = lowestRate(product);
  return lowest !== null && compareRates(terms.annualRate, lowest) < 0
    ? 'RATE_BELOW_PRODUCT'
    : null;
}

/** Whether an offer on these terms can be made today, its whole cost within the cap. */
function refuseOffer(vote: TermsUnderVote): TermsFault | null {
  const rate = parseAnnualRate(vote.terms.annualRate);
  if (rate === null) return 'RATE_MALFORMED';
  try {
    const made = buildOffer({
      product: vote.product,
      amountFen: fen(vote.terms.amountFen),
      termMonths: vote.terms.termMonths,
      annualRate: rate,
      lenderName: vote.lenderName,
      startDate: vote.today,
      policy: vote.policy,
    });
    return made.ok ? null : 'RATE_ABOVE_CAP';
  } catch {
    // Terms that make no schedule make no loan.
    return 'TERM';
  }
}

/** Why these terms cannot be approved, or null. The amount's range is the desk's own matter (desk-refusals.ts). */
export function termsFault(vote: TermsUnderVote): TermsFault | null {
  const { terms, product, strategyLimitFen } = vote;
  const { amountFen, termMonths } = terms;
  if (!Number.isSafeInteger(amountFen) || amountFen <= 0) return 'AMOUNT';
  const request = validateRequest(product, fen(amountFen), termMonths);
  if (!request.ok) return request.reason === 'TERM' ? 'TERM' : 'AMOUNT';
  const rate = refuseRate(vote);
  if (rate !== null) return rate;
  if (changesTermOrPrice(vote) && strategyLimitFen !== null && amountFen > strategyLimitFen)
    return 'ABOVE_STRATEGY_LIMIT';
  return refuseOffer(vote);
}
