/** The cap on what a loan may cost a year: which value holds, which measure it looks at, and whether a cost is within it. */
import type { LenderType } from './loan-terms.ts';
import { policyAt, type PolicyReader, type PolicyRow, type RateCap } from './policy.ts';
import { compareRates, D, formatPercent } from './rates.ts';
import type { Annualised } from './schedule-terms.ts';

export interface RateCapCheck {
  readonly within: boolean;
  /** The rate compared, percent with two decimals. */
  readonly rate: string;
  readonly cap: string;
}

/** A cap worked out: percent a year with the measure that is compared with it. */
export interface CapInForce {
  readonly percent: string;
  readonly measure: RateCap['measure'];
}

/** The cap of a policy. One that is told as a multiple follows the one-year LPR of the same policy and day. */
export function rateCapOf(policy: PolicyReader): CapInForce {
  const cap = policy('rate.cap');
  if ('percent' in cap) return cap;
  const percent = new D(cap.timesLpr1y).times(policy('rate.lpr1yPercent'));
  return { percent: percent.toFixed(), measure: cap.measure };
}

/**
 * Compares a rate in percent with a cap at two decimals, half-up: a 24 % loan whose instalments are rounded to fen
 * costs 24.00006 % and is within a cap of 24 % (regulation.md §1.4).
 */
export function checkRateCap(percent: string | number, cap: string): RateCapCheck {
  const rate = formatPercent(new D(percent).dividedBy(100));
  return {
    within: compareRates(rate, cap) <= 0,
    rate,
    cap: formatPercent(new D(cap).dividedBy(100)),
  };
}

/** The measure that a policy's cap is compared with. */
export function measureOf(annualised: Annualised, cap: Pick<CapInForce, 'measure'>): string {
  const measures = {
    SIMPLE: annualised.simple,
    COMPOUND: annualised.compound,
    XIRR: annualised.xirr,
  } as const;
  return measures[cap.measure];
}

/** Whether a cost is within the cap of a policy. */
export function capCheck(annualised: Annualised, policy: PolicyReader): RateCapCheck {
  const cap = rateCapOf(policy);
  return checkRateCap(measureOf(annualised, cap), cap.percent);
}

/** The rows that made a cap: kept with the offer, so that years later it is plain which rule in which version said so. */
export function capRows(
  rows: readonly PolicyRow[],
  on: string,
  lenderType: LenderType,
): readonly PolicyRow[] {
  const cap = policyAt(rows, 'rate.cap', on, lenderType);
  return 'percent' in cap.value
    ? [cap]
    : [cap, policyAt(rows, 'rate.lpr1yPercent', on, lenderType)];
}
