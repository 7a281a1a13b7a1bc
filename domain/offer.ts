/** The offer: amount, rate, schedule and the disclosure of what it costs, checked against the rate cap. */
import { addDays } from './calendar.ts';
import { type CostDisclosure, disclose } from './cost-disclosure.ts';
import type { LenderType, RepaymentMethod } from './loan-terms.ts';
import type { Fen } from './money.ts';
import type { PolicyReader } from './policy.ts';
import { isDueDayOf, type Product } from './product.ts';
import { productSchedule } from './product-schedule.ts';
import { capCheck, type RateCapCheck } from './rate-cap.ts';
import type { AnnualRate } from './rates.ts';
import type { Schedule } from './schedule.ts';
import { type Tranche, tranchesOf, wholeSchedule } from './tranches.ts';

export type { CostDisclosure, CostItem } from './cost-disclosure.ts';
export { checkRateCap, type RateCapCheck } from './rate-cap.ts';
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
  /** Of the whole: where it is paid out in parts, what falls due of all parts, each paid on its earliest day. */
  readonly schedule: Schedule;
  /** The parts in which it is paid out; absent where it is paid out once. */
  readonly tranches?: readonly Tranche[];
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

/** One payout of an offer: what becomes principal with it, and what the borrower receives. */
export interface OfferedPayout {
  readonly principalFen: Fen;
  readonly advancedFen: Fen;
}

/** A payout of an offer by its number; the whole loan where it is paid out once. @throws RangeError for one that is not planned */
export function payoutOfOffer(offer: Offer, number: number): OfferedPayout {
  if (offer.tranches === undefined && number === 1)
    return { principalFen: offer.amountFen, advancedFen: offer.schedule.totals.advancedFen };
  const { principalFen, schedule } = trancheOf(offer, number);
  return { principalFen, advancedFen: schedule.totals.advancedFen };
}

function trancheOf(offer: Offer, number: number): Tranche {
  const tranche = offer.tranches?.find((one) => one.number === number);
  if (tranche === undefined) throw new RangeError(`the offer has no payout ${number}`);
  return tranche;
}

/**
 * The schedule of an accepted offer, or of one part of it, from the day the money moves: that of the offer when it moves on the
 * day the offer assumed, and the same terms from the other day when it does not.
 */
export function scheduleOfOffer(
  offer: Offer,
  product: Product,
  startDate: string,
  number = 1,
): Schedule {
  const part =
    offer.tranches === undefined
      ? { amountFen: offer.amountFen }
      : { amountFen: trancheOf(offer, number).principalFen, fees: trancheOf(offer, number).fees };
  return productSchedule({
    product,
    ...part,
    termMonths: offer.termMonths,
    annualRate: offer.annualRate,
    startDate,
    dueDay: offer.dueDay ?? null,
  });
}

/** The cost of an offer against a cap: the dearest of the whole and of each part decides. */
export function offerCapCheck(
  { schedule, tranches = [] }: Pick<Offer, 'schedule' | 'tranches'>,
  policy: PolicyReader,
): RateCapCheck {
  const all = [schedule, ...tranches.map((one) => one.schedule)];
  const checks = all.map(({ annualised }) => capCheck(annualised, policy));
  return checks.find(({ within }) => !within) ?? capCheck(schedule.annualised, policy);
}

/**
 * Makes an offer. Refused, never trimmed, when its total cost is above the lender's cap: a price that breaks the cap is
 * a mistake of the product and a person must see it. Throws ScheduleError for terms that make no loan.
 */
export function buildOffer(input: OfferInput): OfferResult {
  const { product, amountFen, termMonths, annualRate, startDate } = input;
  const chosen = input.dueDay ?? null;
  const dueDay = isDueDayOf(product.schedule.dueDay, chosen) ? chosen : null;
  const terms = { product, amountFen, termMonths, annualRate, startDate, dueDay };
  const tranches = tranchesOf(terms);
  const isInParts = tranches.length > 0;
  const schedule = isInParts ? wholeSchedule(tranches) : productSchedule(terms);
  const cap = offerCapCheck({ schedule, tranches }, input.policy);
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
      ...(isInParts ? { tranches } : {}),
      disclosure: disclose(input, schedule, tranches),
      cap,
      validUntil: addDays(startDate, input.policy('offer.validityDays')),
    },
  };
}
