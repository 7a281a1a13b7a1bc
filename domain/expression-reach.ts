/**
 * Whether a condition can hold at all, and whether it always does: by its disjunctive normal form, in which every
 * conjunction leaves each subject an interval and a set of values. Conservative: what it cannot tell may hold.
 */
import { canonicalJson } from './canonical-json.ts';
import { compileExpression } from './expression-compile.ts';
import { type Expression, nodeOf, type OrderOperator } from './expression.ts';
import type { Variables } from './variable-catalogue.ts';

type Literal = number | boolean | string;

/** One claim about a subject, which is a variable or any other part that is no literal. */
type Atom =
  | { readonly subject: string; readonly is: OrderOperator; readonly bound: number }
  | { readonly subject: string; readonly among: readonly Literal[]; readonly inside: boolean };

type Conjunction = readonly Atom[];

/** More conjunctions than this are not worked out: the condition then counts as one that may hold. */
const MOST_CONJUNCTIONS = 64;
/** Claims that are looked at for one condition, so that no document keeps the check busy. */
const MOST_WORK = 4_000;

const NEVER: readonly Conjunction[] = [];
const ALWAYS: readonly Conjunction[] = [[]];

class TooMany extends Error {}

/** Claims that may still be looked at. */
interface Work {
  left: number;
}

const OPPOSITE: Readonly<Record<OrderOperator, OrderOperator>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};
const MIRRORED: Readonly<Record<OrderOperator, OrderOperator>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

// A constant reads none of them.
const NO_VARIABLES = {} as Variables;

const noPolicy = (): never => {
  throw new RangeError('A constant reads no policy.');
};

function isConstant(expression: Expression): boolean {
  if (typeof expression !== 'object') return true;
  if ('var' in expression || 'policy' in expression) return false;
  if ('in' in expression) return isConstant(expression.in[0]);
  return (nodeOf(expression)?.operands ?? []).every(isConstant);
}

function claim(subject: Expression, values: readonly Literal[], inside: boolean): Conjunction {
  return [{ subject: canonicalJson(subject), among: values, inside }];
}

function compared(
  operator: OrderOperator,
  [left, right]: readonly [Expression, Expression],
  positive: boolean,
): readonly Conjunction[] {
  const atom = (subject: Expression, is: OrderOperator, bound: number): readonly Conjunction[] => [
    [{ subject: canonicalJson(subject), is: positive ? is : OPPOSITE[is], bound }],
  ];
  if (typeof right === 'number') return atom(left, operator, right);
  if (typeof left === 'number') return atom(right, MIRRORED[operator], left);
  return atom({ '-': [left, right] }, operator, 0);
}

function equated(
  [left, right]: readonly [Expression, Expression],
  equal: boolean,
): readonly Conjunction[] {
  if (typeof right !== 'object') return [claim(left, [right], equal)];
  if (typeof left !== 'object') return [claim(right, [left], equal)];
  return [claim({ '==': [left, right] }, [true], equal)];
}

function both(
  a: readonly Conjunction[],
  b: readonly Conjunction[],
  work: Work,
): readonly Conjunction[] {
  if (a.length * b.length > MOST_CONJUNCTIONS) throw new TooMany();
  const joined = a.flatMap((one) => b.map((other) => [...one, ...other]));
  work.left -= joined.reduce((sum, one) => sum + one.length, 0);
  if (work.left < 0) throw new TooMany();
  return joined.filter(isPossible);
}

/** The disjunctive normal form of an expression, or of its opposite. Throws TooMany. */
function normalForm(expression: Expression, positive: boolean, work: Work): readonly Conjunction[] {
  if (isConstant(expression)) {
    const value = compileExpression(expression, noPolicy)(NO_VARIABLES);
    return value === positive ? ALWAYS : NEVER;
  }
  if (typeof expression !== 'object') return NEVER;
  if ('!' in expression) return normalForm(expression['!'][0], !positive, work);
  if ('and' in expression || 'or' in expression) {
    const operands = 'and' in expression ? expression.and : expression.or;
    const forms = operands.map((operand) => normalForm(operand, positive, work));
    if ('and' in expression === positive) return forms.reduce((a, b) => both(a, b, work), ALWAYS);
    const all = forms.flat();
    if (all.length > MOST_CONJUNCTIONS) throw new TooMany();
    return all;
  }
  if ('<' in expression) return compared('<', expression['<'], positive);
  if ('<=' in expression) return compared('<=', expression['<='], positive);
  if ('>' in expression) return compared('>', expression['>'], positive);
  if ('>=' in expression) return compared('>=', expression['>='], positive);
  if ('==' in expression) return equated(expression['=='], positive);
  if ('!=' in expression) return equated(expression['!='], !positive);
  if ('in' in expression) return [claim(expression.in[0], expression.in[1], positive)];
  return [claim(expression, [true], positive)];
}

const holds = (value: Literal, { is, bound }: { is: OrderOperator; bound: number }): boolean => {
  if (typeof value !== 'number') return false;
  if (is === '<') return value < bound;
  if (is === '<=') return value <= bound;
  return is === '>' ? value > bound : value >= bound;
};

/** Whether one subject can meet all claims about it. */
function canMeet(atoms: readonly Atom[]): boolean {
  const orders = atoms.flatMap((atom) => ('is' in atom ? [atom] : []));
  const sets = atoms.flatMap((atom) => ('among' in atom ? [atom] : []));
  const excluded = new Set(sets.filter((s) => !s.inside).flatMap((s) => s.among));
  const [first, ...rest] = sets.filter((s) => s.inside);
  if (first !== undefined) {
    return first.among.some(
      (value) =>
        !excluded.has(value) &&
        rest.every((s) => s.among.includes(value)) &&
        orders.every((order) => holds(value, order)),
    );
  }
  if (excluded.has(true) && excluded.has(false)) return false;
  const low = Math.max(...orders.map((o) => (o.is.startsWith('>') ? o.bound : -Infinity)));
  const high = Math.min(...orders.map((o) => (o.is.startsWith('<') ? o.bound : Infinity)));
  if (low !== high) return low < high || orders.length === 0;
  return orders.every((order) => holds(low, order)) && !excluded.has(low);
}

function isPossible(conjunction: Conjunction): boolean {
  const subjects = new Map<string, Atom[]>();
  for (const atom of conjunction)
    subjects.set(atom.subject, [...(subjects.get(atom.subject) ?? []), atom]);
  return [...subjects.values()].every(canMeet);
}

function canBe(expression: Expression, positive: boolean): boolean {
  try {
    return normalForm(expression, positive, { left: MOST_WORK }).some(isPossible);
  } catch (error) {
    if (error instanceof TooMany) return true;
    throw error;
  }
}

/** False when no values at all make the condition true. */
export function canHold(condition: Expression): boolean {
  return canBe(condition, true);
}

/** True when every set of values that makes the condition evaluable makes it true. */
export function alwaysHolds(condition: Expression): boolean {
  return !canBe(condition, false);
}
