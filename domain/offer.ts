/** The offer: amount, rate, schedule and the disclosure of what it costs, checked against the rate cap. */
import { addDays } from './calendar.ts';
import { type CostDisclosure, disclose } from './cost-disclosure.ts';
import type { LenderType, RepaymentMethod } from './loan-terms.ts';
import type { Fen } from './money.ts';
import type { PolicyReader } from './policy.ts';
import { productSchedule } from './product-schedule.ts';
import { isDueDayOf, type Product } from './product.ts';
import { capCheck, type RateCapCheck } from './rate-cap.ts';
import type { AnnualRate } from './rates.ts';
import type { Schedule } from './schedule.ts';

export type { CostDisclosure, CostItem } from './cost-disclosure.ts';
export { capCheck, checkRateCap, type RateCapCheck } from './rate-cap.ts';
export type { Instalment, Schedule, ScheduleInput } from './schedule.ts';

export interface Offer {
  readonly product: string;
  readonly lenderType: LenderType;
  readonly amountFen: Fen;
  readonly termMonths: number;
  readonly method: RepaymentMethod;
  /** Nominal rate a year, percent. */
  readonly annualRate: AnnualRate;
  /** Day the schedule assumes the money moves. */
  readonly startDate: string;
  /** The day of the month that the applicant chose, where the product lets them. */
  readonly dueDay?: number;
  readonly schedule: Schedule;
  readonly disclosure: CostDisclosure;
  readonly cap: RateCapCheck;
  /** Last day on which it can be accepted. */
  readonly validUntil: string;
}

export type OfferResult =
  | { readonly ok: true; readonly offer: Offer }
  | { readonly ok: false; readonly reason: 'RATE_ABOVE_CAP'; readonly cap: RateCapCheck };

export interface OfferInput {
  readonly product: Product;
  readonly amountFen: Fen;
  readonly termMonths: number;
  readonly annualRate: AnnualRate;
  readonly lenderName: string;
  readonly startDate: string;
  /** The day of the month that the applicant chose; a day that the product does not offer is not taken. */
  readonly dueDay?: number | null;
  readonly policy: PolicyReader;
}

/**
 * The schedule of an accepted offer from the day the money moves: that of the offer when it moves on the day the offer
 * assumed, and the same terms from the other day when it does not.
 */
export function scheduleOfOffer(offer: Offer, product: Product, startDate: string): Schedule {
  return productSchedule({
    product,
    amountFen: offer.amountFen,
    termMonths: offer.termMonths,
    annualRate: offer.annualRate,
    startDate,
    dueDay: offer.dueDay ?? null,
  });
}

/**
 * Makes an offer. Refused, never trimmed, when its total cost is above the lender's cap: a price that breaks the cap is
 * a mistake of the product and a person must see it. Throws ScheduleError for terms that make no loan.
 */
export function buildOffer(input: OfferInput): OfferResult {
  const { product, amountFen, termMonths, annualRate, startDate } = input;
  const chosen = input.dueDay ?? null;
  const dueDay = isDueDayOf(product.schedule.dueDay, chosen) ? chosen : null;
  const schedule = productSchedule({
    product,
    amountFen,
    termMonths,
    annualRate,
    startDate,
    dueDay,
  });
  const cap = capCheck(schedule.annualised, input.policy);
  if (!cap.within) return { ok: false, reason: 'RATE_ABOVE_CAP', cap };
  return {
    ok: true,
    offer: {
      product: `${product.code}@${product.version}`,
      lenderType: product.lenderType,
      amountFen,
      termMonths,
      method: product.method,
      annualRate,
      startDate,
      ...(dueDay === null ? {} : { dueDay }),
      schedule,
      disclosure: disclose(input, schedule),
      cap,
      validUntil: addDays(startDate, input.policy('offer.validityDays')),
    },
  };
}
