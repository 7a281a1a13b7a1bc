/** The price of a grade: the lower of what the strategy and the product say, in the first segment that hits. */
import { GRADES, type Grade } from './loan-terms.ts';
import type { PolicyReader } from './policy.ts';
import { type Product, ratesFor, type RatesByGrade } from './product.ts';
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

export type PriceOf = (grade: Grade, variables: Variables, termMonths: number) => Priced;

/** The dearest price of a term, or of all of them: what a request is measured against before its grade is known. */
export function highestRate(
  product: Pick<Product, 'rateByGrade' | 'termRates'>,
  termMonths: number | null = null,
): AnnualRate | null {
  const tables =
    termMonths === null
      ? [product.rateByGrade, ...product.termRates.map(({ rateByGrade }) => rateByGrade)]
      : [ratesFor(product, termMonths)];
  const rates = tables.flatMap((table) => Object.values(table)).filter((rate) => rate !== null);
  return rates.sort((a, b) => compareRates(b, a))[0] ?? null;
}

function lower(price: Price, ofProduct: AnnualRate | null): AnnualRate | null {
  if (price === null || ofProduct === null) return null;
  return price === 'PRODUCT' || compareRates(price, ofProduct) >= 0 ? ofProduct : price;
}

type Rates = ReadonlyMap<Grade, AnnualRate | null>;

function ratesOf(table: PriceTable, ofProduct: RatesByGrade): Rates {
  return new Map(GRADES.map((grade) => [grade, lower(table[grade], ofProduct[grade])]));
}

/** The prices of one of the product's tables: without a segment, and in each. */
interface Prices {
  readonly general: Rates;
  readonly segments: readonly Rates[];
}

/** Works out every price once; what is left for a decision is to find its term and segment. */
export function compilePricing(
  pricing: Strategy['pricing'],
  product: Product,
  policy: PolicyReader,
): PriceOf {
  const rules = compileRules(pricing.segments, 'PRICE', policy);
  const pricesOf = (ofProduct: RatesByGrade): Prices => ({
    general: ratesOf(pricing.rateByGrade, ofProduct),
    segments: pricing.segments.map(({ rateByGrade }) => ratesOf(rateByGrade, ofProduct)),
  });
  const known = new Map(
    [product, ...product.termRates].map(({ rateByGrade }) => [rateByGrade, pricesOf(rateByGrade)]),
  );
  return (grade, variables, termMonths) => {
    const ofProduct = ratesFor(product, termMonths);
    const prices = known.get(ofProduct) ?? pricesOf(ofProduct);
    const trace = rules.map((rule) => runRule(rule, variables));
    const first = trace.findIndex(({ outcome }) => outcome !== 'MISS');
    const table = (first === -1 ? undefined : prices.segments[first]) ?? prices.general;
    return {
      rate: table.get(grade) ?? null,
      trace,
      unknown: trace[first]?.outcome === 'NOT_EVALUABLE',
    };
  };
}
