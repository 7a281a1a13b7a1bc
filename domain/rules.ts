/** Decision rules as data: conditions over the variable catalogue, evaluated with three answers: hit, miss, unknown. */
import type { PolicyReader } from './policy.ts';
import type { ReasonCode } from './reasons.ts';
import type { VariableName, Variables, VariableValue } from './variables.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Policy rules whose value is one number, usable as a limit. */
export type NumericPolicyRule =
  | 'applicant.minAgeYears'
  | 'applicant.maxAgeAtMaturityYears'
  | 'applicant.enhancedFromAgeYears'
  | 'decide.autoApproveMaxFen';

/** A limit: a constant of the strategy or a number of the dated policy. */
export type Limit = number | { readonly policy: NumericPolicyRule };

export type Condition =
  | { readonly variable: VariableName; readonly is: Comparison; readonly limit: Limit }
  | { readonly variable: VariableName; readonly equals: boolean }
  | { readonly variable: VariableName; readonly among: readonly string[] }
  | { readonly any: readonly Condition[] }
  | { readonly all: readonly Condition[] };

export interface Rule {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly reason: ReasonCode;
  readonly when: Condition;
  /** When true, a missing variable lets the rule miss; otherwise it makes the answer unknown and refers to a person. */
  readonly missingMisses: boolean;
}

export type Answer = 'HIT' | 'MISS' | 'UNKNOWN';

/** One rule as it ran: which rule, on which values, with which answer. */
export interface RuleTrace {
  readonly ruleId: string;
  readonly answer: Answer;
  readonly reason: ReasonCode;
  readonly values: Readonly<Record<string, VariableValue>>;
}

function compare(value: number, is: Comparison, limit: number): boolean {
  const answers: Readonly<Record<Comparison, boolean>> = {
    '=': value === limit,
    '!=': value !== limit,
    '<': value < limit,
    '<=': value <= limit,
    '>': value > limit,
    '>=': value >= limit,
  };
  return answers[is];
}

function answer(hit: boolean): Answer {
  return hit ? 'HIT' : 'MISS';
}

/** Three-valued: `any` hits when one hits, `all` misses when one misses, otherwise one unknown makes it unknown. */
export function evaluate(condition: Condition, variables: Variables, policy: PolicyReader): Answer {
  if ('any' in condition) {
    const answers = condition.any.map((c) => evaluate(c, variables, policy));
    if (answers.includes('HIT')) return 'HIT';
    return answers.includes('UNKNOWN') ? 'UNKNOWN' : 'MISS';
  }
  if ('all' in condition) {
    const answers = condition.all.map((c) => evaluate(c, variables, policy));
    if (answers.includes('MISS')) return 'MISS';
    return answers.includes('UNKNOWN') ? 'UNKNOWN' : 'HIT';
  }
  const value = variables[condition.variable];
  if (value === null) return 'UNKNOWN';
  if ('equals' in condition) return answer(value === condition.equals);
  if ('among' in condition) return answer(condition.among.some((one) => one === value));
  if (typeof value !== 'number') return 'UNKNOWN';
  const limit =
    typeof condition.limit === 'number' ? condition.limit : policy(condition.limit.policy);
  return answer(compare(value, condition.is, limit));
}

/** The variables a condition reads. */
export function variablesOf(condition: Condition): readonly VariableName[] {
  if ('any' in condition) return condition.any.flatMap(variablesOf);
  if ('all' in condition) return condition.all.flatMap(variablesOf);
  return [condition.variable];
}

/** Runs rules and keeps the trace of every one, hit or not. */
export function runRules(
  rules: readonly Rule[],
  variables: Variables,
  policy: PolicyReader,
): readonly RuleTrace[] {
  return rules.map((rule) => {
    const found = evaluate(rule.when, variables, policy);
    const names = [...new Set(variablesOf(rule.when))];
    return {
      ruleId: rule.id,
      answer: found === 'UNKNOWN' && rule.missingMisses ? 'MISS' : found,
      reason: rule.reason,
      values: Object.fromEntries(names.map((name) => [name, variables[name]])),
    };
  });
}
