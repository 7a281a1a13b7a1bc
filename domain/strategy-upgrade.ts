/**
 * Strategies of format 1, in which conditions had a shape of their own: what they look like, and how one is read as
 * format 2. Published documents are never rewritten: an older one is upgraded whenever it is read.
 */
import type { NumericPolicyRule } from './expression.ts';
import { GRADES, type Grade } from './loan-terms.ts';
import type { ReasonCode } from './reasons.ts';
import type { GradeLimit } from './strategy.ts';
import type { VariableName } from './variable-catalogue.ts';

/** A limit of format 1: a constant of the strategy or a number of the dated policy. */
export type Limit1 = number | { readonly policy: NumericPolicyRule };

export type Comparison1 = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition1 =
  | { readonly variable: VariableName; readonly is: Comparison1; readonly limit: Limit1 }
  | { readonly variable: VariableName; readonly equals: boolean }
  | { readonly variable: VariableName; readonly among: readonly string[] }
  | { readonly any: readonly Condition1[] }
  | { readonly all: readonly Condition1[] };

export interface Rule1 {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly reason: ReasonCode;
  readonly when: Condition1;
  /** When true, a missing variable lets the rule miss. */
  readonly missingMisses: boolean;
}

export interface StrategyFormat1 {
  readonly id: string;
  readonly version: number;
  readonly scorecard: string;
  readonly knockouts: readonly Rule1[];
  readonly referrals: readonly Rule1[];
  readonly cutoffs: { readonly autoApproveFrom: number; readonly autoDeclineBelow: number };
  readonly maxDebtRatioPercent: number;
  readonly limits: Readonly<Record<Grade, GradeLimit>>;
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deeper than any condition may be; what is nested deeper stays as it is and is refused by the check. */
const DEEPEST = 32;

function upgradeCondition(condition: unknown, depth = 0): unknown {
  if (!isObject(condition) || depth > DEEPEST) return condition;
  const each = (list: unknown) =>
    Array.isArray(list) ? list.map((one) => upgradeCondition(one, depth + 1)) : list;
  if ('any' in condition) return { or: each(condition['any']) };
  if ('all' in condition) return { and: each(condition['all']) };
  const variable = { var: condition['variable'] };
  if ('equals' in condition) return { '==': [variable, condition['equals']] };
  if ('among' in condition) return { in: [variable, condition['among']] };
  const is = condition['is'] === '=' ? '==' : String(condition['is']);
  return { [is]: [variable, condition['limit']] };
}

function upgradeRule(rule: unknown): unknown {
  if (!isObject(rule)) return rule;
  const { when, missingMisses, ...rest } = rule;
  return {
    ...rest,
    when: upgradeCondition(when),
    whenAbsent: missingMisses === true ? 'MISS' : 'REFER',
  };
}

/** The prices of a strategy that states none: the product's for every grade. */
export const PRODUCT_PRICES = Object.fromEntries(
  GRADES.map((grade) => [grade, 'PRODUCT']),
) as Readonly<Record<Grade, 'PRODUCT'>>;

/**
 * A strategy document in format 2. One of format 1 is known by the absence of `format`; anything else is given back as
 * it is, for the check to judge. Total on any JSON value.
 */
export function upgradeStrategy(document: unknown): unknown {
  if (!isObject(document) || 'format' in document) return document;
  const rules = (list: unknown) => (Array.isArray(list) ? list.map(upgradeRule) : list);
  return {
    format: 2,
    ...document,
    knockouts: rules(document['knockouts']),
    referrals: rules(document['referrals']),
    pricing: { rateByGrade: PRODUCT_PRICES, segments: [] },
    authority: { autoApproveMaxFen: null, twoPersonAboveFen: null },
    tests: [],
  };
}
