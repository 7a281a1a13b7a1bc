/** Rules as they run: every one is evaluated and traced with the values it saw, hit or not. */
import { compileExpression, type Evaluate } from './expression-compile.ts';
import { type Expression, variablesIn } from './expression.ts';
import type { PolicyReader } from './policy.ts';
import type { ReasonCode } from './reasons.ts';
import type { VariableName, Variables, VariableValue } from './variable-catalogue.ts';

export type RuleKind = 'KNOCKOUT' | 'REFERRAL' | 'PRICE';

/** `NOT_EVALUABLE`: a value was absent or the condition could not be computed. It is never a miss. */
export type RuleOutcome = 'HIT' | 'MISS' | 'NOT_EVALUABLE';

/** One rule as it ran: which rule, on which values, with which outcome. */
export interface RuleTrace {
  readonly ruleId: string;
  readonly kind: RuleKind;
  readonly outcome: RuleOutcome;
  /** What a hit is called; null for a price segment. */
  readonly reason: ReasonCode | null;
  /** The values of every variable the condition reads. */
  readonly values: Readonly<Record<string, VariableValue>>;
}

/** A rule ready to run. */
export interface CompiledRule {
  readonly id: string;
  readonly kind: RuleKind;
  readonly reason: ReasonCode | null;
  /** A rule that cannot be evaluated keeps the decision from being automatic. */
  readonly strict: boolean;
  readonly evaluate: Evaluate;
  readonly reads: readonly VariableName[];
}

interface WrittenRule {
  readonly id: string;
  readonly when: Expression;
  readonly reason?: ReasonCode;
  readonly whenAbsent?: 'REFER' | 'MISS';
}

/** Compiles rules of one kind. One without `whenAbsent` refers when it cannot be evaluated. */
export function compileRules(
  rules: readonly WrittenRule[],
  kind: RuleKind,
  policy: PolicyReader,
): readonly CompiledRule[] {
  return rules.map(({ id, when, reason, whenAbsent }) => ({
    id,
    kind,
    reason: reason ?? null,
    strict: whenAbsent !== 'MISS',
    evaluate: compileExpression(when, policy),
    reads: variablesIn(when),
  }));
}

/** Runs one rule. A condition that is worth anything but true or false is not evaluable. */
export function runRule(rule: CompiledRule, variables: Variables): RuleTrace {
  const found = rule.evaluate(variables);
  const values: Record<string, VariableValue> = {};
  for (const name of rule.reads) values[name] = variables[name] ?? null;
  const outcome = found === true ? 'HIT' : found === false ? 'MISS' : 'NOT_EVALUABLE';
  return { ruleId: rule.id, kind: rule.kind, outcome, reason: rule.reason, values };
}
