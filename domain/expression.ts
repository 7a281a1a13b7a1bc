/**
 * Conditions as data: a small typed expression tree in JsonLogic's shape over the variable catalogue, its operators and
 * its bounds. Checked once when it is saved (expression-check.ts), compiled once per version (expression-compile.ts).
 */
import type { VariableName } from './variable-catalogue.ts';

/** Numbers of the dated policy that an expression may read, by `{"policy": name}`. */
export const NUMERIC_POLICY_RULES = [
  'applicant.minAgeYears',
  'applicant.maxAgeAtMaturityYears',
  'applicant.enhancedFromAgeYears',
  'decide.autoApproveMaxFen',
] as const;
export type NumericPolicyRule = (typeof NUMERIC_POLICY_RULES)[number];

/** What an expression is worth: known before it runs, because every variable has a declared type. */
export type ValueType = 'number' | 'boolean' | 'text';

export const ORDER_OPERATORS = ['<', '<=', '>', '>='] as const;
export const EQUALITY_OPERATORS = ['==', '!='] as const;
export const LOGIC_OPERATORS = ['and', 'or'] as const;
/** `+` and `*`, `min` and `max` take one number or more; `-` one or two; `/` two. */
export const ARITHMETIC_OPERATORS = ['+', '-', '*', '/', 'min', 'max'] as const;

export type OrderOperator = (typeof ORDER_OPERATORS)[number];
export type EqualityOperator = (typeof EQUALITY_OPERATORS)[number];
export type LogicOperator = (typeof LOGIC_OPERATORS)[number];
export type ArithmeticOperator = (typeof ARITHMETIC_OPERATORS)[number];

/** Every operator that may stand as the one key of a node. */
export const OPERATORS = [
  'var',
  'policy',
  ...ORDER_OPERATORS,
  ...EQUALITY_OPERATORS,
  ...LOGIC_OPERATORS,
  '!',
  'in',
  ...ARITHMETIC_OPERATORS,
] as const;
export type Operator = (typeof OPERATORS)[number];

type Pair = readonly [Expression, Expression];

/** One node: a literal, or an object whose one key is the operator. A null is no literal: absence is never a value. */
export type Expression =
  | number
  | boolean
  | string
  | { readonly var: VariableName }
  | { readonly policy: NumericPolicyRule }
  | { readonly '<': Pair }
  | { readonly '<=': Pair }
  | { readonly '>': Pair }
  | { readonly '>=': Pair }
  | { readonly '==': Pair }
  | { readonly '!=': Pair }
  | { readonly and: readonly Expression[] }
  | { readonly or: readonly Expression[] }
  | { readonly '!': readonly [Expression] }
  /** The first among the literals of the list, which all have its type. */
  | { readonly in: readonly [Expression, readonly (string | number)[]] }
  | { readonly '+': readonly Expression[] }
  | { readonly '-': readonly Expression[] }
  | { readonly '*': readonly Expression[] }
  | { readonly '/': Pair }
  | { readonly min: readonly Expression[] }
  | { readonly max: readonly Expression[] };

/** Deepest nesting and most nodes of one expression; beyond either it is refused, not read on. */
export const MAX_DEPTH = 16;
export const MAX_NODES = 500;

/** The operator and the operands of a node, or null for a literal. A single operand counts as a list of one. */
export function nodeOf(
  expression: Expression,
): { readonly operator: Operator; readonly operands: readonly Expression[] } | null {
  if (typeof expression !== 'object') return null;
  const [entry] = Object.entries(expression);
  if (entry === undefined) return null;
  const [operator, operands] = entry;
  // The type says that the one key of a node is an operator and its value an operand or a list of them.
  return {
    operator: operator as Operator,
    operands: (Array.isArray(operands) ? operands : [operands]) as readonly Expression[],
  };
}

/** The variables an expression reads, each once, in the order of first sight. */
export function variablesIn(expression: Expression): readonly VariableName[] {
  const found = new Set<VariableName>();
  const visit = (one: Expression): void => {
    if (typeof one === 'object' && 'var' in one) found.add(one.var);
    else
      for (const operand of nodeOf(one)?.operands ?? [])
        if (!Array.isArray(operand)) visit(operand);
  };
  visit(expression);
  return [...found];
}
