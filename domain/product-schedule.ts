/**
 * The schedule of a product's loan: the one function from which offer, cost disclosure, contract and loan take their numbers, so
 * that the same terms give the same fen wherever they are asked for.
 */
import { addDays, addMonthsClamped, datePartsOf, daysBetween } from './calendar.ts';
import type { Fen } from './money.ts';
import type { DueDayRule, MonthEnd, Product, ProductFee } from './product.ts';
import { type AnnualRate, D, roundToFen } from './rates.ts';
import { buildSchedule, type Schedule, type ScheduleFee } from './schedule.ts';

/** The terms of one loan of a product. */
export interface ProductTerms {
  readonly product: Product;
  readonly amountFen: Fen;
  readonly termMonths: number;
  readonly annualRate: AnnualRate;
  /** The day the money moves. */
  readonly startDate: string;
  /** The day of the month that the applicant chose; null for none. A day that the product does not offer is not taken. */
  readonly dueDay: number | null;
  /** The fees in fen, where they are not those of the product for this amount: a tranche has its share of those of the whole. */
  readonly fees?: readonly ScheduleFee[];
}

/** A fee in fen for a principal, each time it is paid. */
export function feeAmount(product: Product, fee: ProductFee, principalFen: Fen): Fen {
  if (fee.amountFen !== undefined) return fee.amountFen;
  return roundToFen(
    new D(fee.percent).times(principalFen).dividedBy(100),
    product.schedule.rounding,
  );
}

/** The product's fees in fen for a principal. */
export function scheduleFees(product: Product, principalFen: Fen): readonly ScheduleFee[] {
  return product.fees.map((fee) => ({
    code: fee.code,
    timing: fee.timing,
    amountFen: feeAmount(product, fee, principalFen),
  }));
}

/** A day that every month has. */
const EVERY_MONTH = 28;

function dueDayOf(
  rule: DueDayRule,
  monthEnd: MonthEnd,
  { startDate, dueDay: chosen }: Pick<ProductTerms, 'startDate' | 'dueDay'>,
): number {
  if (rule.kind === 'FIXED') return rule.day;
  if (rule.kind === 'CHOICE')
    return chosen !== null && rule.from <= chosen && chosen <= rule.to ? chosen : rule.standard;
  const { day } = datePartsOf(startDate);
  return monthEnd === 'DAY_28' ? Math.min(day, EVERY_MONTH) : day;
}

/** The first due date on a day of the month that is not before `earliest`. */
function onOrAfter(earliest: string, dueDay: number): string {
  const inMonth = addMonthsClamped(earliest, 0, dueDay);
  return inMonth >= earliest ? inMonth : addMonthsClamped(earliest, 1, dueDay);
}

function firstDueDate({ schedule }: Product, startDate: string, dueDay: number): string {
  if (schedule.firstPeriod === 'FULL_MONTH') return addMonthsClamped(startDate, 1, dueDay);
  if (schedule.firstPeriod === 'LONGER_FIRST')
    return onOrAfter(addMonthsClamped(startDate, 1), dueDay);
  const next = onOrAfter(addDays(startDate, 1), dueDay);
  return daysBetween(startDate, next) < schedule.leastFirstDays
    ? addMonthsClamped(next, 1, dueDay)
    : next;
}

/**
 * The schedule of a loan of a product. Throws ScheduleError for terms that make no loan.
 * @param rateDecimals decimals of the annualised rates
 */
export function productSchedule(terms: ProductTerms, rateDecimals = 2): Schedule {
  const { product, amountFen, termMonths, annualRate, startDate } = terms;
  const { rounding, monthEnd, minimumPercent } = product.schedule;
  const dueDay = dueDayOf(product.schedule.dueDay, monthEnd, terms);
  return buildSchedule(
    {
      principalFen: amountFen,
      annualRate,
      instalments: termMonths,
      method: product.method,
      dayCount: product.dayCount,
      startDate,
      firstDueDate: firstDueDate(product, startDate, dueDay),
      dueDay,
      rounding,
      fees: terms.fees ?? scheduleFees(product, amountFen),
      ...(minimumPercent === null ? {} : { minimumPercent }),
    },
    rateDecimals,
  );
}
