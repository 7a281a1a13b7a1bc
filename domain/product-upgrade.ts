/** Reads product documents of format 1 as products of format 2: what they did not say stays as the house did it then. */
import type { ContingentCosts, Product, ScheduleRules, ServicingRules } from './product.ts';

/** Format 1: one price for all terms, one fee for early settlement, everything else by the policy. */
export interface ProductV1
  extends Omit<
    Product,
    'format' | 'termRates' | 'schedule' | 'contingent' | 'servicing' | 'excludedPurposes'
  > {
  readonly contingent: Omit<ContingentCosts, 'earlySettlement'> & {
    /** Percent of the principal prepaid; `0` when early settlement is free. */
    readonly earlySettlementPercent: string;
  };
}

/** Instalments a month apart from the payout, half-up. */
export const SCHEDULE_OF_FORMAT_1: ScheduleRules = {
  dueDay: { kind: 'PAYOUT_DAY' },
  firstPeriod: 'FULL_MONTH',
  leastFirstDays: 1,
  monthEnd: 'LAST_DAY',
  rounding: 'HALF_UP',
  minimumPercent: null,
};

/** Everything as the pinned policy says. */
export const SERVICING_BY_POLICY: ServicingRules = {
  graceDays: null,
  holidayRule: null,
  compoundPenalty: null,
  allocationOrder: null,
  principalFirstFromDays: null,
  coolingOffDays: null,
  coolingOffInterest: null,
};

/** The consumer loan of format 1 was refused for business; other products were not. */
const NO_BUSINESS = 'PERSONAL_CREDIT';

export function upgradeProduct({ contingent, ...product }: ProductV1): Product {
  const { earlySettlementPercent, ...costs } = contingent;
  return {
    format: 2,
    ...product,
    termRates: [],
    schedule: SCHEDULE_OF_FORMAT_1,
    contingent: { ...costs, earlySettlement: [{ fromMonth: 0, percent: earlySettlementPercent }] },
    servicing: SERVICING_BY_POLICY,
    excludedPurposes: product.code === NO_BUSINESS ? ['BUSINESS'] : [],
  };
}

/**
 * A published document of either format. Published documents were parsed when they were published and never change, so
 * only the format is looked at.
 */
export function publishedProduct(document: unknown): Product {
  const isFormat2 = typeof document === 'object' && document !== null && 'format' in document;
  return isFormat2 ? (document as Product) : upgradeProduct(document as ProductV1);
}
