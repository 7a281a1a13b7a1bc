/**
 * The strategy: knockout rules, referrals, cut-offs, limits, prices and authority as one versioned document, which
 * carries its own test cases. docs/strategies.md describes it for its authors, docs/strategy.schema.json for editors.
 */
import type { Expression } from './expression.ts';
import type { Grade } from './loan-terms.ts';
import type { AnnualRate } from './rates.ts';
import type { GapCode, ReasonCode } from './reasons.ts';
import type { Variables } from './variable-catalogue.ts';

/** Most rules of one strategy: knockouts, referrals and price segments together. */
export const MAX_RULES = 300;
/** Most test cases of one strategy. */
export const MAX_CASES = 500;

/** What a rule does when its condition cannot be evaluated: a person looks, or the rule is left out. */
export const WHEN_ABSENT = ['REFER', 'MISS'] as const;

export interface StrategyRule {
  /** Unique in the strategy, e.g. `K05`. */
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** What a hit is called in the decision's reasons. */
  readonly reason: ReasonCode;
  /** A boolean expression. */
  readonly when: Expression;
  readonly whenAbsent: (typeof WHEN_ABSENT)[number];
}

/** What a grade may borrow: an absolute limit and a multiple of the monthly income. */
export interface GradeLimit {
  readonly maxFen: number;
  readonly incomeMonths: number;
}

/** A price: a rate a year in percent; `PRODUCT` where the product's stands; null where the grade is not lent to. */
export type Price = AnnualRate | 'PRODUCT' | null;

export type PriceTable = Readonly<Record<Grade, Price>>;

/** A segment with prices of its own. The first one that hits replaces the general table. */
export interface PriceSegment {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly when: Expression;
  readonly rateByGrade: PriceTable;
}

/** One test of the strategy: what is given and what must come out. */
export interface StrategyCase {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** An earlier case whose variables this one starts from; null starts from no evidence at all. */
  readonly like: string | null;
  readonly variables: Partial<Variables>;
  readonly gaps: readonly GapCode[];
  readonly request: {
    readonly amountFen: number;
    readonly termMonths: number;
    readonly wantsPerson: boolean;
  };
  readonly expect: {
    readonly outcome: 'APPROVE' | 'DECLINE' | 'REFER';
    /** Reasons that must be among the decision's. */
    readonly reasons: readonly ReasonCode[];
    /** Rules that must hit. */
    readonly hits: readonly string[];
  };
}

export interface Strategy {
  readonly format: 2;
  readonly id: string;
  readonly version: number;
  /** `id@version` of the scorecard the cut-offs were set for. */
  readonly scorecard: string;
  /** A hit declines, whatever the score. The order is the order of reasons. */
  readonly knockouts: readonly StrategyRule[];
  /** A hit sends the application to a person. */
  readonly referrals: readonly StrategyRule[];
  /** At or above the first: automatic approval; below the second: automatic decline; between: a person. */
  readonly cutoffs: { readonly autoApproveFrom: number; readonly autoDeclineBelow: number };
  /** Debt service with the new loan over income, percent; bounds the limit. */
  readonly maxDebtRatioPercent: number;
  readonly limits: Readonly<Record<Grade, GradeLimit>>;
  /** The lower of this price and the product's holds: a strategy never charges more than the product states. */
  readonly pricing: {
    readonly rateByGrade: PriceTable;
    readonly segments: readonly PriceSegment[];
  };
  /** Bounds of automatic approval; the smaller of these and the policy's holds. Null leaves it to the policy. */
  readonly authority: {
    readonly autoApproveMaxFen: number | null;
    readonly twoPersonAboveFen: number | null;
  };
  readonly tests: readonly StrategyCase[];
}

/** `id@version`, as records and scorecards name a version. */
export function versionName(of: { readonly id: string; readonly version: number }): string {
  return `${of.id}@${of.version}`;
}
