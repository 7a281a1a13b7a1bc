/**
 * Expressions compiled to closures, once per version and policy date. Total: no loops over data, no throws. `undefined`
 * means not evaluable: an absent value, a value of another type than declared, a division by zero, a result beyond the
 * safe integers. `and`, `or` and `!` follow Kleene's three-valued logic; every other operator needs all its operands.
 */
import {
  type ArithmeticOperator,
  type Expression,
  nodeOf,
  type NumericPolicyRule,
  type OrderOperator,
} from './expression.ts';
import type { PolicyReader } from './policy.ts';
import { VARIABLE_CATALOGUE, type VariableName, type Variables } from './variable-catalogue.ts';

export type Evaluated = number | boolean | string | undefined;

/** A compiled expression. */
export type Evaluate = (variables: Variables) => Evaluated;

const NOT_EVALUABLE: Evaluate = () => undefined;

/** A number that money and ratios are safe with, or undefined. */
function bounded(value: Evaluated | null): number | undefined {
  return typeof value === 'number' &&
    value <= Number.MAX_SAFE_INTEGER &&
    value >= -Number.MAX_SAFE_INTEGER
    ? value
    : undefined;
}

function compileVariable(name: VariableName): Evaluate {
  switch (VARIABLE_CATALOGUE[name].type) {
    case 'number':
      return (variables) => bounded(variables[name]);
    case 'boolean':
      return (variables) => {
        const value = variables[name];
        return typeof value === 'boolean' ? value : undefined;
      };
    case 'text':
      return (variables) => {
        const value = variables[name];
        return typeof value === 'string' ? value : undefined;
      };
  }
}

/** A policy that nobody has set makes the condition not evaluable; it must not stop the decision. */
function compilePolicy(rule: NumericPolicyRule, policy: PolicyReader): Evaluate {
  const value = policyNumber(rule, policy);
  return value === undefined ? NOT_EVALUABLE : () => value;
}

/** The number a policy rule has, or undefined when no row of it holds. */
export function policyNumber(
  rule: NumericPolicyRule | 'review.twoPersonAboveFen',
  policy: PolicyReader,
): number | undefined {
  try {
    return bounded(policy(rule));
  } catch {
    return undefined;
  }
}

function compileOrder(operator: OrderOperator, left: Evaluate, right: Evaluate): Evaluate {
  const test: Readonly<Record<OrderOperator, (a: number, b: number) => boolean>> = {
    '<': (a, b) => a < b,
    '<=': (a, b) => a <= b,
    '>': (a, b) => a > b,
    '>=': (a, b) => a >= b,
  };
  const holds = test[operator];
  return (variables) => {
    const a = left(variables);
    const b = right(variables);
    return typeof a === 'number' && typeof b === 'number' ? holds(a, b) : undefined;
  };
}

function compileEquality(equal: boolean, left: Evaluate, right: Evaluate): Evaluate {
  return (variables) => {
    const a = left(variables);
    const b = right(variables);
    if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
    return (a === b) === equal;
  };
}

/** `and` is decided by one false, `or` by one true; without such a one, one undefined leaves the answer open. */
function compileLogic(decisive: boolean, operands: readonly Evaluate[]): Evaluate {
  return (variables) => {
    let open = false;
    for (const operand of operands) {
      const value = operand(variables);
      if (value === decisive) return decisive;
      if (typeof value !== 'boolean') open = true;
    }
    return open ? undefined : !decisive;
  };
}

function compileNot(operand: Evaluate): Evaluate {
  return (variables) => {
    const value = operand(variables);
    return typeof value === 'boolean' ? !value : undefined;
  };
}

function compileIn(needle: Evaluate, list: readonly (string | number)[]): Evaluate {
  const members = new Set<Evaluated>(list);
  return (variables) => {
    const value = needle(variables);
    return value === undefined ? undefined : members.has(value);
  };
}

const FOLD: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? Number.NaN : a / b),
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
};

function compileArithmetic(operator: ArithmeticOperator, operands: readonly Evaluate[]): Evaluate {
  const fold = FOLD[operator];
  const [first, ...rest] = operands;
  if (first === undefined) return NOT_EVALUABLE;
  if (operator === '-' && rest.length === 0) {
    return (variables) => {
      const value = first(variables);
      return typeof value === 'number' ? -value : undefined;
    };
  }
  return (variables) => {
    let sum = bounded(first(variables));
    for (const operand of rest) {
      const next = operand(variables);
      if (sum === undefined || typeof next !== 'number') return undefined;
      sum = bounded(fold(sum, next));
    }
    return sum;
  };
}

/**
 * Compiles an expression that `expressionFaults` found sound, with the numbers of one policy date bound in. An operator or
 * a variable of a later version, which this one does not know, is never evaluable.
 */
export function compileExpression(expression: Expression, policy: PolicyReader): Evaluate {
  const node = nodeOf(expression);
  if (typeof expression !== 'object') return () => expression;
  if (node === null) return NOT_EVALUABLE;
  if ('var' in expression)
    return Object.hasOwn(VARIABLE_CATALOGUE, expression.var)
      ? compileVariable(expression.var)
      : NOT_EVALUABLE;
  if ('policy' in expression) return compilePolicy(expression.policy, policy);
  if ('in' in expression)
    return compileIn(compileExpression(expression.in[0], policy), expression.in[1]);
  const operands = node.operands.map((operand) => compileExpression(operand, policy));
  const [left = NOT_EVALUABLE, right = NOT_EVALUABLE] = operands;
  switch (node.operator) {
    case 'and':
    case 'or':
      return compileLogic(node.operator === 'or', operands);
    case '!':
      return compileNot(left);
    case '==':
    case '!=':
      return compileEquality(node.operator === '==', left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrder(node.operator, left, right);
    case '+':
    case '-':
    case '*':
    case '/':
    case 'min':
    case 'max':
      return compileArithmetic(node.operator, operands);
    case 'var':
    case 'policy':
    case 'in':
    default:
      return NOT_EVALUABLE;
  }
}
