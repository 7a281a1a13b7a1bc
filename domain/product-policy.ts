/** What a product promises that the policy of the day forbids: its amounts, terms, whole cost and penalties. */
import { at, type Fault, fault } from './fault.ts';
import type { Fen } from './money.ts';
import type { PolicyReader } from './policy.ts';
import { highestRate } from './pricing.ts';
import { offerCapCheck } from './offer.ts';
import { productSchedule } from './product-schedule.ts';
import { type Product, ratesFor } from './product.ts';
import { rateCapOf } from './rate-cap.ts';
import { type AnnualRate, compareRates, D } from './rates.ts';
import { ScheduleError } from './schedule.ts';
import { tranchesOf, wholeSchedule } from './tranches.ts';

/** The place of the dearest price of a term: where the author has to change it. */
function placeOfRates(product: Product, termMonths: number): string {
  const own = product.termRates.findIndex(
    ({ fromMonths, toMonths }) => fromMonths <= termMonths && termMonths <= toMonths,
  );
  return own === -1 ? 'rateByGrade' : at(at('termRates', own), 'rateByGrade');
}

/** Whether the whole cost of a loan on the dearest price, fees included, is within the cap. */
function costs(
  product: Product,
  of: { readonly amountFen: Fen; readonly termMonths: number; readonly annualRate: AnnualRate },
  { policy, day }: Ground,
): 'WITHIN' | 'ABOVE' | 'NO_SCHEDULE' {
  try {
    const terms = { product, ...of, startDate: day, dueDay: null };
    const tranches = tranchesOf(terms);
    const schedule = tranches.length > 0 ? wholeSchedule(tranches) : productSchedule(terms);
    return offerCapCheck({ schedule, tranches }, policy).within ? 'WITHIN' : 'ABOVE';
  } catch (error) {
    if (error instanceof ScheduleError) return 'NO_SCHEDULE';
    throw error;
  }
}

interface Ground {
  readonly policy: PolicyReader;
  /** The day on which loans would start. */
  readonly day: string;
}

function costFaults(product: Product, ground: Ground): readonly Fault[] {
  const places = new Map<string, Fault>();
  for (const termMonths of product.termsMonths) {
    const rate = highestRate(product, termMonths);
    const place = placeOfRates(product, termMonths);
    if (rate === null) continue;
    for (const amountFen of new Set([product.minAmountFen, product.maxAmountFen])) {
      const cost = costs(product, { amountFen, termMonths, annualRate: rate }, ground);
      if (cost === 'ABOVE')
        places.set(
          place,
          fault(
            place,
            'RATE_ABOVE_CAP',
            `${termMonths} 个月期的年化综合融资成本高于上限`,
            `The annualised cost over ${termMonths} months is above the cap`,
          ),
        );
      if (cost === 'NO_SCHEDULE')
        places.set(
          'fees',
          fault(
            'fees',
            'NO_SCHEDULE',
            `${termMonths} 个月期的还款计划无法生成，请核对费用`,
            `No schedule can be made over ${termMonths} months; the fees may exceed the loan`,
          ),
        );
    }
  }
  return [...places.values()];
}

/**
 * 民间借贷: the overdue rate of a lender without a licence may not be above the cap either (regulation.md §1.4, art. 29 of the
 * judicial interpretation).
 */
function overdueRateFaults(product: Product, policy: PolicyReader): readonly Fault[] {
  const rate = highestRate(product);
  if (product.lenderType !== 'UNLICENSED' || rate === null) return [];
  const overdue = new D(rate).times(new D(product.contingent.penaltyMarkupPercent).plus(100));
  if (compareRates(overdue.dividedBy(100).toFixed(), rateCapOf(policy).percent) <= 0) return [];
  return [
    fault(
      'contingent.penaltyMarkupPercent',
      'OVERDUE_RATE_ABOVE_CAP',
      '逾期利率高于利率上限',
      'The overdue rate is above the cap',
    ),
  ];
}

const AMOUNT = fault(
  'maxAmountFen',
  'AMOUNT_ABOVE_POLICY',
  '产品最高金额高于政策允许的金额',
  'The most amount is above what the policy allows',
);
const TERM = fault(
  'termsMonths',
  'TERM_ABOVE_POLICY',
  '产品期限长于政策允许的期限',
  'A term is longer than the policy allows',
);
const PENALTY = fault(
  'contingent.penaltyMarkupPercent',
  'PENALTY_ABOVE_POLICY',
  '罚息加收比例高于政策允许的比例',
  'The markup for overdue principal is above what the policy allows',
);
const MISUSE = fault(
  'contingent.misuseMarkupPercent',
  'MISUSE_ABOVE_POLICY',
  '挪用罚息加收比例高于政策允许的比例',
  'The markup for misuse is above what the policy allows',
);

/**
 * What a product promises that the policy of a day forbids (regulation.md §1.4, §3.2, §3.3, §7.3), with the places; empty when
 * it may be sold. The cost is that of a loan on the dearest price of each term, of the least and of the most amount, on the
 * schedule rounded to fen with all fees. It is checked again with every offer.
 * @param day on which loans would start, ISO
 */
export function productFaults(
  product: Product,
  policy: PolicyReader,
  day: string,
): readonly Fault[] {
  const { penaltyMarkupPercent, misuseMarkupPercent } = product.contingent;
  const above = (a: string, b: string) => compareRates(a, b) > 0;
  const checks: readonly (readonly [boolean, Fault])[] = [
    [product.maxAmountFen > policy('loan.maxAmountFen'), AMOUNT],
    [product.termsMonths.some((months) => months > policy('loan.maxTermMonths')), TERM],
    [above(penaltyMarkupPercent, policy('service.penaltyMarkupPercent')), PENALTY],
    [above(misuseMarkupPercent, policy('service.misuseMarkupPercent')), MISUSE],
  ];
  return [
    ...checks.filter(([broken]) => broken).map(([, found]) => found),
    ...costFaults(product, { policy, day }),
    ...overdueRateFaults(product, policy),
  ];
}

/** Terms at which no grade can borrow. */
export function unpricedTerms(
  product: Pick<Product, 'termsMonths' | 'rateByGrade' | 'termRates'>,
): readonly number[] {
  return product.termsMonths.filter((months) =>
    Object.values(ratesFor(product, months)).every((rate) => rate === null),
  );
}
