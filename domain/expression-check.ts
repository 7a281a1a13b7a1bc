/** The check of an expression when it is saved: operators, variables, types, bounds; every fault with its place. */
import {
  ARITHMETIC_OPERATORS,
  type ArithmeticOperator,
  EQUALITY_OPERATORS,
  LOGIC_OPERATORS,
  MAX_DEPTH,
  MAX_NODES,
  NUMERIC_POLICY_RULES,
  OPERATORS,
  type Operator,
  ORDER_OPERATORS,
  type ValueType,
} from './expression.ts';
import { at, type Fault, fault } from './fault.ts';
import { VARIABLE_CATALOGUE } from './variable-catalogue.ts';
import { isBannedFeature } from './variables.ts';

/** The type an operand turned out to have; null when a fault was already reported for it. */
type Found = ValueType | null;

interface Walk {
  readonly faults: Fault[];
  nodes: number;
}

const TYPE_NAMES: Readonly<Record<ValueType, readonly [string, string]>> = {
  number: ['数值', 'a number'],
  boolean: ['布尔值', 'true or false'],
  text: ['文本', 'a text'],
};

const isOneOf = <T extends string>(list: readonly T[], text: string): text is T =>
  list.some((one) => one === text);

function wrongType(path: string, wanted: ValueType, found: ValueType): Fault {
  const [zh, en] = TYPE_NAMES[wanted];
  const [foundZh, foundEn] = TYPE_NAMES[found];
  return fault(
    path,
    'TYPE_MISMATCH',
    `此处应为${zh}，而不是${foundZh}`,
    `${en} is wanted here, not ${foundEn}`,
  );
}

function expectType(walk: Walk, path: string, wanted: ValueType, found: Found): void {
  if (found !== null && found !== wanted) walk.faults.push(wrongType(path, wanted, found));
}

function literalType(walk: Walk, value: unknown, path: string): Found {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') {
    if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return 'number';
    walk.faults.push(
      fault(
        path,
        'NUMBER_TOO_LARGE',
        '数值超出安全整数范围',
        'The number is beyond the safe integers',
      ),
    );
    return null;
  }
  walk.faults.push(
    value === null
      ? fault(
          path,
          'NULL_LITERAL',
          '条件中不得使用空值：缺失不是一个值',
          'null may not be used: absence is never a value',
        )
      : fault(path, 'NOT_AN_EXPRESSION', '不是有效的表达式', 'This is not an expression'),
  );
  return null;
}

function variableType(walk: Walk, name: unknown, path: string): Found {
  if (typeof name !== 'string') {
    walk.faults.push(
      fault(
        path,
        'VARIABLE_NAME',
        '变量名须为文本，不支持默认值',
        'A variable is named by a text; defaults are not allowed',
      ),
    );
    return null;
  }
  if (isBannedFeature(name)) {
    walk.faults.push(
      fault(
        path,
        'BANNED_FEATURE',
        '该特征禁止用于信贷决策',
        'This feature may not be used in a credit decision',
      ),
    );
    return null;
  }
  if (!isVariable(name)) {
    walk.faults.push(
      fault(
        path,
        'UNKNOWN_VARIABLE',
        '变量目录中没有该变量',
        'No such variable is in the catalogue',
      ),
    );
    return null;
  }
  return VARIABLE_CATALOGUE[name].type;
}

const isVariable = (name: string): name is keyof typeof VARIABLE_CATALOGUE =>
  Object.hasOwn(VARIABLE_CATALOGUE, name);

function policyType(walk: Walk, name: unknown, path: string): Found {
  if (typeof name === 'string' && isOneOf(NUMERIC_POLICY_RULES, name)) return 'number';
  walk.faults.push(
    fault(
      path,
      'UNKNOWN_POLICY',
      '没有可作为数值使用的该政策参数',
      'No such policy number may be used here',
    ),
  );
  return null;
}

/** How many operands an operator takes: at least and at most. */
function arity(operator: Operator): readonly [number, number] {
  if (operator === '!') return [1, 1];
  if (operator === '-') return [1, 2];
  if (operator === '/' || operator === 'in') return [2, 2];
  if (isOneOf(ORDER_OPERATORS, operator) || isOneOf(EQUALITY_OPERATORS, operator)) return [2, 2];
  return [1, MAX_NODES];
}

function listType(walk: Walk, list: unknown, path: string, needle: Found): void {
  if (!Array.isArray(list) || list.length === 0) {
    walk.faults.push(
      fault(
        path,
        'LIST_EXPECTED',
        '“in” 的第二项须为非空的文本或数值列表',
        'The second operand of "in" is a non-empty list of texts or numbers',
      ),
    );
    return;
  }
  const seen = new Set<unknown>();
  for (const [i, one] of list.entries()) {
    walk.nodes += 1;
    if (tooLarge(walk)) return;
    const path1 = at(path, i);
    if (typeof one !== 'string' && typeof one !== 'number') {
      walk.faults.push(
        fault(
          path1,
          'LITERAL_EXPECTED',
          '列表中只能是文本或数值',
          'Only texts and numbers stand in a list',
        ),
      );
      continue;
    }
    const found = literalType(walk, one, path1);
    if (needle !== null) expectType(walk, path1, needle, found);
    if (seen.has(one))
      walk.faults.push(fault(path1, 'LISTED_TWICE', '该值重复', 'This value is listed twice'));
    seen.add(one);
  }
}

