/** The price of a grade: the lower of what the strategy and the product say, in the first segment that hits. */
import { GRADES, type Grade } from './loan-terms.ts';
import type { PolicyReader } from './policy.ts';
import type { Product } from './products.ts';
import { type AnnualRate, compareRates } from './rates.ts';
import { compileRules, type RuleTrace, runRule } from './rules.ts';
import type { Price, PriceTable, Strategy } from './strategy.ts';
import type { Variables } from './variable-catalogue.ts';

export interface Priced {
  /** Null where the grade is not lent to. */
  readonly rate: AnnualRate | null;
  readonly trace: readonly RuleTrace[];
  /** A segment that could not be evaluated before one hit: which price holds is not known. */
  readonly unknown: boolean;
}

export type PriceOf = (grade: Grade, variables: Variables) => Priced;

/** The dearest price of a product: what a request is measured against before its grade is known. */
export function highestRate(product: Product): AnnualRate | null {
  const rates = Object.values(product.rateByGrade).filter((rate) => rate !== null);
  return rates.sort((a, b) => compareRates(b, a))[0] ?? null;
}

function lower(price: Price, ofProduct: AnnualRate | null): AnnualRate | null {
  if (price === null || ofProduct === null) return null;
  return price === 'PRODUCT' || compareRates(price, ofProduct) >= 0 ? ofProduct : price;
}

type Rates = ReadonlyMap<Grade, AnnualRate | null>;

function ratesOf(table: PriceTable, product: Product): Rates {
  return new Map(GRADES.map((grade) => [grade, lower(table[grade], product.rateByGrade[grade])]));
}

/** Works out every price once; what is left for a decision is to find its segment. */
export function compilePricing(
  pricing: Strategy['pricing'],
  product: Product,
  policy: PolicyReader,
): PriceOf {
  const general = ratesOf(pricing.rateByGrade, product);
  const rules = compileRules(pricing.segments, 'PRICE', policy);
  const tables = pricing.segments.map(({ rateByGrade }) => ratesOf(rateByGrade, product));
  return (grade, variables) => {
    const trace = rules.map((rule) => runRule(rule, variables));
    const first = trace.findIndex(({ outcome }) => outcome !== 'MISS');
    const table = (first === -1 ? undefined : tables[first]) ?? general;
    return {
      rate: table.get(grade) ?? null,
      trace,
      unknown: trace[first]?.outcome === 'NOT_EVALUABLE',
    };
  };
}
