/** Sends a decision to people whatever its strategy said: the kill switch, or a person whose last decision was overturned. */
import { approvalsAbove } from './authority.ts';
import { type Decision, type DecisionRequest, highestRate } from './decide.ts';
import { minFen } from './money.ts';
import type { PolicyReader } from './policy.ts';
import { type Product, ratesFor } from './product.ts';
import type { ReasonCode } from './reasons.ts';

/** At most four principal reasons are told. */
const MOST_REASONS = 4;

/**
 * The same decision as a referral for `reasons`, which come first; unchanged without any. A referral proposes the
 * request itself within the product, as domain/decide.ts does; a product without any price stays declined, since nobody
 * could approve it.
 */
export function referInstead(
  decision: Decision,
  reasons: readonly ReasonCode[],
  on: {
    readonly request: DecisionRequest;
    readonly product: Product;
    readonly policy: PolicyReader;
    /** The strategy's own bound, where it has one. */
    readonly twoPersonAboveFen: number | null;
  },
): Decision {
  const rate =
    decision.annualRate ??
    ratesFor(on.product, on.request.termMonths)[decision.grade] ??
    highestRate(on.product, on.request.termMonths) ??
    highestRate(on.product);
  if (reasons.length === 0 || rate === null) return decision;
  const all = [...new Set([...reasons, ...decision.reasons])].slice(0, MOST_REASONS);
  if (decision.outcome === 'REFER') return { ...decision, reasons: all };
  return {
    ...decision,
    outcome: 'REFER',
    reasons: all,
    approvedAmountFen: minFen(on.request.amountFen, on.product.maxAmountFen),
    annualRate: rate,
    approvals: approvalsAbove(
      on.request.amountFen,
      decision.grade,
      Math.min(
        on.policy('review.twoPersonAboveFen'),
        on.twoPersonAboveFen ?? Number.POSITIVE_INFINITY,
      ),
    ),
  };
}