function arithmeticType(
  walk: Walk,
  operator: ArithmeticOperator,
  operands: readonly unknown[],
  path: string,
  depth: number,
): Found {
  for (const [i, operand] of operands.entries())
    expectType(walk, at(path, i), 'number', typeOf(walk, operand, at(path, i), depth));
  if (operator === '/' && operands[1] === 0)
    walk.faults.push(fault(at(path, 1), 'DIVISION_BY_ZERO', '除数为零', 'This divides by zero'));
  return 'number';
}

function equalityType(
  walk: Walk,
  operands: readonly unknown[],
  path: string,
  depth: number,
): Found {
  const left = typeOf(walk, operands[0], at(path, 0), depth);
  const right = typeOf(walk, operands[1], at(path, 1), depth);
  if (left !== null) expectType(walk, at(path, 1), left, right);
  return 'boolean';
}

function operationType(
  walk: Walk,
  operator: Operator,
  operands: readonly unknown[],
  path: string,
  depth: number,
): Found {
  const [least, most] = arity(operator);
  if (operands.length < least || operands.length > most) {
    walk.faults.push(
      fault(
        path,
        'OPERAND_COUNT',
        `“${operator}” 的操作数个数不对`,
        `"${operator}" has the wrong number of operands`,
      ),
    );
    return null;
  }
  if (isOneOf(ARITHMETIC_OPERATORS, operator))
    return arithmeticType(walk, operator, operands, path, depth);
  if (isOneOf(EQUALITY_OPERATORS, operator)) return equalityType(walk, operands, path, depth);
  if (operator === 'in') {
    const needle = typeOf(walk, operands[0], at(path, 0), depth);
    if (needle === 'boolean') walk.faults.push(wrongType(at(path, 0), 'text', needle));
    listType(walk, operands[1], at(path, 1), needle === 'boolean' ? null : needle);
    return 'boolean';
  }
  const wanted = isOneOf(LOGIC_OPERATORS, operator) || operator === '!' ? 'boolean' : 'number';
  for (const [i, operand] of operands.entries())
    expectType(walk, at(path, i), wanted, typeOf(walk, operand, at(path, i), depth));
  return 'boolean';
}

/** True from the first node too many on; says so once. */
function tooLarge(walk: Walk): boolean {
  return walk.nodes > MAX_NODES;
}

function typeOf(walk: Walk, document: unknown, path: string, depth: number): Found {
  walk.nodes += 1;
  if (tooLarge(walk)) return null;
  if (depth > MAX_DEPTH) {
    walk.faults.push(
      fault(
        path,
        'TOO_DEEP',
        `表达式嵌套超过 ${MAX_DEPTH} 层`,
        `The expression is nested deeper than ${MAX_DEPTH}`,
      ),
    );
    return null;
  }
  if (typeof document !== 'object' || document === null) return literalType(walk, document, path);
  const keys = Object.keys(document);
  const [operator] = keys;
  if (Array.isArray(document) || keys.length !== 1 || operator === undefined) {
    walk.faults.push(
      fault(
        path,
        'NOT_AN_EXPRESSION',
        '表达式须为字面量或仅含一个运算符的对象',
        'An expression is a literal or an object with one operator',
      ),
    );
    return null;
  }
  const inner = at(path, operator);
  const operand: unknown = Object.values(document)[0];
  if (!isOneOf(OPERATORS, operator)) {
    walk.faults.push(
      fault(
        path,
        'UNKNOWN_OPERATOR',
        `不支持运算符 “${operator.slice(0, 40)}”`,
        `The operator "${operator.slice(0, 40)}" is not known`,
      ),
    );
    return null;
  }
  if (operator === 'var') return variableType(walk, operand, inner);
  if (operator === 'policy') return policyType(walk, operand, inner);
  if (!Array.isArray(operand)) {
    walk.faults.push(
      fault(inner, 'OPERANDS_EXPECTED', '操作数须为列表', 'Operands stand in a list'),
    );
    return null;
  }
  return operationType(walk, operator, operand, inner, depth + 1);
}

/**
 * What is wrong with an expression; empty when it is sound. Total on any JSON value: it stops at the depth and the size
 * that expressions may have. Bans are those of regulation.md §8.6.
 */
export function expressionFaults(
  document: unknown,
  path: string,
  wanted: ValueType,
): readonly Fault[] {
  const walk: Walk = { faults: [], nodes: 0 };
  expectType(walk, path, wanted, typeOf(walk, document, path, 1));
  if (!tooLarge(walk)) return walk.faults;
  return [
    fault(
      path,
      'TOO_LARGE',
      `表达式超过 ${MAX_NODES} 个节点`,
      `The expression has more than ${MAX_NODES} nodes`,
    ),
  ];
}
