/** The terms a loan is serviced under: price, penalty, order of allocation, prepayment, cooling-off and the holiday rule. */
import { addDays } from './calendar.ts';
import type { DayCount, RepaymentMethod } from './loan-terms.ts';
import type { PolicyReader } from './policy.ts';
import type { Product } from './products.ts';
import type { AnnualRate } from './rates.ts';
import { ALLOCATION_ORDER, type Part } from './service.ts';

/** In which order money pays what is due (regulation.md §7.3); printed in the contract. */
export interface AllocationPolicy {
  /** Within one instalment, the oldest instalment first. */
  readonly order: readonly Part[];
  /** From so many days past due the principal of all that is due is paid first; null for never. */
  readonly principalFirstFromDays: number | null;
}

/** What becomes of a due date that is no business day. */
export type HolidayRule = 'NEXT_BUSINESS_DAY' | 'AS_AGREED';

export interface ServicingTerms {
  readonly annualRate: AnnualRate;
  readonly method: RepaymentMethod;
  readonly dayCount: DayCount;
  readonly penaltyMarkupPercent: string;
  /** Whether overdue interest bears penalty interest too: only where the contract agrees. */
  readonly compoundPenalty: boolean;
  readonly allocation: AllocationPolicy;
  /** Percent of the principal that is prepaid. */
  readonly earlySettlementPercent: string;
  /** The borrower may give the loan back within so many days after the payout; 0 for never. */
  readonly coolingOffDays: number;
  /** Whether the days of a loan that is given back cost interest. */
  readonly coolingOffInterest: boolean;
  readonly holidayRule: HolidayRule;
}

function allocationOf(policy: PolicyReader): AllocationPolicy {
  const rank = policy('service.allocationOrder');
  const from = policy('service.principalFirstFromDays');
  return {
    order: [...ALLOCATION_ORDER].sort((a, b) => rank[a] - rank[b]),
    principalFirstFromDays: from > 0 ? from : null,
  };
}

/** The terms of one loan: its own price, its product's costs, and the policy of the day it was applied for. */
export function servicingTerms(
  loan: Pick<ServicingTerms, 'annualRate' | 'method'>,
  product: Pick<Product, 'dayCount' | 'contingent'>,
  policy: PolicyReader,
): ServicingTerms {
  return {
    annualRate: loan.annualRate,
    method: loan.method,
    dayCount: product.dayCount,
    penaltyMarkupPercent: product.contingent.penaltyMarkupPercent,
    compoundPenalty: policy('service.compoundPenalty'),
    allocation: allocationOf(policy),
    earlySettlementPercent: product.contingent.earlySettlementPercent,
    coolingOffDays: policy('sign.coolingOffDays'),
    coolingOffInterest: policy('service.coolingOffInterest'),
    holidayRule: policy('service.holidayShift') ? 'NEXT_BUSINESS_DAY' : 'AS_AGREED',
  };
}

/** The last day on which the borrower may give the loan back, or null where the product does not allow it. */
export function coolingOffUntil(disbursedOn: string, terms: ServicingTerms): string | null {
  return terms.coolingOffDays > 0 ? addDays(disbursedOn, terms.coolingOffDays) : null;
}
