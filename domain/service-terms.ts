/** The terms a loan is serviced under: price, penalty, order of allocation, prepayment, cooling-off and the holiday rule. */
import { addDays, addMonthsClamped } from './calendar.ts';
import type { DayCount, RepaymentMethod } from './loan-terms.ts';
import type { PolicyReader } from './policy.ts';
import type { EarlySettlementStep, HolidayRule, Product, ServicingRules } from './product.ts';
import { type AnnualRate, type Rounding } from './rates.ts';
import { ALLOCATION_ORDER, type Part } from './service.ts';

export type { HolidayRule } from './product.ts';

/** In which order money pays what is due (regulation.md §7.3); printed in the contract. */
export interface AllocationPolicy {
  /** Within one instalment, the oldest instalment first. */
  readonly order: readonly Part[];
  /** From so many days past due the principal of all that is due is paid first; null for never. */
  readonly principalFirstFromDays: number | null;
}

export interface ServicingTerms {
  readonly annualRate: AnnualRate;
  readonly method: RepaymentMethod;
  readonly dayCount: DayCount;
  readonly penaltyMarkupPercent: string;
  /** Whether overdue interest bears penalty interest too: only where the contract agrees. */
  readonly compoundPenalty: boolean;
  readonly allocation: AllocationPolicy;
  /** The fee of prepaying, by months since the payout. */
  readonly earlySettlement: readonly EarlySettlementStep[];
  /** The borrower may give the loan back within so many days after the payout; 0 for never. */
  readonly coolingOffDays: number;
  /** Whether the days of a loan that is given back cost interest. */
  readonly coolingOffInterest: boolean;
  readonly holidayRule: HolidayRule;
  /** How new versions of the schedule are rounded; half-up unless told. */
  readonly rounding?: Rounding;
  /** 随借随还: percent of the balance that every due date asks for. */
  readonly minimumPercent?: string;
}

function allocationOf(servicing: ServicingRules, policy: PolicyReader): AllocationPolicy {
  const rank = policy('service.allocationOrder');
  const from = servicing.principalFirstFromDays ?? policy('service.principalFirstFromDays');
  return {
    order: servicing.allocationOrder ?? [...ALLOCATION_ORDER].sort((a, b) => rank[a] - rank[b]),
    principalFirstFromDays: from > 0 ? from : null,
  };
}

/** Which rule of holidays a loan has: the product's own, else the policy's. */
export function holidayRuleOf(
  { servicing }: Pick<Product, 'servicing'>,
  policy: PolicyReader,
): HolidayRule {
  const ofPolicy = policy('service.holidayShift') ? 'NEXT_BUSINESS_DAY' : 'AS_AGREED';
  return servicing.holidayRule ?? ofPolicy;
}

/** The terms of one loan: its own price, its product's rules, and for those it does not set the policy of the day it was applied for. */
export function servicingTerms(
  loan: Pick<ServicingTerms, 'annualRate' | 'method'>,
  product: Pick<Product, 'dayCount' | 'contingent' | 'schedule' | 'servicing'>,
  policy: PolicyReader,
): ServicingTerms {
  const { contingent, servicing, schedule } = product;
  return {
    annualRate: loan.annualRate,
    method: loan.method,
    dayCount: product.dayCount,
    penaltyMarkupPercent: contingent.penaltyMarkupPercent,
    compoundPenalty: servicing.compoundPenalty ?? policy('service.compoundPenalty'),
    allocation: allocationOf(servicing, policy),
    earlySettlement: contingent.earlySettlement,
    coolingOffDays: servicing.coolingOffDays ?? policy('sign.coolingOffDays'),
    coolingOffInterest: servicing.coolingOffInterest ?? policy('service.coolingOffInterest'),
    holidayRule: holidayRuleOf(product, policy),
    rounding: schedule.rounding,
    ...(schedule.minimumPercent === null ? {} : { minimumPercent: schedule.minimumPercent }),
  };
}

/** Days past due that are not reported yet. */
export function graceDaysOf(
  { servicing }: Pick<Product, 'servicing'>,
  policy: PolicyReader,
): number {
  return servicing.graceDays ?? policy('service.graceDays');
}

/** The percent of the principal that prepaying on a day costs: the last step whose whole months have passed since the payout. */
export function earlySettlementPercent(
  { earlySettlement }: Pick<ServicingTerms, 'earlySettlement'>,
  disbursedOn: string,
  on: string,
): string {
  const reached = earlySettlement.filter(
    ({ fromMonth }) => addMonthsClamped(disbursedOn, fromMonth) <= on,
  );
  return reached.at(-1)?.percent ?? '0';
}

/** The last day on which the borrower may give the loan back, or null where the product does not allow it. */
export function coolingOffUntil(disbursedOn: string, terms: ServicingTerms): string | null {
  return terms.coolingOffDays > 0 ? addDays(disbursedOn, terms.coolingOffDays) : null;
}
